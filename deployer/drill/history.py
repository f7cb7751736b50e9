"""What a drill leaves behind: every request as its client saw it, what was observed beside it, and what three witnesses hold.

Data only, and the one thing that traffic, verdict and report share. All moments are seconds since the drill began, on one
monotonic clock. Nothing here decides anything: `verdict` does, from a `DrillRecord` and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256


class Outcome(StrEnum):
    """What one attempt came to, as its client can know it."""

    ACKNOWLEDGED = "acknowledged"  # 201 to a payment, 200 to a read: a promise
    REFUSED = "refused"  # another 4xx: certainly not taken
    FAILED = "failed"  # 5xx: not acknowledged, and perhaps taken all the same
    UNANSWERED = "unanswered"  # refused connection, broken off or timed out: perhaps taken


class PhaseName(StrEnum):
    """The parts of a drill, in their order; a scenario may leave some out."""

    WARM_UP = "warm-up"
    FAULT = "fault"
    HEAL = "heal"
    FAIL_BACK = "fail-back"
    SETTLE = "settle"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One HTTP request and its answer.

    `region` is where the resolved address belongs, None when no name was resolved. `status` is None when there was no answer;
    `error` then says why in a word or two ("connection refused", "timed out"). The last three say what an acknowledgement said:
    `answer_digest` is the SHA-256 of its body, for a replay is equal to the byte.
    """

    began_seconds: float
    ended_seconds: float
    region: str | None
    outcome: Outcome
    status: int | None = None
    error: str | None = None
    transaction_id: str | None = None
    replayed: bool = False
    answer_digest: str | None = None
    amount: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRequest:
    """One payment that a client wanted: all attempts carry the same key and body.

    `due_seconds` is when the arrival rate wanted it sent (open loop): what is late counts from there. `body_digest` is the SHA-256 of
    the body, so that two requests that share a key can be told to agree or not. What attempts leave unknown, `DrillRecord.reads` settles.
    Attempts may go on after the acknowledgement: some clients ask again, to see that they get the same answer. No attempts at all: the
    load generator itself had no room left to send it.
    """

    client: int
    idempotency_key: str
    body_digest: str
    amount: Decimal
    currency: str
    due_seconds: float
    attempts: tuple[Attempt, ...]

    @property
    def acknowledged(self) -> Attempt | None:
        """Return the first attempt that was acknowledged, or None."""
        return next((one for one in self.attempts if one.outcome is Outcome.ACKNOWLEDGED), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """One acknowledged payment that a client asked for by its id under the shared name, as part of the steady traffic."""

    client: int
    transaction_id: str
    due_seconds: float
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How things stood at one moment, sampled about once a second.

    `checkers`: (check name, checker Region, healthy as that checker last saw it). `checks`: (check name, healthy as published).
    `answer_region`: the Region that a fresh DNS question for the shared name leads to, None when there was no answer.
    `held`: whether the standby's hold is set, None when it could not be asked. `faults`: the sentences of the faults in force.
    `looked_seconds`: how long it took to ask for checkers and faults, of which no Region and no fault is in the way; None when unknown.
    """

    at_seconds: float
    answer_region: str | None
    checkers: tuple[tuple[str, str, bool], ...] = ()
    checks: tuple[tuple[str, bool], ...] = ()
    held: bool | None = None
    faults: tuple[str, ...] = ()
    looked_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Something that the drill did or saw happen, for the timeline: a phase's begin, a fault, its heal, a hold, an alarm."""

    at_seconds: float
    phase: PhaseName
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A fail-over or fail-back that somebody typed; `took_seconds` until every name server followed, None when they did not."""

    intent: str
    began_seconds: float
    took_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """One payment in one Region's replica of the table, read when everything had settled.

    `idempotency_key_digest` is `key_digest` of the key it was asked for under, which the drill writes into the payment's customer: the
    table itself keeps no key. So a payment taken under a wrong id is still known for what it is.
    """

    region: str
    transaction_id: str
    idempotency_key_digest: str
    amount: Decimal
    currency: str
    taken_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line of the audit log of one Region's bucket; `object_key` is where it stands."""

    region: str
    transaction_id: str
    object_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A payment asked for by its id, in one Region by its own name: what settles an unknown outcome.

    `status` is the HTTP status, None without an answer; `moment` is the phase it was asked in: while the Region was away
    (FAULT, from the survivor) or when all was healed (SETTLE, from both).
    """

    region: str
    transaction_id: str
    moment: PhaseName
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillRecord:
    """All that a verdict is made from. `regions`: primary first. `consistency`: the table's, "STRONG" or "EVENTUAL".

    `ledger` and `audit` hold what each witness said at the end; None when that witness could not be asked (a Region that never
    returned), which is not the same as an empty one. `lost_regions` are those that were not healed by the end. `unasked` names
    (witness, Region) where one Region's part is missing: ("ledger" or "audit", "us-east-1"). `survivor` is the Region that had to hold
    every payment while the other was away, None when none was.
    """

    scenario: str
    environment: str
    consistency: str
    regions: tuple[str, ...]
    time_scale: float
    began_at: str
    requests: tuple[PaymentRequest, ...]
    reads: tuple[Read, ...]
    samples: tuple[Sample, ...]
    marks: tuple[Mark, ...]
    ledger: tuple[LedgerItem, ...] | None
    audit: tuple[AuditLine, ...] | None
    lost_regions: tuple[str, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    survivor: str | None = None
    unasked: tuple[tuple[str, str], ...] = ()
    moves: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule's judgement: `measured` and `limit` as a person reads them; `broken` decides the exit code; `detail` names examples."""

    rule: str
    sentence: str
    limit: str
    measured: str
    broken: bool
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Every rule's finding, in the order a person asks; `recovery_seconds` is None when clients saw no loss or no recovery."""

    findings: tuple[Finding, ...]
    recovery_seconds: float | None

    @property
    def passed(self) -> bool:
        """Tell whether no limit was broken."""
        return not any(finding.broken for finding in self.findings)


def key_digest(idempotency_key: str) -> str:
    """Return the SHA-256 of a key, 64 lower-case hexadecimal characters."""
    return sha256(idempotency_key.encode()).hexdigest()
