"""Where stack sets are kept: a shelf for each account and Region, in memory, behind one lock.

A stack set is seen only in the account and Region it was created in (F4.3). Deleted ones stay listed as DELETED.
"""

from __future__ import annotations

from threading import RLock
from typing import Final

from deployer.local.stack_sets.records import Operation, StackInstance, StackSet
from deployer.local.stack_sets.refusals import Refused

# Held while anything of `records` is read or changed, never while AWS is called.
LOCK: Final = RLock()
_shelves: dict[tuple[str, str], dict[str, StackSet]] = {}


def clear() -> None:
    """Forget every stack set; what still runs works on records that nobody sees any more."""
    with LOCK:
        for shelf in _shelves.values():
            for stack_set in shelf.values():
                stack_set.status = "DELETED"
        _shelves.clear()


def shelf(account: str, region: str) -> list[StackSet]:
    """Return every stack set of an account in a Region, deleted ones too, oldest first."""
    return list(_shelves.get((account, region), {}).values())


def put(stack_set: StackSet) -> None:
    """Keep a new stack set."""
    _shelves.setdefault((stack_set.account, stack_set.region), {})[stack_set.uuid] = stack_set


def find(account: str, region: str, name_or_id: str) -> StackSet:
    """Return the active stack set of this name, id (`name:uuid`) or ARN; raises Refused (StackSetNotFoundException)."""
    for stack_set in shelf(account, region):
        if stack_set.status == "ACTIVE" and name_or_id in (stack_set.name, stack_set.id, stack_set.arn):
            return stack_set
    raise Refused("StackSetNotFoundException", f"StackSet {name_or_id} not found")


def find_operation(stack_set: StackSet, operation_id: str) -> Operation:
    """Return the stack set's operation of this id; raises Refused (OperationNotFoundException)."""
    if operation_id not in stack_set.operations:
        raise Refused("OperationNotFoundException", f"Operation {operation_id} of StackSet {stack_set.id} not found")
    return stack_set.operations[operation_id]


def find_instance(stack_set: StackSet, account: str, region: str) -> StackInstance:
    """Return the stack set's instance in this place; raises Refused (StackInstanceNotFoundException)."""
    instance = stack_set.instances.get((account, region))
    if instance is None:
        raise Refused(
            "StackInstanceNotFoundException",
            f"Stack instance not found for account {account}, region {region} in StackSet {stack_set.id}",
        )
    return instance
