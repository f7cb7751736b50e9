"""What became of the payments: clients' history against the table in both Regions, the audit log and the last reads. Pure.

Three witnesses that do not know each other. Each function returns the payments or sentences that break one promise; an empty tuple is
a promise kept. Limits and words are `verdict`'s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from deployer.drill.course import moment_of
from deployer.drill.history import Attempt, AuditLine, DrillRecord, LedgerItem, Outcome, PaymentRequest, PhaseName, key_digest

OK = 200
NOT_FOUND = 404
KEY_REUSED = 422


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A record with what the rules look up in it again and again. Nothing in here but the record decides anything."""

    record: DrillRecord

    @cached_property
    def acknowledged(self) -> tuple[tuple[PaymentRequest, Attempt], ...]:
        """Every acknowledged payment with its first acknowledgement."""
        return tuple((one, answer) for one in self.record.requests if (answer := one.acknowledged) is not None)

    @cached_property
    def ledger(self) -> Mapping[str, tuple[LedgerItem, ...]]:
        """The items of each Region's replica that was asked."""
        return {region: tuple(one for one in self.record.ledger or () if one.region == region) for region in self.asked("ledger")}

    @cached_property
    def audit(self) -> Mapping[str, tuple[AuditLine, ...]]:
        """The lines of each Region's bucket that was asked."""
        return {region: tuple(one for one in self.record.audit or () if one.region == region) for region in self.asked("audit")}

    @cached_property
    def fault_seconds(self) -> float | None:
        """When the fault phase began."""
        return moment_of(self.record, PhaseName.FAULT)

    @property
    def standing(self) -> tuple[str, ...]:
        """The Regions that were there at the end."""
        return tuple(region for region in self.record.regions if region not in self.record.lost_regions)

    def asked(self, witness: str) -> tuple[str, ...]:
        """Return the Regions whose part of a witness is in the record."""
        if (self.record.ledger if witness == "ledger" else self.record.audit) is None:
            return ()
        return tuple(region for region in self.standing if (witness, region) not in self.record.unasked)

    def silent(self, witness: str) -> tuple[str, ...]:
        """Return a sentence for each Region whose part of a witness should be there and is not."""
        asked = self.asked(witness)
        return tuple(f"the {witness} in {region} could not be asked" for region in self.standing if region not in asked)


def unreadable_while_away(evidence: Evidence) -> tuple[str, ...]:
    """Return the transaction ids acknowledged before the fault that the survivor did not show while the other Region was away.

    An id that was not even asked for is as bad as one that was not found.
    """
    record, fault = evidence.record, evidence.fault_seconds
    if record.survivor is None or fault is None:
        return ()
    shown = _shown(record, record.survivor, PhaseName.FAULT)
    before = (answer for _, answer in evidence.acknowledged if answer.ended_seconds <= fault)
    return tuple(one for one in _ids(before) if one not in shown)


def unreadable_at_the_end(evidence: Evidence) -> tuple[tuple[str, str], ...]:
    """Return (transaction id, Region) for every acknowledged payment that a standing Region did not show when all had settled."""
    return tuple(
        (transaction_id, region)
        for region in evidence.standing
        for shown in (_shown(evidence.record, region, PhaseName.SETTLE),)
        for transaction_id in _ids(answer for _, answer in evidence.acknowledged)
        if transaction_id not in shown
    )


def vanished_lookups(evidence: Evidence) -> tuple[str, ...]:
    """Return the acknowledged payments that a client was told, under the shared name, not to exist."""
    told = (one.transaction_id for one in evidence.record.lookups if any(attempt.status == NOT_FOUND for attempt in one.attempts))
    return tuple(dict.fromkeys(told))


def lost_payments(evidence: Evidence) -> tuple[tuple[str, float], ...]:
    """Return (transaction id, acknowledged at) of every acknowledged payment that is missing, the oldest first.

    Missing is what a read said did not exist, from the survivor while the other Region was away or at the end, and what a standing
    Region's ledger lacks at the end. A payment that comes back at the heal was missing all the same. What could not be asked is not
    counted here: `Evidence.silent` tells of it.
    """
    reads = evidence.record.reads
    gone = {read.transaction_id for read in reads if read.status == NOT_FOUND}
    kept = [{item.transaction_id for item in items} for items in evidence.ledger.values()]
    found = {
        str(answer.transaction_id): answer.ended_seconds
        for _, answer in evidence.acknowledged
        if answer.transaction_id in gone or any(answer.transaction_id not in ids for ids in kept)
    }
    return tuple(sorted(found.items(), key=lambda one: one[1]))


def keys_taken_twice(evidence: Evidence) -> tuple[str, ...]:
    """Return the keys under which two payments exist: two acknowledged ids, or two items of one Region's ledger."""
    twice = [
        one.idempotency_key
        for one in evidence.record.requests
        if len({attempt.transaction_id for attempt in one.attempts if attempt.outcome is Outcome.ACKNOWLEDGED}) > 1
    ]
    keys = {key_digest(one.idempotency_key): one.idempotency_key for one in evidence.record.requests}
    for items in evidence.ledger.values():
        counted = Counter(item.idempotency_key_digest for item in items)
        twice += [keys.get(digest, digest) for digest, count in counted.items() if count > 1]
    bodies: defaultdict[str, set[str]] = defaultdict(set)
    for one in evidence.record.requests:
        bodies[one.idempotency_key].add(one.body_digest)
    return tuple(dict.fromkeys((*twice, *(key for key, digests in bodies.items() if len(digests) > 1))))


