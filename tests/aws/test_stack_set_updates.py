"""Updates of a StackSet: turns, failures, what stays, what is outdated (facts 4.4 to 4.13)."""

from __future__ import annotations

from uuid import uuid4

from deployer.aws.stack_events import newest_operation_events
from deployer.aws.stack_set_operations import update_overrides
from deployer.aws.stack_sets import newest_operation, read_stack_set
from tests.support.account import HOME, PEER, REGIONS, Account, body


def test_regions_take_their_turn_in_the_order_given(account: Account) -> None:
    """F4.4: the second Region's stack does not move before the first one's has settled."""
    name = account.stack_set(body())

    account.update(name, body("two"))

    first, second = (newest_operation_events(account.aws, account.instance(name, region).stack_id, region) for region in REGIONS)
    assert max(event.at for event in first) <= min(event.at for event in second)
    assert account.values(name) == ("two", "two")


def test_failure_cancels_later_regions(account: Account) -> None:
    """F4.5: nothing reaches the second Region, and the first one's stack is rolled back by CloudFormation."""
    name = account.stack_set(body())

    operation = account.update(name, body("two", broken_in=HOME))

    assert operation.status == "FAILED"
    assert account.outcomes(name, operation) == {HOME: "FAILED", PEER: "CANCELLED"}
    assert account.instance_stack(name, HOME).status == "UPDATE_ROLLBACK_COMPLETE"
    assert account.values(name) == ("one", "one")


def test_failure_leaves_earlier_regions_new(account: Account) -> None:
    """F4.5: the Region that had its turn keeps the new version; nobody but a deployer puts it back."""
    name = account.stack_set(body())

    operation = account.update(name, body("two", broken_in=PEER))

    assert account.outcomes(name, operation) == {HOME: "SUCCEEDED", PEER: "FAILED"}
    assert account.values(name) == ("two", "one")
    assert account.statuses(name) == {HOME: "CURRENT", PEER: "OUTDATED"}


def test_definition_stays_new_after_a_failure(account: Account) -> None:
    """F4.6: the StackSet has the template and the parameters of the update that failed."""
    name, broken = account.stack_set(body(), Value=", first"), body(broken_in=HOME)

    account.update(name, broken, Value=", second")

    stands = read_stack_set(account.aws, name, HOME)
    assert stands is not None
    assert (stands.template_body, dict(stands.parameters)) == (broken, {"Value": ", second"})


def test_the_former_definition_puts_everything_back(account: Account) -> None:
    """F4.6: undoing is one more update, over all Regions, with what was kept."""
    name = account.stack_set(body())
    account.update(name, body("two", broken_in=PEER))

    undone = account.update(name, body())

    assert undone.status == "SUCCEEDED"
    assert account.values(name) == ("one", "one")
    assert account.statuses(name) == {HOME: "CURRENT", PEER: "CURRENT"}


def test_region_that_is_not_named_is_outdated(account: Account) -> None:
    """F4.7: a new definition for one Region leaves the other as it was, and OUTDATED."""
    name = account.stack_set(body())

    account.update(name, body("two"), (HOME,))

    assert account.statuses(name) == {HOME: "CURRENT", PEER: "OUTDATED"}
    assert account.values(name) == ("two", "one")


def test_current_region_that_the_next_wave_leaves_out_is_outdated(account: Account) -> None:
    """F4.7: also by an update that says again what the StackSet says already; hence the next test's way."""
    name = account.stack_set(body())
    account.update(name, body("two"), (HOME,))

    account.update(name, body("two"), (PEER,))

    assert account.statuses(name) == {HOME: "OUTDATED", PEER: "CURRENT"}


def test_region_named_again_stays_current_and_does_not_move(account: Account) -> None:
    """F4.7: a second wave that names the first one's Region too leaves both current, and has nothing to update in the first."""
    name = account.stack_set(body())
    account.update(name, body("two"), (HOME,))
    before = newest_operation_events(account.aws, account.instance(name, HOME).stack_id, HOME)

    operation = account.update(name, body("two"), REGIONS)

    assert operation.status == "SUCCEEDED"
    assert account.statuses(name) == {HOME: "CURRENT", PEER: "CURRENT"}
    assert account.values(name) == ("two", "two")
    assert newest_operation_events(account.aws, account.instance(name, HOME).stack_id, HOME) == before


def test_update_without_a_difference_succeeds(account: Account) -> None:
    """A stack with nothing to update counts as updated."""
    name = account.stack_set(body())

    operation = account.update(name, body())

    assert account.outcomes(name, operation) == {HOME: "SUCCEEDED", PEER: "SUCCEEDED"}


def test_same_request_again_finishes_what_failed(account: Account) -> None:
    """F4.9: a new operation makes the outdated Region; what kept it from succeeding is gone by then."""
    name = account.stack_set(body())
    account.update(name, body("two", broken_in=PEER))

    retried = account.update(name, body("two"))

    assert retried.status == "SUCCEEDED"
    assert account.values(name) == ("two", "two")


def test_tolerated_failure_is_counted(account: Account) -> None:
    """F4.10: an operation that tolerates a failed instance succeeds, and only its details tell."""
    name = account.stack_set(body())

    operation = account.update(name, body("two", broken_in=PEER), failures_tolerated=1)

    assert (operation.status, operation.failed_instances_count) == ("SUCCEEDED", 1)
    assert account.outcomes(name, operation)[PEER] == "FAILED"


def test_own_value_of_a_region_outlives_an_update(account: Account) -> None:
    """F4.13: an override is not touched by an update of the StackSet, and goes when it is not listed any more."""
    name = account.stack_set(body(), Value=", first")
    _override(account, name, {"Value": ", own"})

    account.update(name, body(), Value=", second")
    overridden = account.values(name)
    _override(account, name, {})

    assert (overridden, account.values(name)) == (("one, second", "one, own"), ("one, second", "one, second"))


def test_newest_operation_is_the_last_one(account: Account) -> None:
    """A plan's operation ids grow from it."""
    name = account.stack_set(body())

    operation = account.update(name, body("two"))

    newest = newest_operation(account.aws, name, HOME)
    assert newest is not None
    assert (newest.operation_id, newest.action, newest.status) == (operation.operation_id, "UPDATE", "SUCCEEDED")


def _override(account: Account, name: str, overrides: dict[str, str]) -> None:
    """Give the second Region these values of its own, and no other."""
    operation_id = f"override-{uuid4().hex}"
    update_overrides(
        account.aws, name, HOME, operation_id=operation_id, account_id=account.account_id, instance_region=PEER, overrides=overrides
    )
    account.ended(name, operation_id)
