"""Synthetics in one Region: canaries that are listed and stopped, as a tear-down needs it, and their runs, as a gate does."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.support.rollout.wire import refusal


class FakeCanaries:
    """`states` maps a canary's name to its state, `places` to where it keeps results; one that is stopped takes `looks` to be so."""

    def __init__(self) -> None:
        """Begin with no canary."""
        self.states: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.looks = 1
        self.runs: dict[str, list[dict[str, Any]]] = {}
        self._left: dict[str, int] = {}

    def put(self, name: str, place: str, state: str = "RUNNING") -> None:
        """Have a canary that keeps its results at `place`, such as `s3://bucket/own`."""
        self.states[name], self.places[name] = state, place

    def ran(self, name: str, started: datetime, state: str = "PASSED", reason: str = "") -> None:
        """Have a canary run; the newest is told first."""
        runs = self.runs.setdefault(name, [])
        status = {"State": state, "StateReason": reason}
        runs.insert(0, {"Id": f"{name}-{len(runs)}", "Name": name, "Status": status, "Timeline": {"Started": started}})

    def get_canary_runs(self, *, Name: str, MaxResults: int) -> dict[str, Any]:
        """Return the newest runs of a canary that has run."""
        if Name not in self.runs:
            raise refusal("ResourceNotFoundException", f"Canary {Name} does not exist")
        return {"CanaryRuns": self.runs[Name][:MaxResults]}

    def describe_canaries(self, *, NextToken: str = "0") -> dict[str, Any]:
        """Return one canary a page; a canary under way to be stopped comes nearer to it."""
        name = sorted(self.states)[int(NextToken) : int(NextToken) + 1]
        for one in name:
            if self.states[one] == "STOPPING":
                self._left[one] -= 1
                self.states[one] = "STOPPING" if self._left[one] > 0 else "STOPPED"
        following = int(NextToken) + 1
        more = {"NextToken": str(following)} if following < len(self.states) else {}
        listed = [{"Name": one, "Status": {"State": self.states[one]}, "ArtifactS3Location": self.places[one]} for one in name]
        return {"Canaries": listed, **more}

    def stop_canary(self, *, Name: str) -> dict[str, Any]:
        """Begin to stop one that runs."""
        if Name not in self.states:
            raise refusal("ResourceNotFoundException", f"Canary {Name} does not exist")
        if self.states[Name] != "RUNNING":
            raise refusal("ConflictException", f"Canary {Name} is {self.states[Name]}")
        self.states[Name], self._left[Name] = "STOPPING", self.looks
        return {}