def answers_that_differ(evidence: Evidence) -> tuple[str, ...]:
    """Return a sentence for every answer that contradicts its request or an earlier answer to it.

    Two answers to one key are equal to the byte in a strongly consistent table. In an eventually consistent one a later answer may name
    another time and Region, so that only id, amount and currency are held to.
    """
    found: list[str] = []
    for one in evidence.record.requests:
        answers = [attempt for attempt in one.attempts if attempt.outcome is Outcome.ACKNOWLEDGED]
        for answer in answers:
            if answer.amount is not None and (answer.amount, answer.currency) != (one.amount, one.currency):
                found.append(f"{one.idempotency_key} was {one.amount} {one.currency}, the answer says {answer.amount} {answer.currency}")
        if evidence.record.consistency == "STRONG" and len({answer.answer_digest for answer in answers}) > 1:
            found.append(f"{one.idempotency_key} got answers that differ")
        if answers and any(attempt.status == KEY_REUSED for attempt in one.attempts):
            found.append(f"{one.idempotency_key} was acknowledged, and refused as another payment's key")
    return tuple(found)


def ledger_contradictions(evidence: Evidence) -> tuple[str, ...]:
    """Return a sentence for every item that is not what its client was promised, and for everything in which the replicas differ."""
    requests = {key_digest(one.idempotency_key): one for one in evidence.record.requests}
    found: list[str] = []
    for region, items in evidence.ledger.items():
        for item in items:
            request = requests.get(item.idempotency_key_digest)
            found += [f"{item.transaction_id} in {region} {fault}" for fault in _item_faults(item, request)]
    replicas = [{(one.transaction_id, one.amount, one.currency, one.taken_in) for one in items} for items in evidence.ledger.values()]
    if len(replicas) > 1:
        # An id that differs in content stands in the difference twice; one sentence says it.
        differing = {item[0] for item in replicas[0] ^ replicas[1]}
        found += [f"{transaction_id} is not the same in both Regions" for transaction_id in sorted(differing)]
    return tuple(found)


def _item_faults(item: LedgerItem, request: PaymentRequest | None) -> Iterable[str]:
    if request is None:
        yield "was asked for by nobody"
        return
    if (item.amount, item.currency) != (request.amount, request.currency):
        yield f"says {item.amount} {item.currency}, asked for was {request.amount} {request.currency}"
    answer = request.acknowledged
    if answer is not None and answer.transaction_id != item.transaction_id:
        yield f"is {request.idempotency_key}, which was acknowledged as {answer.transaction_id}"
    if answer is None and all(attempt.outcome is Outcome.REFUSED for attempt in request.attempts):
        yield f"is {request.idempotency_key}, which was refused or never sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknowns:
    """Requests that no client knows the outcome of, sorted by what the witnesses say: their keys."""

    taken: tuple[str, ...]
    not_taken: tuple[str, ...]
    unsettled: tuple[str, ...]


def settle_unknowns(evidence: Evidence) -> Unknowns:
    """Return what became of each unacknowledged request with an attempt whose outcome is unknown.

    Taken is what a standing Region's ledger holds; not taken what every one of them lacks, for they were read with strong consistency
    when nothing was under way any more. Where a standing Region's ledger could not be asked, its silence settles nothing.
    """
    held = {item.idempotency_key_digest for items in evidence.ledger.values() for item in items}
    all_asked = bool(evidence.ledger) and not evidence.silent("ledger")
    unknown = [
        one.idempotency_key
        for one in evidence.record.requests
        if one.acknowledged is None and any(attempt.outcome in (Outcome.FAILED, Outcome.UNANSWERED) for attempt in one.attempts)
    ]
    taken = tuple(key for key in unknown if key_digest(key) in held)
    rest = tuple(key for key in unknown if key_digest(key) not in held)
    return Unknowns(taken=taken, not_taken=rest if all_asked else (), unsettled=() if all_asked else rest)


def audit_faults(evidence: Evidence) -> tuple[str, ...]:
    """Return a sentence for each payment that a standing Region's audit log does not hold exactly once, and each line of no payment."""
    payments = {item.transaction_id for items in evidence.ledger.values() for item in items}
    found: list[str] = []
    for region, lines in evidence.audit.items():
        counted = Counter(line.transaction_id for line in lines)
        found += [f"{one} is missing in {region}" for one in sorted(payments - counted.keys())]
        found += [f"{one} stands {count} times in {region}" for one, count in sorted(counted.items()) if count > 1]
        found += [f"{one} in {region} is in no ledger" for one in sorted(counted.keys() - payments)]
    return tuple(found)


def _shown(record: DrillRecord, region: str, moment: PhaseName) -> set[str]:
    """Return the ids that every read of a Region at a moment found: one that was found and then not is not shown."""
    reads = [read for read in record.reads if read.region == region and read.moment is moment]
    return {read.transaction_id for read in reads} - {read.transaction_id for read in reads if read.status != OK}


def _ids(answers: Iterable[Attempt]) -> Iterable[str]:
    return dict.fromkeys(str(answer.transaction_id) for answer in answers)
