"""Operations of a StackSet: one at a time, an id used once, stopped from outside (facts 4.8 to 4.12)."""

from __future__ import annotations

from uuid import uuid4

import pytest

from deployer.aws.stack_set_operations import (
    OPERATION_ID_TAKEN,
    OPERATION_UNDER_WAY,
    create_instances,
    create_stack_set,
    delete_stack_set,
    read_operation,
    stop_operation,
)
from deployer.vocabulary.errors import AwsRefused
from tests.support.account import HOME, PEER, Account, body

# Long enough to be met on its way, on AWS as here.
_WAITS_SECONDS = 5


def test_operation_id_is_taken_once_and_for_all(account: Account) -> None:
    """F4.8: the same id again is refused, also after the operation has ended, and by it the operation is met again."""
    name, operation_id = account.stack_set(body()), f"twice-{uuid4().hex}"
    account.begin_update(name, body("two"), operation_id=operation_id)
    account.ended(name, operation_id)

    with pytest.raises(AwsRefused) as refused:
        account.begin_update(name, body("three"), operation_id=operation_id)

    assert refused.value.code == OPERATION_ID_TAKEN
    assert account.values(name) == ("two", "two")


def test_operation_id_of_a_running_operation_is_taken(account: Account) -> None:
    """F4.8: sent twice by a client that lost the answer, it begins one operation."""
    name, operation_id = account.stack_set(body()), f"twice-{uuid4().hex}"
    account.begin_update(name, body("two", waits_seconds=_WAITS_SECONDS), operation_id=operation_id)

    with pytest.raises(AwsRefused) as refused:
        account.begin_update(name, body("two", waits_seconds=_WAITS_SECONDS), operation_id=operation_id)

    assert refused.value.code in (OPERATION_ID_TAKEN, OPERATION_UNDER_WAY)
    assert account.ended(name, operation_id).operation_id == operation_id


def test_one_operation_at_a_time(account: Account) -> None:
    """F4.8: a second one is refused while the first is at work."""
    name = account.stack_set(body())
    first = account.begin_update(name, body("two", waits_seconds=_WAITS_SECONDS))

    with pytest.raises(AwsRefused) as refused:
        account.begin_update(name, body("three"))

    assert refused.value.code == OPERATION_UNDER_WAY
    assert account.ended(name, first).status == "FAILED"


def test_stop_lets_the_region_at_work_end_and_begins_no_other(account: Account) -> None:
    """F4.12: the operation is STOPPED, the second Region CANCELLED and as it was."""
    name = account.stack_set(body())
    operation_id = account.begin_update(name, body("two", waits_seconds=_WAITS_SECONDS))
    account.awaited("the first Region's turn", lambda: account.instance_stack(name, HOME).in_progress or None)

    stop_operation(account.aws, name, HOME, operation_id)

    ended = account.ended(name, operation_id)
    assert ended.status == "STOPPED"
    assert account.outcomes(name, ended)[PEER] == "CANCELLED"
    assert not account.instance_stack(name, HOME).in_progress
    assert account.value(name, PEER) == "one"


def test_stop_of_an_ended_operation_is_no_error(account: Account) -> None:
    """F4.8: AWS calls it an InvalidOperationException, which the deployer takes for an answer."""
    name = account.stack_set(body())
    operation = account.update(name, body("two"))

    stop_operation(account.aws, name, HOME, operation.operation_id)

    assert read_operation(account.aws, name, HOME, operation.operation_id).status == "SUCCEEDED"


def test_stack_set_name_is_taken_once(account: Account) -> None:
    """F4.8: a definition of that name stands, and another token asks for another one."""
    name = account.stack_set(body(), regions=())

    with pytest.raises(AwsRefused) as refused:
        create_stack_set(account.aws, account.request(name, body("two")), HOME, token=f"set-{uuid4().hex}")

    assert refused.value.code == "NameAlreadyExistsException"


def test_stack_set_with_instances_cannot_be_deleted(account: Account) -> None:
    """F4.8: its instances go first."""
    name = account.stack_set(body(), regions=(HOME,))

    with pytest.raises(AwsRefused) as refused:
        delete_stack_set(account.aws, name, HOME)

    assert refused.value.code == "StackSetNotEmptyException"


def test_region_without_an_instance_cannot_be_updated(account: Account) -> None:
    """F4.8: a Region that is named has to have one; nothing has moved then."""
    name = account.stack_set(body(), regions=(HOME,))

    with pytest.raises(AwsRefused) as refused:
        account.update(name, body("two"), (HOME, PEER))

    assert refused.value.code == "StackInstanceNotFoundException"
    assert account.value(name, HOME) == "one"


def test_missing_region_joins(account: Account) -> None:
    """Instances made later get the definition as it stands."""
    name = account.stack_set(body(), regions=(HOME,))
    account.update(name, body("two"), (HOME,))

    account.add(name, (PEER,))

    assert account.values(name) == ("two", "two")


def test_first_failure_of_a_new_region_leaves_an_instance_to_mend(account: Account) -> None:
    """F4.5: the instance is there, OUTDATED, its stack rolled back; a mended definition and the same request make it whole."""
    name = account.stack_set(body(), regions=())
    account.update(name, body(broken_in=HOME), ())

    failed = account.add(name, (HOME,))
    after_failure = account.statuses(name)
    account.update(name, body("two"), (HOME,))

    assert (failed.status, after_failure) == ("FAILED", {HOME: "OUTDATED"})
    assert account.value(name, HOME) == "two"


def test_operations_can_be_made_for_one_region_of_many(account: Account) -> None:
    """A wave is an operation of its own, with an id of its own."""
    name, operation_id = account.stack_set(body(), regions=()), f"wave-{uuid4().hex}"

    create_instances(account.aws, name, HOME, operation_id=operation_id, accounts=(account.account_id,), regions=(PEER,))
    account.ended(name, operation_id)

    assert account.statuses(name) == {PEER: "CURRENT"}
