"""The last run in an event log, read back: which steps there were, how each of them ended, which resources failed and why.

The log is what `event_log.logged_to` wrote, maybe by another version of the deployer: events and fields that are not known are
passed over. A deployer that was killed leaves a run without an end; it is told as cut off, never as done.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from deployer.vocabulary.errors import InputRefused, Mistake

StepState = Literal["done", "unchanged", "failed", "cut off"]

CUT_OFF: Final = "cut off"
# What CloudFormation says of resources that another one took down with it; the cause is the other one's own reason.
_CANCELLED: Final = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedStep:
    """One step; `reason` is why it was left out, the last three are those of the error that ended it; else empty."""

    phase: str
    step: str
    state: StepState
    took_seconds: float = 0.0
    reason: str = ""
    summary: str = ""
    detail: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedResource:
    """One resource that CloudFormation could not make, change or delete, in CloudFormation's words."""

    region: str
    stack_name: str
    logical_id: str
    resource_type: str
    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedCheck:
    """One check of one Region at the gate `step`: how many looks and how many bad ones, what was seen last, and last that was bad."""

    step: str
    region: str
    check: str
    looks_count: int
    bad_count: int
    last: str
    last_bad: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRun:
    """One roll-out or tear-down; `outcome` is that of `RolloutEnded`, or `cut off` when the log ends before it.

    `standing` is what stood where after an undo, a line each; none where nothing was undone.
    """

    plan_id: str
    suffix: str
    intent: str
    began_at: str
    outcome: str
    took_seconds: float
    steps: tuple[LoggedStep, ...]
    failed_resources: tuple[FailedResource, ...]
    checks: tuple[LoggedCheck, ...] = ()
    standing: tuple[str, ...] = ()


def read_last_run(path: Path) -> LoggedRun:
    """Return the newest run in the log at `path`.

    Raises InputRefused when there is no such file, a line of it is no record, or no run began in it.
    """
    records = _records(path)
    began = [index for index, record in enumerate(records) if record["event"] == "rollout_started"]
    if not began:
        raise InputRefused(f"No run began in {path}", hint="Give the events.jsonl of a roll-out: build/SUFFIX/events.jsonl.")
    return _run(records[began[-1] :])


def _records(path: Path) -> list[dict[str, Any]]:
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputRefused(
            f"{path} cannot be read", (Mistake(place=str(path), sentence=str(error)),), "Give a roll-out's events.jsonl."
        ) from error
    # What follows the last line break is empty, or the line that a killed deployer did not finish.
    return [_record(line, f"{path}:{number}") for number, line in enumerate(lines[:-1], 1)]


def _record(line: str, place: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict) or not isinstance(record.get("event"), str):
        mistake = Mistake(place=place, sentence="this line is no event")
        raise InputRefused("This is no event log", (mistake,), "Give a roll-out's events.jsonl, as the deployer wrote it.")
    return record


def _run(records: Sequence[dict[str, Any]]) -> LoggedRun:
    first = records[0]
    ends = [record for record in records if record["event"] == "rollout_ended"]
    undone = next((record.get("standing") for record in records if record["event"] == "undo_ended"), None)
    return LoggedRun(
        plan_id=str(first.get("plan_id", "")),
        suffix=str(first.get("suffix", "")),
        intent=str(first.get("intent", "")),
        began_at=str(first.get("at", "")),
        outcome=str(ends[0].get("outcome", "")) if ends else CUT_OFF,
        took_seconds=_seconds(ends[0]) if ends else 0.0,
        standing=tuple(map(str, undone)) if isinstance(undone, list) else (),
        steps=tuple(_steps(records)),
        failed_resources=tuple(_failed_resources(records)),
        checks=tuple(_checks(records)),
    )


def _steps(records: Sequence[dict[str, Any]]) -> Iterator[LoggedStep]:
    """Yield each step once, in the order they began, as its last event leaves it."""
    steps: dict[tuple[str, str], LoggedStep] = {}
    for record in records:
        phase, step = str(record.get("phase", "")), str(record.get("step", ""))
        match record["event"]:
            case "step_started":
                told = LoggedStep(phase=phase, step=step, state="cut off")
            case "step_skipped":
                told = LoggedStep(phase=phase, step=step, state="unchanged", reason=str(record.get("reason", "")))
            case "step_ended":
                told = LoggedStep(phase=phase, step=step, state="done", took_seconds=_seconds(record))
            case "step_failed":
                summary, detail, hint = (str(record.get(part, "")) for part in ("summary", "detail", "hint"))
                told = LoggedStep(phase=phase, step=step, state="failed", summary=summary, detail=detail, hint=hint)
            case _:
                continue
        steps[phase, step] = told
    yield from steps.values()


def _failed_resources(records: Sequence[dict[str, Any]]) -> Iterator[FailedResource]:
    for record in records:
        failed = record["event"] == "resource_moved" and str(record.get("status", "")).endswith("_FAILED")
        if failed and _CANCELLED not in str(record.get("reason", "")).lower():
            fields = ("region", "stack_name", "logical_id", "resource_type", "status", "reason")
            yield FailedResource(**{field: str(record.get(field, "")) for field in fields})


def _checks(records: Sequence[dict[str, Any]]) -> Iterator[LoggedCheck]:
    """Yield each check of each gate once, in the order they were first looked at."""
    begun: dict[str, str] = {}
    looks: dict[tuple[str, str, str], list[tuple[bool, str]]] = {}
    for record in records:
        phase = str(record.get("phase", ""))
        if record["event"] == "step_started":
            begun[phase] = str(record.get("step", ""))
        elif record["event"] == "gate_sampled":
            place = (begun.get(phase, phase), str(record.get("region", "")), str(record.get("check", "")))
            looks.setdefault(place, []).append((record.get("is_good") is True, str(record.get("detail", ""))))
    for (step, region, check), seen in looks.items():
        bad = [detail for is_good, detail in seen if not is_good]
        yield LoggedCheck(
            step=step,
            region=region,
            check=check,
            looks_count=len(seen),
            bad_count=len(bad),
            last=seen[-1][1],
            last_bad=bad[-1] if bad else "",
        )


def _seconds(record: dict[str, Any]) -> float:
    took = record.get("took_seconds", 0.0)
    return float(took) if isinstance(took, int | float) else 0.0
