"""Turns a plan's parameters into values: an OutputOf becomes what its stack's output says now.

An OutputOf that names a StackSet means the instance's own stack in that Region; its StackId is read from the instances.
"""

from __future__ import annotations

from collections.abc import Sequence

from deployer.aws.stack_sets import list_instances
from deployer.aws.stacks import Stack, read_stack
from deployer.planning.plan import StackSetRollout
from deployer.rollout.context import RolloutContext
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.values import OutputOf, StackParameter


def resolved(parameters: Sequence[StackParameter], context: RolloutContext) -> tuple[tuple[str, str], ...]:
    """Return the parameters as (name, value) pairs in their own order; each stack they refer to is read once.

    Raises:
        RolloutFailed: a stack or an output does not exist.
        AwsRefused: AWS answered with an error.
    """
    stacks: dict[tuple[str, str], Stack] = {}
    pairs: list[tuple[str, str]] = []
    for parameter in parameters:
        value = parameter.value
        if isinstance(value, OutputOf):
            place = (value.stack_name, value.region)
            if place not in stacks:
                stacks[place] = _stack(value, context)
            value = _output(value, stacks[place])
        pairs.append((parameter.name, value))
    return tuple(pairs)


def _stack(wanted: OutputOf, context: RolloutContext) -> Stack:
    name = _instance_stack_id(wanted, context) or wanted.stack_name
    stack = read_stack(context.aws, name, wanted.region)
    if stack is None:
        raise RolloutFailed(
            f"The output {wanted.output} of {wanted.stack_name} cannot be read",
            f"{wanted.stack_name} does not stand in {wanted.region}",
            "Run `deployer plan` again: what the plan was made from has moved.",
        )
    return stack


def _instance_stack_id(wanted: OutputOf, context: RolloutContext) -> str:
    for step in context.plan.steps:
        if isinstance(step, StackSetRollout) and step.stack_set_name == wanted.stack_name:
            instances = list_instances(context.aws, step.stack_set_name, step.region)
            return next((one.stack_id for one in instances if (one.account_id, one.region) == (context.plan.account_id, wanted.region)), "")
    return ""


def _output(wanted: OutputOf, stack: Stack) -> str:
    outputs = dict(stack.outputs)
    if wanted.output not in outputs:
        raise RolloutFailed(
            f"{wanted.stack_name} in {wanted.region} has no output {wanted.output}",
            f"its outputs: {', '.join(outputs) or 'none'}",
            "Add the output to its template, or correct the name where it is used; then run `deployer plan` again.",
        )
    return outputs[wanted.output]
