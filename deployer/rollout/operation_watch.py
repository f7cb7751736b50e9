"""Watches a StackSet operation: which Region it has reached, what the stack there does, and how each account's Region ended.

Stacks of other accounts are not the deployer's to read: of those AWS's own word about the operation is all there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Final

from deployer.aws.stack_set_operations import Operation, RegionResult, read_operation, read_results
from deployer.aws.stack_sets import StackInstance, list_instances
from deployer.planning.plan import StackSetRemoval, StackSetRollout
from deployer.planning.spares import SpareRollout
from deployer.rollout.context import RolloutContext
from deployer.rollout.stack_watch import StackWatch
from deployer.vocabulary.events import RegionSettled
from deployer.vocabulary.places import Place

# Whether it has ended is one question, what each Region and resource does are several: nobody reads those faster than this.
_TOLD_EVERY_SECONDS: Final = 1.0


class OperationWatch:
    """One operation. It keeps one small watch per account and Region, whatever the number of events."""

    def __init__(
        self,
        step: StackSetRollout | SpareRollout | StackSetRemoval,
        context: RolloutContext,
        operation_id: str,
        standing: Sequence[StackInstance],
    ) -> None:
        """Watch the operation with this id on the step's StackSet; `standing` are the instances before it."""
        self.step, self.context, self.operation_id = step, context, operation_id
        self.results: dict[Place, RegionResult] = {}
        self.stacks: dict[Place, StackWatch] = {}
        self._standing = standing
        self._region_began_seconds = self._told_at_seconds = context.clock.monotonic_seconds()

    @property
    def settled_places(self) -> frozenset[Place]:
        """The accounts' Regions that will not move any more in this operation."""
        return frozenset(place for place, result in self.results.items() if result.settled)

    def has_settled(self, regions: Sequence[str], accounts: Sequence[str] = ()) -> bool:
        """Return whether each of these Regions has settled, in each of these accounts, or in whichever were told of when none is given."""
        settled = self.settled_places
        if accounts:
            return settled.issuperset(product(accounts, regions))
        return settled == self.results.keys() and {region for _, region in settled}.issuperset(regions)

    @property
    def failed(self) -> tuple[RegionResult, ...]:
        """The Regions that failed, in the order they were told of."""
        return tuple(result for result in self.results.values() if result.status == "FAILED")

    def look(self) -> Operation:
        """Read how the operation stands and return it; tell what is new, once it has ended and every second until then.

        Raises AwsRefused.
        """
        aws, step, now_seconds = self.context.aws, self.step, self.context.clock.monotonic_seconds()
        operation = read_operation(aws, step.stack_set_name, step.region, self.operation_id)
        if operation.under_way and now_seconds - self._told_at_seconds < _TOLD_EVERY_SECONDS:
            return operation
        self._told_at_seconds = now_seconds
        results = read_results(aws, step.stack_set_name, step.region, self.operation_id)
        fresh = [result for result in results if result.status != "PENDING" and result.place not in self.settled_places]
        # A Region may be deleted between two looks: whoever stood there before is known without asking.
        self._watch_stacks(self._standing, operation)
        if any(result.place not in self.stacks and result.status != "CANCELLED" for result in fresh):
            self._watch_stacks(list_instances(aws, step.stack_set_name, step.region), operation)
        for result in sorted(fresh, key=self._turn):
            self.results[result.place] = result
            if result.place in self.stacks and result.status != "CANCELLED":
                self.stacks[result.place].look()
            if result.settled:
                self._tell_settled(result)
        return operation

    def _watch_stacks(self, instances: Sequence[StackInstance], operation: Operation) -> None:
        for instance in instances:
            if instance.stack_id and instance.account_id == self.context.plan.account_id and instance.place not in self.stacks:
                self.stacks[instance.place] = StackWatch(
                    self.context,
                    phase=self.step.phase,
                    stack_name=self.step.stack_set_name,
                    stack_id=instance.stack_id,
                    region=instance.region,
                    since=operation.began_at,
                )

    def _turn(self, result: RegionResult) -> tuple[bool, int]:
        """Return what sorts Regions by when they had their turn: the settled first, in the step's order."""
        regions = self.step.regions
        return not result.settled, regions.index(result.region) if result.region in regions else len(regions)

    def _tell_settled(self, result: RegionResult) -> None:
        # Regions go one after another: each one's time begins where the one before it ended.
        now_seconds = self.context.clock.monotonic_seconds()
        if result.status == "SUCCEEDED" and isinstance(self.step, StackSetRollout) and result.region in self.step.earlier_regions:
            # Named so that it stays current; it had its turn, and was told of, in an earlier wave.
            self._region_began_seconds = now_seconds
            return
        self.context.tell(
            RegionSettled(
                at=self.context.at(),
                phase=self.step.phase,
                stack_name=self.step.stack_set_name,
                region=result.region,
                status=result.status,
                took_seconds=now_seconds - self._region_began_seconds,
                account_id=result.account_id,
            )
        )
        if all(other.settled for other in self.results.values() if other.region == result.region):
            self._region_began_seconds = now_seconds
