"""Takes a system's outputs: the one question of whoever wants to know nothing else of what stands."""

from __future__ import annotations

from deployer.aws.session import Aws
from deployer.aws.stacks import GONE, read_stack
from deployer.params.model import Environment
from deployer.vocabulary.names import name_of


def take_outputs(aws: Aws, environment: Environment) -> tuple[tuple[str, str], ...]:
    """Return the global stack's outputs as they are now, sorted (name, value) pairs; none where it does not stand. Raises AwsRefused."""
    stack = read_stack(aws, name_of("global stack", suffix=environment.suffix), environment.home_region)
    return stack.outputs if stack is not None and stack.status != GONE else ()
