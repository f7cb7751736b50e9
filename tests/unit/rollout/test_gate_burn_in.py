"""How looks add up: the rule, held against every history of good and bad looks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.rollout.gate_burn_in import BurnIn
from tests.support.gates import a_gate, a_sample

# A check that is bad for as long as it likes, so that the burn-in alone decides.
PATIENT = a_gate(bad_seconds_max=10_000.0)


@given(looks=st.lists(st.tuples(st.booleans(), st.booleans(), st.floats(0, 25)), min_size=1, max_size=60))
def test_gate_is_passed_exactly_when_every_look_of_the_last_burn_in_was_good_in_time(looks: list[tuple[bool, bool, float]]) -> None:
    """Whatever came before, and however late a look begins; and it is given up only when nothing could pass it any more."""
    burn_in, at, history = BurnIn(), 0.0, []
    for healthy, silent, late in looks:
        burn_in = burn_in.after(at, (a_sample("health", good=healthy), a_sample("alarms", good=silent)))
        history.append((at, healthy and silent))
        good_for_long = _good_since(history) is not None and at >= _good_since(history) + PATIENT.burn_in_seconds
        verdict = burn_in.verdict(PATIENT)

        assert (verdict == "passed") == (good_for_long and at <= PATIENT.seconds_max)
        if verdict == "failed":
            assert _earliest_pass(burn_in, at) > PATIENT.seconds_max or at > PATIENT.seconds_max
        if verdict != "waiting":
            return
        assert at < burn_in.next_at(PATIENT) <= PATIENT.seconds_max, "every wait ends within the gate's time"
        at = burn_in.next_at(PATIENT) + late


def _good_since(history: list[tuple[float, bool]]) -> float | None:
    """Return when the unbroken row of good looks at the end of a history began."""
    since = None
    for at, good in reversed(history):
        if not good:
            break
        since = at
    return since


def _earliest_pass(burn_in: BurnIn, at: float) -> float:
    """Return when the gate would be passed if every look from now on were good and in time."""
    while burn_in.verdict(replace(PATIENT, seconds_max=10_000.0)) != "passed":
        at = burn_in.next_at(PATIENT)
        burn_in = burn_in.after(at, (a_sample("health"), a_sample("alarms")))
    return at


@given(good=st.lists(st.booleans(), min_size=1, max_size=40))
def test_payment_is_made_at_both_ends_of_a_burn_in_and_never_long_ago(good: list[bool]) -> None:
    """One that failed is tried again at the next look."""
    gate = a_gate(bad_seconds_max=10_000.0, payment_seconds=25.0, seconds_max=1_000.0)
    burn_in, at, paid = BurnIn(), 0.0, []
    for one in good:
        pays = burn_in.pays_at(gate, at)
        if pays:
            paid.append((at, one))
        burn_in = burn_in.after(at, (a_sample("health"), *((a_sample("payment", good=one),) if pays else ())))
        last = max((moment for moment, well in paid if well), default=None)

        if burn_in.verdict(gate) == "passed":
            assert paid[-1] == (at, True)
            return
        assert not paid[-1][1] or (last is not None and at - last < gate.payment_seconds)
        at = burn_in.next_at(gate)


@pytest.mark.parametrize(
    ("check", "ends"),
    [pytest.param("health", True, id="health"), pytest.param("payment", True, id="payment"), pytest.param("canary", False, id="canary")],
)
def test_only_what_callers_get_may_not_be_bad_for_long(check, ends: bool) -> None:
    """A canary's run tells of one moment."""
    gate, burn_in = a_gate(), BurnIn()
    for at in (0.0, 10.0, 20.0, 30.0):
        burn_in = burn_in.after(at, (a_sample(check, good=False),))

    assert (burn_in.verdict(gate) == "failed") == ends
    assert burn_in.verdict(replace(gate, is_first=True)) == "waiting"


def test_final_sample_ends_it_at_the_first_look() -> None:
    """And is the one that says why, whatever else is bad."""
    burn_in = BurnIn().after(0.0, (a_sample("health", good=False), a_sample("alarms", good=False, is_final=True)))

    assert burn_in.verdict(a_gate()) == "failed"
    assert (found := burn_in.hopeless(a_gate())) is not None
    assert found.check == "alarms"


def test_what_aws_did_not_tell_is_no_fault_of_the_region() -> None:
    """It keeps the burn-in from passing, and is never why the gate fails early."""
    burn_in = BurnIn()
    for number in range(10):
        burn_in = burn_in.after(number * 10.0, (a_sample("payment", good=False, refused=True),))

    assert (burn_in.verdict(a_gate()), burn_in.good_since) == ("waiting", None)
