"""The roll-out's record in one deployer's hands: who gets it, who is told to wait, and what a take-over keeps."""

from __future__ import annotations

import pytest

from deployer.aws.rollout_records import RecordPlace, RolloutRecord, read_rollout_record
from deployer.rollout.held_record import HeldRecord
from deployer.rollout.rollout_record import await_turn
from deployer.vocabulary.errors import RolloutBusy
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import HOME
from tests.support.rollout.wire import refusal

BUCKET = "payment-artifacts-test"
PLACE = RecordPlace(bucket=BUCKET, region=HOME)


def a_world() -> FakeAws:
    """Return an AWS with the artifact bucket."""
    world = FakeAws()
    world.buckets(HOME).buckets.add(BUCKET)
    return world


def a_holder(world: FakeAws) -> HeldRecord:
    """Return one more deployer."""
    return HeldRecord(world.aws(), PLACE, world.clock)


def stored(world: FakeAws) -> RolloutRecord:
    """Return the record that lies in the bucket."""
    found = read_rollout_record(world.aws(), PLACE)
    assert found
    return found.record


def test_record_says_who_rolls_out_since_when() -> None:
    """Whoever meets it knows whom to ask."""
    world = a_world()

    a_holder(world).take("content", None)

    record = stored(world)
    assert record.is_held
    assert record.holder.arn.startswith("arn:aws:")
    assert record.began_at == record.renewed_at == world.clock.now().isoformat()


def test_second_deployer_with_other_content_is_refused() -> None:
    """Exit 7, and the record is untouched."""
    world = a_world()
    a_holder(world).take("content", None)
    before = stored(world)

    with pytest.raises(RolloutBusy, match="arn:aws:") as busy:
        a_holder(world).take("other", None)

    assert busy.value.exit_code == 7
    assert "--wait" in busy.value.hint
    assert stored(world) == before


def test_same_content_is_gone_on_with() -> None:
    """A run after a kill is the same roll-out: it keeps when that began, and what stood before it."""
    world = a_world()
    a_holder(world).take("content", None)
    began_at = stored(world).began_at
    world.clock.sleep(30)

    record = a_holder(world).take("content", None)

    assert record.began_at == began_at
    assert record.renewed_at > began_at


@pytest.mark.parametrize(("silent_seconds", "is_taken"), [(59, False), (60, True)])
def test_killed_deployers_record_is_taken_over_after_a_minute(silent_seconds: int, is_taken: bool) -> None:
    """Nobody waits for the dead for longer, and nobody alive is overrun."""
    world = a_world()
    a_holder(world).take("content", None)
    world.clock.sleep(silent_seconds)

    if not is_taken:
        with pytest.raises(RolloutBusy):
            a_holder(world).take("other", None)
        return
    record = a_holder(world).take("other", None)

    assert record.content_digest == "other"


def test_given_up_record_is_taken_over_at_once() -> None:
    """A deployer that ended with the roll-out unfinished keeps nobody waiting."""
    world = a_world()
    first = a_holder(world)
    first.take("content", None)
    first.give_up()

    assert a_holder(world).take("other", None).content_digest == "other"


def test_undo_goes_on_for_the_same_content_alone() -> None:
    """Whoever comes with a mended version rolls that out."""
    world = a_world()
    first = a_holder(world)
    first.take("content", None)
    first.begin_undo(("it failed", "because", "mend it"))
    first.give_up()

    same = a_holder(world)
    assert same.take("content", None).undoing == ("it failed", "because", "mend it")
    same.give_up()

    assert a_holder(world).take("other", None).undoing is None


def test_record_is_renewed_no_more_often_than_it_has_to_be() -> None:
    """Every 15 seconds of a wait, however often somebody looks."""
    world = a_world()
    held = a_holder(world)
    held.take("content", None)
    for _ in range(60):
        world.clock.sleep(1)
        held.renew()

    puts = [method for _, method in world.changes if method == "put_object"]
    assert len(puts) == 1 + 4
    assert stored(world).renewed_at == world.clock.now().isoformat()


def test_deployer_that_was_taken_over_stops() -> None:
    """It slept for too long: what it would do next is somebody else's to do."""
    world = a_world()
    slow = a_holder(world)
    slow.take("content", None)
    world.clock.sleep(61)
    a_holder(world).take("other", None)

    with pytest.raises(RolloutBusy, match="has taken over"):
        slow.renew()


def test_two_runs_of_the_same_roll_out_renew_beside_each_other() -> None:
    """They do the same, by the same operations."""
    world = a_world()
    first, second = a_holder(world), a_holder(world)
    first.take("content", None)
    second.take("content", None)
    world.clock.sleep(20)

    first.renew()
    world.clock.sleep(20)
    second.renew()

    assert stored(world).is_held


def test_renewing_does_not_end_a_roll_out_that_s3_forsakes() -> None:
    """Whether AWS can be reached is for the step to find out."""
    world = a_world()
    held = a_holder(world)
    held.take("content", None)
    world.clock.sleep(20)
    world.refusals["put_object"] = refusal("SlowDown", "please")

    held.renew()


def test_closed_record_is_gone() -> None:
    """And closing it twice is no error."""
    world = a_world()
    held = a_holder(world)
    held.take("content", None)

    held.close()
    held.close()

    assert read_rollout_record(world.aws(), PLACE) is None


def test_record_in_other_hands_is_not_taken_away() -> None:
    """Whoever slept through a take-over must not unlock the other's roll-out."""
    world = a_world()
    slow = a_holder(world)
    slow.take("content", None)
    world.clock.sleep(61)
    a_holder(world).take("other", None)

    with pytest.raises(RolloutBusy):
        slow.close()

    assert stored(world).content_digest == "other"


def test_record_that_is_not_held_is_not_taken_away() -> None:
    """A run that never got it, or gave it up, leaves the other's where it lies."""
    world = a_world()
    a_holder(world).take("content", None)
    stranger = a_holder(world)

    stranger.close()

    assert stored(world).content_digest == "content"


def test_no_bucket_is_no_record() -> None:
    """Before the first roll-out there is nowhere to look."""
    assert read_rollout_record(FakeAws().aws(), PLACE) is None


def test_turn_is_waited_for_and_the_wait_is_told_once() -> None:
    """The other ends; whoever waited goes on."""
    world, told = a_world(), []
    first = a_holder(world)
    first.take("content", None)

    def tell(whom: str) -> None:
        told.append(whom)
        first.close()

    await_turn(world.aws(), PLACE, "other", world.clock, wait_seconds_max=600, tell=tell)

    assert len(told) == 1
    assert "arn:aws:" in told[0]


def test_wait_has_an_end() -> None:
    """A deployer that lives for ever is not waited for as long."""
    holders: list[HeldRecord] = []
    clock = FakeClock(on_sleep=lambda _: holders[0].renew())
    world = FakeAws(clock)
    world.buckets(HOME).buckets.add(BUCKET)
    holders.append(a_holder(world))
    holders[0].take("content", None)

    with pytest.raises(RolloutBusy):
        await_turn(world.aws(), PLACE, "other", clock, wait_seconds_max=100, tell=lambda whom: None)

    assert clock.monotonic_seconds() >= 100


def test_without_a_wish_to_wait_there_is_no_wait() -> None:
    """Exit 7 at once."""
    world = a_world()
    a_holder(world).take("content", None)

    with pytest.raises(RolloutBusy):
        await_turn(world.aws(), PLACE, "other", world.clock, wait_seconds_max=0, tell=lambda whom: None)

    assert world.clock.slept_seconds == []
