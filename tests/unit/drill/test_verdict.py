"""Every rule of the verdict holds for a sound drill, and can fail."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from deployer.drill.history import AuditLine, DrillRecord, Finding, Outcome, PhaseName
from deployer.drill.verdict import judge
from tests.support.drill_records import (
    PRIMARY,
    REGIONS,
    SECONDARY,
    a_line,
    a_lookup,
    a_move,
    a_payment,
    a_record,
    an_attempt,
    an_item,
    answered,
    id_of,
    key_of,
    limits,
    with_late_looks,
    with_request,
    without_item,
)


def broken(record: DrillRecord, **changes: object) -> dict[str, Finding]:
    """Return the broken findings by rule."""
    return {one.rule: one for one in judge(record, limits(**changes)).findings if one.broken}


def test_sound_failover_breaks_nothing() -> None:
    """An outage within its limit, all payments where they belong."""
    verdict = judge(a_record(unknown=frozenset({25, 26})), limits(traffic_ends_in="secondary"))

    assert [one for one in verdict.findings if one.broken] == []
    assert verdict.passed
    assert verdict.recovery_seconds == pytest.approx(30, abs=1.5)


def test_quiet_drill_has_no_recovery_time() -> None:
    """Clients that saw no loss needed no recovery."""
    verdict = judge(a_record(quiet=True), limits(traffic_must_not_move=True))

    assert verdict.passed
    assert verdict.recovery_seconds is None


_LOST = without_item(a_record(), 5, SECONDARY)
_ROGUE = an_item(5, PRIMARY, transaction_id="other")

BROKEN = [
    pytest.param(
        with_request(a_record(), 60, answered(60, 62.5, SECONDARY)),
        {"sustained_good_requests": 1},
        set(),
        id="one late is no late generator",
    ),
    pytest.param(
        replace(a_record(), requests=tuple(replace(one, due_seconds=one.due_seconds - 1.5) for one in a_record().requests)),
        {"answer_seconds_max": 9},
        {"load-generator"},
        id="generator late",
    ),
    pytest.param(replace(a_record(), moves=(a_move("fail-over", 59.0),)), {}, set(), id="names follow in time"),
    pytest.param(replace(a_record(), moves=(a_move("fail-over", 20.0), a_move("fail-back", 61.0))), {}, {"moves"}, id="names follow late"),
    pytest.param(replace(a_record(), moves=(a_move("fail-over", None),)), {}, {"moves"}, id="names do not follow"),
    pytest.param(replace(a_record(), moves=(a_move("fail-over", None),)), {"move_seconds_max": None}, set(), id="moves not judged"),
    pytest.param(with_late_looks(a_record(), 8), {}, {"machine"}, id="machine busy with something else"),
    pytest.param(with_late_looks(a_record(), 5), {}, set(), id="a look late now and then"),
    pytest.param(replace(a_record(), requests=()), {}, {"load-generator", "steady-before", "ledger-agrees"}, id="no traffic"),
    pytest.param(
        with_request(with_request(a_record(), 13, an_attempt(13, PRIMARY, Outcome.FAILED), answered(13, 14, PRIMARY)), 14),
        {},
        {"steady-before", "ledger-agrees"},
        id="failures before the fault",
    ),
    pytest.param(
        with_request(a_record(), 3, an_attempt(3, PRIMARY, Outcome.FAILED), answered(3, 4, PRIMARY)),
        {},
        set(),
        id="slow start of the warm-up",
    ),
    pytest.param(a_record(), {"recovery_seconds_max": 20}, {"recovery"}, id="too slow"),
    pytest.param(
        with_request(a_record(), 139, an_attempt(139, SECONDARY, Outcome.FAILED), answered(139, 139.5, SECONDARY)),
        {},
        {"recovery"},
        id="failing when the traffic ends",
    ),
    pytest.param(a_record(unknown=frozenset({25})), {"failed_requests_max": 0}, {"failed-requests"}, id="failed for good"),
    pytest.param(_LOST, {}, {"data-loss", "survivor-reads", "settled-reads", "ledger-agrees", "audit-once"}, id="lost in the survivor"),
    pytest.param(
        replace(a_record(), reads=tuple(one for one in a_record().reads if one.moment is not PhaseName.FAULT)),
        {},
        {"survivor-reads"},
        id="survivor never asked",
    ),
    pytest.param(
        replace(a_record(), reads=tuple(one for one in a_record().reads if one.region != PRIMARY)), {}, {"settled-reads"}, id="half asked"
    ),
    pytest.param(
        replace(a_record(), lookups=(a_lookup(3, 70, an_attempt(70, SECONDARY, Outcome.REFUSED, status=404)),)),
        {},
        {"lookups"},
        id="told not to exist",
    ),
    pytest.param(
        with_request(a_record(), 60, answered(60, 60, SECONDARY), answered(60, 61, SECONDARY, transaction_id="other", replayed=True)),
        {},
        {"one-payment-a-key"},
        id="two ids acknowledged",
    ),
    pytest.param(
        replace(a_record(), ledger=(*(a_record().ledger or ()), _ROGUE, replace(_ROGUE, region=SECONDARY))),
        {},
        {"one-payment-a-key", "ledger-agrees", "audit-once"},
        id="two items",
    ),
    pytest.param(
        with_request(a_record(), 60, answered(60, 60, SECONDARY), answered(60, 61, SECONDARY, answer_digest="stale", replayed=True)),
        {},
        {"answers-agree"},
        id="another answer to the same key",
    ),
    pytest.param(
        with_request(a_record(), 60, answered(60, 60, SECONDARY, amount=Decimal(1))), {}, {"answers-agree"}, id="another amount answered"
    ),
    pytest.param(
        with_request(a_record(), 60, answered(60, 60, SECONDARY), an_attempt(61, SECONDARY, Outcome.REFUSED, status=422)),
        {},
        {"answers-agree"},
        id="own key refused",
    ),
    pytest.param(
        replace(
            a_record(),
            ledger=tuple(replace(one, amount=Decimal(7)) if one.transaction_id == id_of(9) else one for one in a_record().ledger or ()),
        ),
        {},
        {"ledger-agrees"},
        id="another amount kept",
    ),
    pytest.param(
        replace(
            a_record(),
            ledger=tuple(
                replace(one, taken_in="us-west-2") if (one.transaction_id, one.region) == (id_of(9), PRIMARY) else one
                for one in a_record().ledger or ()
            ),
        ),
        {},
        {"ledger-agrees"},
        id="Regions that differ",
    ),
    pytest.param(
        with_request(a_record(), 60, an_attempt(60, SECONDARY, Outcome.REFUSED)),
        {"recovery_seconds_max": 90},
        {"ledger-agrees"},
        id="refused and taken",
    ),
    pytest.param(
        replace(a_record(unknown=frozenset({25})), unasked=(("ledger", PRIMARY),)),
        {},
        {"data-loss", "one-payment-a-key", "ledger-agrees", "audit-once"},
        id="one ledger silent, which settles what is taken",
    ),
    pytest.param(
        replace(a_record(unknown=frozenset({24})), unasked=(("ledger", PRIMARY),)),
        {},
        {"data-loss", "one-payment-a-key", "ledger-agrees", "audit-once", "unknowns-settled"},
        id="one ledger silent, which settles nothing",
    ),
    pytest.param(replace(a_record(), audit=None), {}, {"audit-once"}, id="audit log silent"),
    pytest.param(
        replace(a_record(), audit=(*(a_record().audit or ()), a_line(3, PRIMARY, "payments/2.jsonl.gz"))),
        {},
        {"audit-once"},
        id="logged twice",
    ),
    pytest.param(
        replace(a_record(), audit=tuple(one for one in a_record().audit or () if one != a_line(3, PRIMARY))),
        {},
        {"audit-once"},
        id="not logged",
    ),
    pytest.param(
        replace(a_record(), audit=(*(a_record().audit or ()), AuditLine(region=PRIMARY, transaction_id="ghost", object_key="k"))),
        {},
        {"audit-once"},
        id="logged and not taken",
    ),
    pytest.param(
        with_request(a_record(), 70, answered(70, 70, PRIMARY)),
        {},
        set(),
        id="one astray is no overlap",
    ),
    pytest.param(
        with_request(with_request(a_record(), 70, answered(70, 70, PRIMARY)), 80, answered(80, 80, PRIMARY)),
        {},
        {"split-brain"},
        id="two brains",
    ),
    pytest.param(replace(a_record(), samples=()), {}, {"split-brain"}, id="nothing sampled"),
    pytest.param(a_record(), {"traffic_must_not_move": True}, {"traffic-stays"}, id="moved"),
    pytest.param(
        replace(a_record(quiet=True), samples=tuple(replace(one, held=one.at_seconds == 77) for one in a_record(quiet=True).samples)),
        {"traffic_must_not_move": True},
        {"traffic-stays"},
        id="hold set though nothing moved",
    ),
    pytest.param(a_record(), {"traffic_ends_in": "primary"}, {"traffic-ends"}, id="never came back"),
    pytest.param(a_record(quiet=True), {"traffic_ends_in": "secondary"}, {"traffic-ends"}, id="never left"),
]


@pytest.mark.parametrize(("record", "changes", "rules"), BROKEN)
def test_rule_can_fail(record: DrillRecord, changes: dict[str, object], rules: set[str]) -> None:
    """What is wrong is found by the rules it breaks, and by no other."""
    assert set(broken(record, **changes)) == rules


def test_region_that_never_returns_is_asked_nothing() -> None:
    """Its silence is the scenario's doing; what the survivor holds is judged all the same."""
    alone = replace(
        a_record(),
        lost_regions=(PRIMARY,),
        ledger=tuple(one for one in a_record().ledger or () if one.region == SECONDARY),
        audit=tuple(one for one in a_record().audit or () if one.region == SECONDARY),
        reads=tuple(one for one in a_record().reads if one.region == SECONDARY),
    )

    assert broken(alone) == {}
    assert {"data-loss", "settled-reads"} <= broken(without_item(alone, 5, SECONDARY)).keys()


