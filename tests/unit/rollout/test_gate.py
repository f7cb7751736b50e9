"""Regions at their gate: let through after a burn-in without a bad look, and told why when they are not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from deployer.rollout.context import StepStopped
from deployer.vocabulary.errors import AwsRefused, GateFailed
from tests.support.gates import EAST, OHIO, GatedWorld, a_gate, sick_between
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_watch import API_KEY, FakeApi
from tests.support.rollout.wire import refusal


def test_region_that_stays_good_is_let_through_after_its_burn_in() -> None:
    """Neither sooner nor later; every look is told, check by check."""
    world = GatedWorld()

    world.passes(a_gate())

    assert world.passed_seconds == 60
    assert len(world.sampled("health")) == len(world.sampled("alarms")) == len(world.sampled("canary")) == 7
    assert all(one.is_good and one.phase == "gate" for check in ("health", "payment") for one in world.sampled(check))


def test_payments_are_few_and_frame_the_burn_in() -> None:
    """The first look pays and the last; each time a cent of a synthetic customer under a key of its own, and nothing for asking twice."""
    world = GatedWorld()

    world.passes(a_gate(payment_seconds=25.0))

    paid = [one.at[17:19] for one in world.sampled("payment")]
    assert paid == ["00", "30", "00"]
    assert sorted(world.api.taken) == [f"canary-gate-us-east-2-20261101T12{moment}Z" for moment in ("0000", "0030", "0100")]
    assert set(world.api.bodies) == {'{"amount": 0.01, "currency": "USD", "customerId": "canary-gate-us-east-2"}'}
    assert world.aws.secrets(OHIO).reads == 1


def test_one_bad_look_begins_the_burn_in_anew() -> None:
    """A lost packet is no bad version."""
    world = GatedWorld()

    world.passes(a_gate(), sick_between(world, "health", 40, 50))

    assert world.passed_seconds == 50 + 60
    assert [one.is_good for one in world.sampled("health")].count(False) == 1


def test_what_stays_bad_does_not_get_the_whole_time() -> None:
    """Callers are served by it meanwhile. The error says which Region, which check, for how long, and what the others saw."""
    world = GatedWorld()

    with pytest.raises(GateFailed) as failed:
        world.passes(a_gate(), sick_between(world, "payment", 60, 1000))

    assert world.passed_seconds == 90
    assert failed.value.summary == "us-east-2 did not pass its gate: payment: the payment was not taken: HTTP 500, The function failed."
    assert "It was so for 30 s on end, from 60 s after the gate began." in failed.value.detail
    assert "us-east-2, health: good, healthy" in failed.value.detail
    assert "`aws logs tail /aws/lambda/payment-processor-secondary-test --region us-east-2 --since 1h`" in failed.value.hint


def test_first_roll_out_is_given_the_time_to_become_good() -> None:
    """Names and certificates take theirs, and nobody can pay yet. Alarms look back over parts that came up one by one."""
    world = GatedWorld()

    world.passes(a_gate(is_first=True), sick_between(world, "payment", 0, 100))

    assert world.passed_seconds == 100 + 60
    assert not world.sampled("alarms")


def test_region_that_never_stays_good_fails_with_what_it_showed_last() -> None:
    """As soon as no burn-in can end in time."""
    world = GatedWorld()
    flapping = FakeApi(sick=lambda region: "health" if world.passed_seconds % 40 == 30 else "")

    with pytest.raises(GateFailed, match="us-east-2 did not pass its gate: health: HTTP 503") as failed:
        world.passes(a_gate(), flapping)

    assert "No 60 s on end can be good any more within the 200 s" in failed.value.detail
    assert 130 < world.passed_seconds <= 200


def test_both_regions_have_to_be_good_at_a_gate_of_both() -> None:
    """The first roll-out's."""
    world = GatedWorld()

    with pytest.raises(GateFailed, match="us-east-1 did not pass its gate: health"):
        world.passes(a_gate(OHIO, EAST), sick_between(world, "health", 0, 1000, EAST))

    assert world.sampled("payment", OHIO)[0].is_good


def test_new_alarm_ends_the_gate_at_once() -> None:
    """One that asks for more than one fault. Composite alarms ring as well."""
    world = GatedWorld()
    alarms = world.aws.alarms(OHIO)
    [name] = [one for one in a_gate().regions[0].alarm_names if "region-sick" in one]
    alarms.ringing[name], alarms.composite = world.began, {name}

    with pytest.raises(GateFailed, match=f"us-east-2 did not pass its gate: alarms: {name} in ALARM since 12:00:00Z: too many"):
        world.passes(a_gate())

    assert world.passed_seconds == 0


