"""What moves traffic, decided from where it goes: the hold that is right, the wait that is left, and what speaks against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.planning.move_planner import plan_fail_back, plan_fail_over
from deployer.planning.traffic import RegionHealth, Traffic, all_lead_to
from deployer.vocabulary.errors import DeployerError
from tests.support.rendering import an_environment
from tests.support.traffic import EAST, HOLD, LATCHED, OHIO, a_region, a_traffic, leads_to, silent

ENVIRONMENT = an_environment()


def test_fail_over_of_a_sound_system_sets_the_hold_and_waits() -> None:
    """Nothing speaks against it, and the table is the standby's."""
    move = plan_fail_over(a_traffic(), ENVIRONMENT)

    assert (move.region, move.standby, move.table) == (OHIO, OHIO, "payment-hold-test")
    assert (move.changes_hold, move.settled, move.is_nothing, move.objections) == (True, False, False, ())
    assert move.answered_seconds_max == 34


def test_rows_say_now_and_then() -> None:
    """Who holds, where the name leads, and each Region's part."""
    assert plan_fail_over(a_traffic(), ENVIRONMENT).rows == (
        ("payments", "not held", "held in us-east-2"),
        ("api.pay.example.test", "leads to us-east-1", "leads to us-east-2"),
        ("us-east-1 (primary)", "healthy; 8 of 8 checkers pass it", "stands by"),
        ("us-east-2 (secondary)", "healthy; 8 of 8 checkers pass it", "takes payments"),
    )


def test_fail_over_again_is_nothing() -> None:
    """Held already, and names lead there."""
    assert plan_fail_over(a_traffic(leads_to(OHIO), hold=HOLD), ENVIRONMENT).is_nothing


def test_hold_that_names_do_not_follow_yet_is_waited_for() -> None:
    """Somebody was interrupted: the hold stays as it is, and the wait is done."""
    move = plan_fail_over(a_traffic(leads_to(OHIO, 1), leads_to(EAST, 2), hold=HOLD), ENVIRONMENT)

    assert (move.changes_hold, move.settled, move.is_nothing) == (False, False, False)


def test_traffic_that_has_left_a_sick_primary_is_held_all_the_same() -> None:
    """Names lead there already; the hold keeps them there."""
    move = plan_fail_over(a_traffic(leads_to(OHIO), primary=a_region(EAST, "primary", status=None, passing=0)), ENVIRONMENT)

    assert (move.changes_hold, move.settled) == (True, True)
    assert move.objections == ()


@pytest.mark.parametrize(
    ("standby", "count"),
    [
        pytest.param(a_region(OHIO, "secondary", status=503, said="table unreachable"), 1, id="says no"),
        pytest.param(a_region(OHIO, "secondary", status=None, said="connection refused", passing=None), 1, id="says nothing"),
        pytest.param(a_region(OHIO, "secondary", passing=1), 1, id="checkers say no"),
        pytest.param(a_region(OHIO, "secondary", status=503, passing=0), 2, id="both say no"),
        pytest.param(a_region(OHIO, "secondary", passing=None), 0, id="checkers cannot be asked"),
        pytest.param(a_region(OHIO, "secondary", passing=2), 0, id="enough checkers say yes"),
    ],
)
def test_sick_standby_is_an_objection_with_its_risk(standby: RegionHealth, count: int) -> None:
    """Its own word and the checkers'; each says what forcing would do."""
    move = plan_fail_over(a_traffic(standby=standby), ENVIRONMENT)

    assert len(move.objections) == count
    assert all(EAST in one.risk for one in move.objections)


def test_sick_primary_is_no_objection_to_leaving_it() -> None:
    """It is the reason."""
    assert plan_fail_over(a_traffic(primary=a_region(EAST, "primary", status=503, passing=0)), ENVIRONMENT).objections == ()


def test_fail_back_clears_the_hold_and_waits() -> None:
    """To the primary, by the standby's table."""
    move = plan_fail_back(a_traffic(leads_to(OHIO), hold=HOLD), ENVIRONMENT)

    assert (move.region, move.standby, move.hold) == (EAST, OHIO, HOLD)
    assert (move.changes_hold, move.settled, move.objections, move.cautions) == (True, False, (), ())


