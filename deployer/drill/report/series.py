"""A drill's record as what charts are made of: counts a second, spans of a state, quantiles. Pure arithmetic, no drawing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from deployer.drill.course import traffic_of
from deployer.drill.history import Attempt, DrillRecord, Outcome, Sample

UNKNOWN = "no answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time in which something was in one state."""

    begin_seconds: float
    end_seconds: float
    state: str


def end_seconds(record: DrillRecord) -> float:
    """Return when the last thing in the record happened."""
    ends = [attempt.ended_seconds for request in traffic_of(record) for attempt in request.attempts]
    return max((*ends, *(one.at_seconds for one in record.samples), *(one.at_seconds for one in record.marks)), default=0.0)


def attempts_a_second(record: DrillRecord) -> dict[str, tuple[int, ...]]:
    """Return, for each kind of attempt, how many ended in each second: acknowledged ones by the Region that answered."""
    seconds = int(end_seconds(record)) + 1
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * seconds)
    for request in traffic_of(record):
        for attempt in request.attempts:
            counts[kind_of(attempt)][int(attempt.ended_seconds)] += 1
    return {kind: tuple(values) for kind, values in counts.items()}


def kind_of(attempt: Attempt) -> str:
    """Return what an attempt is counted as in a chart: `acknowledged in us-east-1`, else its outcome."""
    if attempt.outcome is Outcome.ACKNOWLEDGED and attempt.region:
        return f"{attempt.outcome} in {attempt.region}"
    return str(attempt.outcome)


def waits(record: DrillRecord) -> tuple[tuple[float, float], ...]:
    """Return (due, seconds until the client had what it wanted) of every request that got there, in the order they were due.

    Counted from the moment it was due, over all attempts: what a stall cost is in it.
    """
    found = (
        (request.due_seconds, answer.ended_seconds - request.due_seconds)
        for request in traffic_of(record)
        if (answer := next((one for one in request.attempts if one.outcome is Outcome.ACKNOWLEDGED), None)) is not None
    )
    return tuple(found)


def spans(points: Iterable[tuple[float, str]], end: float) -> tuple[Span, ...]:
    """Return the stretches between changes of a state that was looked at now and then: `points` are (moment, state), in order."""
    found: list[Span] = []
    for moment, state in points:
        if found and found[-1].state == state:
            continue
        if found:
            found[-1] = Span(begin_seconds=found[-1].begin_seconds, end_seconds=moment, state=found[-1].state)
        found.append(Span(begin_seconds=moment, end_seconds=end, state=state))
    return tuple(found)


def answer_spans(record: DrillRecord) -> tuple[Span, ...]:
    """Return where the shared name led to."""
    return spans(((one.at_seconds, one.answer_region or UNKNOWN) for one in record.samples), end_seconds(record))


def hold_spans(record: DrillRecord) -> tuple[Span, ...]:
    """Return whether the hold was set."""
    told = {True: "set", False: "clear", None: UNKNOWN}
    return spans(((one.at_seconds, told[one.held]) for one in record.samples), end_seconds(record))


def fault_spans(record: DrillRecord) -> tuple[Span, ...]:
    """Return when each fault was in force; several may be at once."""
    end = end_seconds(record)
    found: list[Span] = []
    for sentence in dict.fromkeys(fault for sample in record.samples for fault in sample.faults):
        points = ((one.at_seconds, "in force" if sentence in one.faults else "") for one in record.samples)
        found += [
            Span(begin_seconds=span.begin_seconds, end_seconds=span.end_seconds, state=sentence)
            for span in spans(points, end)
            if span.state
        ]
    return tuple(found)


def check_spans(record: DrillRecord) -> dict[str, tuple[Span, ...]]:
    """Return, for each health check, when Route 53 published it as healthy or not."""
    return {name: spans(_states(record.samples, name), end_seconds(record)) for name in _names(one.checks for one in record.samples)}


def checker_rows(record: DrillRecord) -> dict[str, tuple[float | None, ...]]:
    """Return, for each sample, the share of checkers that held each check's endpoint for healthy; None before any had asked."""
    names = dict.fromkeys(name for sample in record.samples for name, _, _ in sample.checkers)
    return {name: tuple(_healthy_share(sample, name) for sample in record.samples) for name in names}


def _healthy_share(sample: Sample, check: str) -> float | None:
    verdicts = [healthy for name, _, healthy in sample.checkers if name == check]
    return sum(verdicts) / len(verdicts) if verdicts else None


def _states(samples: Sequence[Sample], name: str) -> Iterable[tuple[float, str]]:
    for sample in samples:
        for check, healthy in sample.checks:
            if check == name:
                yield sample.at_seconds, "healthy" if healthy else "unhealthy"


def _names(pairs: Iterable[tuple[tuple[str, bool], ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in pairs for name, _ in one))
