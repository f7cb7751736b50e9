"""Rules on what became of the payments: shown, kept, taken once, answered alike, settled, logged, by three witnesses.

Each is a pure function from evidence and limits to a finding, None when the scenario does not ask for it. A rule whose witness could not
be asked is broken and says so: silence proves nothing.
"""

from __future__ import annotations

from dataclasses import replace

from deployer.drill.examples import examples
from deployer.drill.history import Finding
from deployer.drill.promises import (
    Evidence,
    answers_that_differ,
    audit_faults,
    keys_taken_twice,
    ledger_contradictions,
    lost_payments,
    settle_unknowns,
    unreadable_at_the_end,
    unreadable_while_away,
    vanished_lookups,
)
from deployer.params.scenario import Limits


def little_was_lost(evidence: Evidence, limits: Limits) -> Finding:
    """Acknowledged payments that are missing, and how far back they reach from the fault."""
    lost = lost_payments(evidence)
    fault = evidence.fault_seconds
    seconds = max(0.0, fault - lost[0][1]) if lost and fault is not None else 0.0
    return _witnessed(
        evidence,
        "ledger",
        Finding(
            rule="data-loss",
            sentence="Acknowledged payments that are missing, and how old the oldest was at the fault",
            limit=f"{limits.lost_payments_max}, {limits.data_loss_seconds_max:g} s",
            measured=f"{len(lost)}, {seconds:.1f} s",
            broken=len(lost) > limits.lost_payments_max or seconds > limits.data_loss_seconds_max,
            detail=examples(transaction_id for transaction_id, _ in lost),
        ),
    )


def the_survivor_shows_every_payment(evidence: Evidence, limits: Limits) -> Finding | None:
    """While a Region is away, the other one alone can show everything that was ever acknowledged."""
    if evidence.record.survivor is None:
        return None
    missing = unreadable_while_away(evidence)
    return Finding(
        rule="survivor-reads",
        sentence=f"Every payment acknowledged before the fault can be read in {evidence.record.survivor} while the other Region is away",
        limit=str(limits.lost_payments_max),
        measured="when the fault began is not known" if evidence.fault_seconds is None else f"{len(missing)} could not be read",
        broken=evidence.fault_seconds is None or len(missing) > limits.lost_payments_max,
        detail=examples(missing),
    )


def every_region_shows_every_payment(evidence: Evidence, limits: Limits) -> Finding:
    """When all is healed, each Region shows every acknowledged payment, by its own name."""
    missing = unreadable_at_the_end(evidence)
    regions = " and ".join(evidence.standing)
    return Finding(
        rule="settled-reads",
        sentence=f"In the end every acknowledged payment can be read in {regions}",
        limit=str(limits.lost_payments_max),
        measured=f"{len(missing)} could not be read",
        broken=len(missing) > limits.lost_payments_max,
        detail=examples(f"{transaction_id} in {region}" for transaction_id, region in missing),
    )


def no_client_was_told_otherwise(evidence: Evidence, limits: Limits) -> Finding:
    """Under the shared name, nobody was told that an acknowledged payment does not exist."""
    vanished = vanished_lookups(evidence)
    return Finding(
        rule="lookups",
        sentence="No client was told that a payment it had been promised does not exist",
        limit="0",
        measured=f"{len(vanished)} of {len(evidence.record.lookups)} asked for",
        broken=bool(vanished),
        detail=examples(vanished),
    )


def one_payment_a_key(evidence: Evidence, limits: Limits) -> Finding:
    """At most one record and one transaction id for each idempotency key, by the clients' history and by either ledger."""
    twice = keys_taken_twice(evidence)
    return _witnessed(
        evidence,
        "ledger",
        Finding(
            rule="one-payment-a-key",
            sentence="No key has two transaction ids, or two items in the table",
            limit=str(limits.duplicates_max),
            measured=f"{len(twice)} taken twice",
            broken=len(twice) > limits.duplicates_max,
            detail=examples(twice),
        ),
    )


def answers_agree(evidence: Evidence, limits: Limits) -> Finding:
    """Whoever asks again under a key gets the same answer, and it says what was asked for."""
    differing = answers_that_differ(evidence)
    return Finding(
        rule="answers-agree",
        sentence="Every answer says what was asked for, and the same each time",
        limit="0",
        measured=f"{len(differing)} contradictions",
        broken=bool(differing),
        detail=examples(differing),
    )


def the_ledger_says_what_was_promised(evidence: Evidence, limits: Limits) -> Finding:
    """Each item is what its client was promised, and both replicas hold the same."""
    found = ledger_contradictions(evidence)
    return _witnessed(
        evidence,
        "ledger",
        Finding(
            rule="ledger-agrees",
            sentence="The table holds what was promised, the same in every Region",
            limit="0",
            measured=f"{len(found)} contradictions",
            broken=bool(found),
            detail=examples(found),
        ),
    )


def unknown_outcomes_are_settled(evidence: Evidence, limits: Limits) -> Finding:
    """What no client knows, a last read tells; a payment taken without the client's knowledge is neither lost nor a duplicate."""
    unknowns = settle_unknowns(evidence)
    return Finding(
        rule="unknowns-settled",
        sentence="Every request without a known outcome was found taken or not taken",
        limit="0",
        measured=f"{len(unknowns.taken)} taken, {len(unknowns.not_taken)} not taken, {len(unknowns.unsettled)} unsettled",
        broken=bool(unknowns.unsettled),
        detail=examples(unknowns.unsettled),
    )


def the_audit_log_has_each_once(evidence: Evidence, limits: Limits) -> Finding:
    """After reconciliation each Region's bucket holds a line for every payment of the table, one, and none of anything else."""
    found = (*evidence.silent("ledger"), *audit_faults(evidence))
    return _witnessed(
        evidence,
        "audit",
        Finding(
            rule="audit-once",
            sentence="After reconciliation the audit log holds each payment once, in every Region",
            limit="0",
            measured=f"{len(found)} wrong",
            broken=bool(found),
            detail=examples(found),
        ),
    )


def _witnessed(evidence: Evidence, witness: str, finding: Finding) -> Finding:
    """Return the finding, broken when a part of its witness that should be there is not."""
    silent = evidence.silent(witness)
    if not silent and evidence.standing:
        return finding
    told = "; ".join(silent) or "no Region was left to ask"
    return replace(finding, broken=True, measured=f"{finding.measured}; {told}")
