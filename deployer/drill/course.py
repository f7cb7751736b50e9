"""How a drill went in time: outages as clients saw them, takes of new payments, who was to serve when. Pure arithmetic on a record.

All seconds are the record's own; `verdict` scales them where it judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from deployer.drill.history import DrillRecord, Lookup, Outcome, PaymentRequest, PhaseName


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A stretch without sustained good requests. `end_seconds` is None when none came before the traffic ended."""

    begin_seconds: float
    end_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """A payment taken under a key that was new: acknowledged for the first time, and not as a replay."""

    at_seconds: float
    region: str
    idempotency_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """A stretch of time in which one Region, and no other, was to take payments."""

    begin_seconds: float
    end_seconds: float
    region: str


def moment_of(record: DrillRecord, phase: PhaseName) -> float | None:
    """Return when a phase began, None when the drill had none."""
    return min((mark.at_seconds for mark in record.marks if mark.phase is phase), default=None)


def traffic_of(record: DrillRecord) -> tuple[PaymentRequest | Lookup, ...]:
    """Return every request of the steady traffic in the order in which they were due."""
    return tuple(sorted((*record.requests, *record.lookups), key=lambda one: one.due_seconds))


def is_good(request: PaymentRequest | Lookup, answer_seconds_max: float) -> bool:
    """Tell whether the client got what it wanted at once: by its first attempt, and soon after it was due.

    A stall counts from the moment the request was due. For a lookup 404 is an answer too; what it means is another rule's business.
    """
    if not request.attempts:
        return False
    first = request.attempts[0]
    answered = first.outcome is Outcome.ACKNOWLEDGED or (isinstance(request, Lookup) and first.status == 404)
    return answered and first.ended_seconds - request.due_seconds <= answer_seconds_max


def is_served(request: PaymentRequest | Lookup) -> bool:
    """Tell whether any attempt got what the client wanted."""
    if isinstance(request, Lookup):
        return any(one.outcome is Outcome.ACKNOWLEDGED or one.status == 404 for one in request.attempts)
    return request.acknowledged is not None


def outages(requests: Sequence[PaymentRequest | Lookup], *, answer_seconds_max: float, sustained: int) -> tuple[Outage, ...]:
    """Return every outage in requests ordered by due time: from the first bad one to the first of `sustained` good ones in a row."""
    found: list[Outage] = []
    begin: float | None = None
    run: list[float] = []
    for request in requests:
        if not is_good(request, answer_seconds_max):
            run = []
            begin = request.due_seconds if begin is None else begin
        elif begin is not None:
            run.append(request.due_seconds)
            if len(run) == sustained:
                found.append(Outage(begin_seconds=begin, end_seconds=run[0]))
                begin, run = None, []
    if begin is not None:
        found.append(Outage(begin_seconds=begin, end_seconds=None))
    return tuple(found)


def takes(record: DrillRecord) -> tuple[Take, ...]:
    """Return every take, in the order of the answers."""
    found = (
        Take(at_seconds=answer.ended_seconds, region=answer.region, idempotency_key=request.idempotency_key)
        for request in record.requests
        if (answer := request.acknowledged) is not None and not answer.replayed and answer.region is not None
    )
    return tuple(sorted(found, key=lambda one: one.at_seconds))


def reigns(record: DrillRecord) -> tuple[Reign, ...]:
    """Return who was to take payments, and when: the standby while the hold is set, else the Region that the name leads to.

    Where neither could be asked, the last known answer goes on. Nothing before the first sample belongs to anybody.
    """
    changes: list[tuple[float, str]] = []
    for sample in record.samples:
        region = record.regions[1] if sample.held else sample.answer_region
        if region is not None and (not changes or changes[-1][1] != region):
            changes.append((sample.at_seconds, region))
    ends = (*(begin for begin, _ in changes[1:]), float("inf"))
    return tuple(Reign(begin_seconds=begin, end_seconds=ends[index], region=region) for index, (begin, region) in enumerate(changes))


def split_brain_seconds(record: DrillRecord) -> float:
    """Return for how long both Regions took payments under new keys although one alone was to.

    Within each reign (`reigns`) the takes of the Region that was to and those of the other span a stretch of time each; the reign's share
    is how long the two stretches overlap. After a failover that is the time for which clients with an old answer, or an old connection,
    went on to be served by the old Region: bounded by the record's TTL where clients honour it.
    """
    everything = takes(record)
    return sum(_overlap(reign, everything) for reign in reigns(record))


def _overlap(reign: Reign, everything: Sequence[Take]) -> float:
    within = [take for take in everything if reign.begin_seconds <= take.at_seconds < reign.end_seconds]
    own = [take.at_seconds for take in within if take.region == reign.region]
    other = [take.at_seconds for take in within if take.region != reign.region]
    if not own or not other:
        return 0.0
    return max(0.0, min(own[-1], other[-1]) - max(own[0], other[0]))


def answers_in_turn(record: DrillRecord) -> Iterator[tuple[str, str]]:
    """Yield (before, after) for every change of the Region that the shared name led to."""
    known = [sample.answer_region for sample in record.samples if sample.answer_region is not None]
    yield from ((before, after) for before, after in pairwise(known) if before != after)