@pytest.mark.parametrize("answer", [leads_to(EAST), leads_to(OHIO)], ids=["to the primary", "away from a sick primary"])
def test_fail_back_without_a_hold_is_nothing(answer: object) -> None:
    """Where names lead is then the primary's own health to decide."""
    assert plan_fail_back(a_traffic(answer), ENVIRONMENT).is_nothing  # type: ignore[arg-type]


def test_sick_primary_is_an_objection_to_going_back() -> None:
    """Its own word and the checkers'."""
    move = plan_fail_back(
        a_traffic(leads_to(OHIO), hold=HOLD, primary=a_region(EAST, "primary", status=503, said="table unreachable", passing=0)),
        ENVIRONMENT,
    )

    assert [one.fault for one in move.objections] == [
        "us-east-1 says it cannot take payments: table unreachable",
        "Route 53's checkers call us-east-1 unhealthy",
    ]


def test_latchs_reason_is_told_before_payments_go_back() -> None:
    """Nobody may know yet what was wrong."""
    [caution] = plan_fail_back(a_traffic(leads_to(OHIO), hold=LATCHED), ENVIRONMENT).cautions

    assert LATCHED.reason in caution


def test_lag_of_an_eventual_table_is_told_before_payments_go_back() -> None:
    """What the standby took may not be in the primary yet (F2.12)."""
    eventual = an_environment(table={"consistency": "eventual"})

    assert "replication lag" in " ".join(plan_fail_back(a_traffic(leads_to(OHIO), hold=HOLD), eventual).cautions)
    assert plan_fail_back(a_traffic(hold=None), eventual).cautions == ()


@pytest.mark.parametrize("plan", [plan_fail_over, plan_fail_back])
def test_unknown_hold_is_no_hold_to_decide_by(plan: object) -> None:
    """The standby's DynamoDB is all it takes, and it takes that."""
    with pytest.raises(DeployerError, match="Nothing is known of the hold in us-east-2"):
        plan(a_traffic(hold_problem="dynamodb refused GetItem"), ENVIRONMENT)  # type: ignore[operator]


def test_silent_name_servers_do_not_count() -> None:
    """Those that answer have to agree, and somebody has to answer."""
    assert all_lead_to(OHIO, (leads_to(OHIO, 1), silent(2)))
    assert not all_lead_to(OHIO, (silent(1), silent(2)))
    assert not all_lead_to(OHIO, (leads_to(OHIO, 1), leads_to(EAST, 2)))
    assert not all_lead_to(OHIO, ())


TRAFFIC = st.builds(
    a_traffic,
    st.sampled_from([leads_to(EAST), leads_to(OHIO), silent()]),
    hold=st.sampled_from([None, HOLD, LATCHED]),
    primary=st.builds(a_region, st.just(EAST), st.just("primary"), status=st.sampled_from([200, 503, None]), passing=st.integers(0, 8)),
    standby=st.builds(a_region, st.just(OHIO), st.just("secondary"), status=st.sampled_from([200, 503, None]), passing=st.integers(0, 8)),
)


@given(TRAFFIC)
def test_what_is_done_is_what_is_missing(traffic: Traffic) -> None:
    """The hold changes exactly when it is not as it shall be, and after that there is nothing to change."""
    over, back = plan_fail_over(traffic, ENVIRONMENT), plan_fail_back(traffic, ENVIRONMENT)

    assert over.changes_hold == (traffic.hold is None)
    assert back.changes_hold == (traffic.hold is not None)
    assert over.is_nothing == (traffic.hold is not None and traffic.led_to == (OHIO,))
    assert back.is_nothing == (traffic.hold is None)
    assert bool(over.objections) == (not traffic.standby.answers_well or traffic.standby.seen_well is False)
    assert bool(back.objections) == (not traffic.primary.answers_well or traffic.primary.seen_well is False)
