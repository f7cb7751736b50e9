"""Parameter values before a roll-out: which are known already, which are known only after an earlier step.

`KnownOutputs` grows as the planner goes from step to step. `certain` outputs belong to stacks no step touches; `expected` ones to
stacks that will change, but not in this output (`steady_outputs`). Expected values decide whether anything differs; a step carries
only certain ones, so that what is sent is read anew from a stack that has changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from deployer.planning.survey import StackFacts
from deployer.planning.template_changes import steady_outputs
from deployer.vocabulary.values import OutputOf, StackParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOutputs:
    """Outputs by where they come from; see the module's words for the two kinds."""

    certain: Mapping[OutputOf, str] = field(default_factory=dict)
    expected: Mapping[OutputOf, str] = field(default_factory=dict)

    def with_untouched(self, stack_name: str, stack: StackFacts) -> KnownOutputs:
        """Return these and all outputs of a stack that no step changes; `stack_name` is what parameters call it."""
        return KnownOutputs(certain={**self.certain, **_outputs(stack_name, stack)}, expected=self.expected)

    def with_changing(self, stack_name: str, stack: StackFacts, new_body: str, new_values: Mapping[str, str | None]) -> KnownOutputs:
        """Return these and the outputs that a stack will keep through its change to this body and these values."""
        steady = steady_outputs(stack.template_body, new_body, old_values=dict(stack.parameters), new_values=new_values)
        kept = {source: value for source, value in _outputs(stack_name, stack).items() if source.output in steady}
        return KnownOutputs(certain=self.certain, expected={**self.expected, **kept})


def values_to_carry(parameters: tuple[StackParameter, ...], known: KnownOutputs) -> tuple[StackParameter, ...]:
    """Return the parameters with certain outputs put in; the others stay to be read when their stack has settled."""
    return tuple(
        StackParameter(name=one.name, value=known.certain.get(one.value, one.value)) if isinstance(one.value, OutputOf) else one
        for one in parameters
    )


def values_to_compare(parameters: tuple[StackParameter, ...], known: KnownOutputs) -> dict[str, str | None]:
    """Return name → value as far as it can be foreseen, None where it cannot."""
    return {one.name: _foreseen(one.value, known) for one in parameters}


def _foreseen(value: str | OutputOf, known: KnownOutputs) -> str | None:
    if isinstance(value, str):
        return value
    return known.certain.get(value, known.expected.get(value))


def _outputs(stack_name: str, stack: StackFacts) -> dict[OutputOf, str]:
    return {OutputOf(stack_name=stack_name, region=stack.region, output=name): value for name, value in stack.outputs}
