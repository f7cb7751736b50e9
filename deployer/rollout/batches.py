"""Which steps of a plan may be performed side by side: those that follow one another, are of one kind, and need nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.planning.plan import ArtifactUpload, BucketEmptying, StackApply, Step
from deployer.vocabulary.values import OutputOf


def side_by_side(steps: Sequence[Step]) -> Iterator[tuple[Step, ...]]:
    """Yield the steps in their order, as batches; a batch's steps may run at the same time, the next one's only after them."""
    batch: list[Step] = []
    for step in steps:
        if batch and not all(_independent(step, other) for other in batch):
            yield tuple(batch)
            batch = []
        batch.append(step)
    if batch:
        yield tuple(batch)


def _independent(step: Step, earlier: Step) -> bool:
    match step, earlier:
        case (ArtifactUpload(), ArtifactUpload()) | (BucketEmptying(), BucketEmptying()):
            return True
        case StackApply(), StackApply():
            return step.phase == earlier.phase and step.region != earlier.region and not _needs(step, earlier)
    return False


def _needs(step: StackApply, earlier: StackApply) -> bool:
    values = (parameter.value for parameter in step.parameters)
    return any(isinstance(value, OutputOf) and value.stack_name == earlier.stack_name for value in values)