def test_loss_is_told_in_payments_and_seconds() -> None:
    """Payment 5 was acknowledged 15 seconds before the fault."""
    found = broken(without_item(a_record(), 5, *REGIONS), lost_payments_max=1, data_loss_seconds_max=14)

    assert found["data-loss"].measured == "1, 14.9 s"
    assert found["data-loss"].detail == id_of(5)
    assert "data-loss" not in broken(without_item(a_record(), 5, *REGIONS), lost_payments_max=1, data_loss_seconds_max=15)


def test_scaled_time_is_judged_in_the_scenarios_seconds() -> None:
    """Thirty seconds at three times the speed are ninety."""
    record = replace(a_record(), time_scale=3.0)

    assert judge(record, limits(recovery_seconds_max=100)).recovery_seconds == pytest.approx(90, abs=4)
    assert set(broken(record, recovery_seconds_max=80)) == {"recovery"}


def test_silence_of_a_region_is_named() -> None:
    """Whoever reads the verdict knows whom to ask again."""
    found = broken(replace(a_record(), unasked=(("audit", SECONDARY),)))

    assert found["audit-once"].measured == f"0 wrong; the audit in {SECONDARY} could not be asked"


def test_eventual_table_may_answer_with_another_time() -> None:
    """There a replay may name another Region; another amount it may not."""
    record = replace(a_record(), consistency="EVENTUAL")
    other = answered(60, 61, SECONDARY, answer_digest="later", replayed=True)

    assert broken(with_request(record, 60, answered(60, 60, SECONDARY), other)) == {}
    assert set(broken(with_request(record, 60, answered(60, 60, SECONDARY), replace(other, amount=Decimal(0))))) == {"answers-agree"}


def test_key_sent_with_two_bodies_is_a_duplicate() -> None:
    """The drill's own mistake would hide the system's."""
    twin = replace(a_payment(60, 60.0, answered(60, 60, SECONDARY)), body_digest="another")
    record = replace(a_record(), requests=(*a_record().requests, twin))

    assert broken(record)["one-payment-a-key"].detail == key_of(60)