def test_alarm_of_a_single_fault_has_to_fall_silent_before_the_burn_in() -> None:
    """It rings for its whole window: the gate waits for that, and undoes nothing for one slow start."""
    world = GatedWorld(clock=FakeClock(lambda _: world.passed_seconds >= 100 and world.aws.alarms(OHIO).ringing.clear()))
    [name] = [one for one in a_gate().regions[0].alarm_names if "authorizer-errors" in one]
    world.aws.alarms(OHIO).ringing[name] = world.began

    world.passes(a_gate())

    assert world.passed_seconds == 100 + 60


def test_alarm_that_rang_before_does_not_keep_its_mending_out() -> None:
    """It is told, and holds nobody up."""
    world = GatedWorld()
    world.clock.sleep(5)
    name = a_gate().regions[0].alarm_names[0]
    world.aws.alarms(OHIO).ringing[name] = world.began
    world.began = world.clock.now()

    world.passes(a_gate())

    assert world.sampled("alarms")[0].detail == f"in ALARM from before: {name}"


def test_failed_run_of_a_canary_begins_the_burn_in_anew() -> None:
    """Once: the next run, and the canary's own alarm, tell whether it goes on."""
    world = GatedWorld()
    [name] = a_gate().regions[0].canary_names
    world.aws.canaries(OHIO).ran(name, world.began, "FAILED", "payment: answered 500")

    world.passes(a_gate())

    assert world.passed_seconds == 10 + 60
    assert world.sampled("canary")[0].detail == "the run of 12:00:00Z failed: payment: answered 500"
    assert [one.is_good for one in world.sampled("canary")] == [False] + [True] * 7


def test_run_of_before_the_roll_out_tells_nothing_of_it() -> None:
    """It met what stood then."""
    world = GatedWorld()
    [name] = a_gate().regions[0].canary_names
    world.aws.canaries(OHIO).ran(name, world.began - timedelta(seconds=1), "FAILED", "payment: answered 500")

    world.passes(a_gate())

    assert world.sampled("canary")[0].detail == "no run has ended since the roll-out began"


def test_no_payment_is_made_while_payments_are_paused() -> None:
    """A refusal would be right, and says nothing."""
    world = GatedWorld()

    world.passes(a_gate(amount="", currency=""))

    assert not world.sampled("payment")
    assert not world.api.bodies


def test_key_that_is_no_longer_taken_is_read_anew() -> None:
    """A rotation may end while a gate stands."""
    world = GatedWorld(clock=FakeClock(lambda _: setattr(secrets, "key", API_KEY)))
    secrets = world.aws.secrets(OHIO)
    secrets.key = "one-of-before"

    world.passes(a_gate())

    assert world.sampled("payment")[0].detail == "the payment was not taken: HTTP 403, Forbidden"
    assert world.passed_seconds == 10 + 60
    assert API_KEY not in "".join(str(event) for event in world.events)


def test_caller_who_may_not_ask_is_told_so_at_once() -> None:
    """Nothing is known against the Region, so nothing is said against it."""
    world = GatedWorld()
    world.aws.refusals["describe_alarms"] = refusal("AccessDenied", "not authorized to perform cloudwatch:DescribeAlarms")

    with pytest.raises(AwsRefused, match="not authorized to perform cloudwatch:DescribeAlarms"):
        world.passes(a_gate())

    assert world.passed_seconds == 0


@pytest.mark.parametrize("method", ["describe_alarms", "get_canary_runs", "get_secret_value"])
def test_region_that_aws_does_not_tell_of_is_not_let_through_and_not_blamed(method: str) -> None:
    """The gate looks on for its whole time; then AWS's own words end it."""
    world = GatedWorld()
    world.aws.refusals[method] = refusal("InternalFailure", "try later")

    with pytest.raises(AwsRefused, match="try later"):
        world.passes(a_gate())

    assert 130 <= world.passed_seconds <= 200


def test_refusal_that_passes_is_a_bad_look() -> None:
    """And no more."""
    world = GatedWorld(clock=FakeClock(lambda _: world.aws.refusals.clear()))
    world.aws.refusals["describe_alarms"] = refusal("Throttling", "slow down")

    world.passes(a_gate())

    assert world.passed_seconds == 10 + 60


def test_interrupted_gate_looks_no_further() -> None:
    """Another step's Ctrl-C is this one's too."""
    world = GatedWorld(clock=FakeClock(lambda _: world.stopped.set()))

    with pytest.raises(StepStopped):
        world.passes(a_gate())

    assert len(world.sampled("health")) == 1


def test_looks_that_take_too_long_are_told() -> None:
    """Nothing was bad, and nothing is known for long enough."""
    world = GatedWorld()
    slow = FakeApi(sick=lambda region: world.clock.sleep(90) or "")

    with pytest.raises(GateFailed, match="could not be looked at for 60 s within 200 s"):
        world.passes(a_gate(), slow)
