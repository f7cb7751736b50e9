"""Whole systems on an embedded AWS of their own, to be drilled: minutes each, so a test shares one where it can."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from deployer.drill.history import DrillRecord, Verdict
from deployer.drill.record_file import read_record_file
from deployer.local import control
from tests.support.main_job import ROOT, Copy, a_copy
from tests.support.outbox import hasten

REGIONS = ("us-east-1", "us-east-2")
TIME_SCALE = 3.0


@dataclass(frozen=True, slots=True)
class Drilled:
    """A system that was rolled out; `drill` says how one scenario on it ended."""

    copy: Copy

    def drill(self, scenario: Path) -> tuple[int, DrillRecord, Verdict]:
        """Return the exit code, the record and the verdict."""
        ended = self.copy.run("drill", self.copy.params, "--scenario", scenario, "--out", self.copy.folder / "out")
        assert ended.exit_code in (0, 9), ended.output
        return (ended.exit_code, *read_record_file(self.copy.folder / "out" / scenario.stem / "record.json"))


@contextmanager
def rolled_out(folder: Path, *, lag_seconds: float = 0.5, **changes: dict[str, Any]) -> Iterator[Drilled]:
    """Roll the local parameters out with these changes and an audit log that waits for nobody; end the embedded AWS on the way out."""
    with a_copy(folder) as copy:
        hasten(folder)
        values = yaml.safe_load(copy.params.read_text())
        for group, fields in changes.items():
            values[group] = values.get(group, {}) | fields
        copy.params.write_text(yaml.safe_dump(values))
        control.start(copy.home, REGIONS, port=0, edge_port=0, dns_port=0, time_scale=TIME_SCALE, replication_lag_seconds=lag_seconds)
        ended = copy.run("roll-out", copy.params, "--yes")
        assert ended.exit_code == 0, ended.output
        yield Drilled(copy)


def a_scenario_file(folder: Path, name: str, **changes: Any) -> Path:
    """Write one of the project's scenarios with changes to its groups, and return where it is."""
    values = yaml.safe_load((ROOT / "drills" / f"{name}.yaml").read_text())
    for group, fields in changes.items():
        values[group] = values[group] | fields if isinstance(values.get(group), dict) else fields
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(values))
    return path


def measured(verdict: Verdict, rule: str) -> tuple[bool, str]:
    """Return whether a rule was broken, and what was measured."""
    [finding] = [one for one in verdict.findings if one.rule == rule]
    return finding.broken, finding.measured
