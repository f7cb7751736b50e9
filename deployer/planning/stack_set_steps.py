"""Steps for the regional StackSet: the roll-out in waves, a Region each, and the second pass that turns a new system live.

The second pass exists because a bucket's replication needs the other Region's bucket (F5.1): a system that is not live yet is
rolled out as `Prepared`, and becomes `Live` when both Regions and the global stack stand (decision 2). What the regional body
takes from the global stack, which comes after it, is empty in a first pass; a live system's one pass takes it as it stands, and
needs the second only where the global stack's change is about to move it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from deployer.params.model import Environment
from deployer.planning.differences import Standing, differences
from deployer.planning.divergence import changed_past
from deployer.planning.operation_ids import operation_id
from deployer.planning.parameter_values import KnownOutputs, values_to_carry, values_to_compare
from deployer.planning.plan import ResourceChange, StackSetRollout
from deployer.planning.stack_steps import tags_of
from deployer.planning.survey import StackFacts, StackInstanceFacts, StackSetFacts, Survey
from deployer.planning.template_changes import compare_templates, united
from deployer.rendering.interface import ACTIVATION, LIVE, PREPARED
from deployer.rendering.rendered import RenderedTemplate
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf, StackParameter

# An instance made by an older API may tell no detail at all.
_SETTLED_DETAILS: Final = ("SUCCEEDED", "")
_FAILED_STACK: Final = re.compile(r"FAILED$|^ROLLBACK_COMPLETE$")


def plan_regional(
    environment: Environment, template: RenderedTemplate, survey: Survey, known: KnownOutputs
) -> tuple[tuple[StackSetRollout, ...], KnownOutputs]:
    """Return the waves that bring every Region to this template, and what is known of outputs after them."""
    standing = survey.stack_set
    finished = _activated(template.parameters, LIVE if is_live(environment, standing) else PREPARED)
    parameters = _without_global_stack(environment, finished, survey)
    values = values_to_compare(parameters, known)
    with_instance = standing.in_account(survey.account_id, environment.rollout_order) if standing else {}
    stacks = {stack.region: stack for stack in stacks_of(standing)}
    steps = []
    for step in _waves(environment, template, survey, "regional", finished):
        reasons = (*_differences(step, template, standing, values), *_faults(step, standing))
        steps.append(
            replace(
                step,
                action=("update" if standing else "create") if reasons else "none",
                parameters=values_to_carry(parameters, known),
                new_regions=tuple(region for region in step.regions if region not in with_instance),
                changes=_changes(step.regions, template, standing, values) if reasons else (),
                reason="; ".join(reasons) or f"nothing differs, and {', '.join(step.regions)} is current",
            )
        )
    for step in steps:
        for stack in (stacks[region] for region in step.regions if region in stacks):
            if step.action == "none":
                known = known.with_untouched(step.stack_set_name, stack)
            else:
                known = known.with_changing(step.stack_set_name, stack, template.body, values)
    return tuple(steps), known


def plan_activation(
    environment: Environment, template: RenderedTemplate, survey: Survey, known: KnownOutputs
) -> tuple[StackSetRollout, ...]:
    """Return the second pass over the same StackSet; nothing to do where the system is live and has all of the global stack's values.

    `known` is what is known after the global stack's own step.
    """
    parameters = _activated(template.parameters, LIVE)
    already_live = is_live(environment, survey.stack_set)
    first_pass = _without_global_stack(environment, _activated(template.parameters, LIVE if already_live else PREPARED), survey)
    before, after = values_to_compare(first_pass, known), values_to_compare(parameters, known)
    late = ", ".join(sorted(name for name in after if before[name] != after[name]))
    waves = tuple(
        replace(step, parameters=values_to_carry(parameters, known))
        for step in _waves(environment, template, survey, "activation", parameters)
    )
    if already_live and not late:
        return tuple(replace(step, reason="the system is live already") for step in waves)
    changes = compare_templates(template.body, template.body, old_values=before, new_values=after)
    reason = (
        f"{late} can only be known when the global stack has changed"
        if already_live
        else "replication, canaries and alarm actions start when both Regions and the global stack stand"
    )
    return tuple(replace(step, action="update", changes=changes, reason=reason) for step in waves)


def is_live(environment: Environment, stack_set: StackSetFacts | None) -> bool:
    """Return whether the system can be updated as live, in one pass.

    It can when the StackSet says `Live` and every Region has a stack; or when a Region is missing but each stack that stands was
    made live itself, so that nothing in it waits for the missing one.
    """
    if stack_set is None or dict(stack_set.parameters).get(ACTIVATION) != LIVE:
        return False
    stacks = {stack.region: stack for stack in stacks_of(stack_set) if stack.region in environment.rollout_order}
    if set(environment.rollout_order) <= stacks.keys():
        return True
    return bool(stacks) and all(dict(stack.parameters).get(ACTIVATION) == LIVE for stack in stacks.values())


def stacks_of(stack_set: StackSetFacts | None) -> tuple[StackFacts, ...]:
    """Return the instances' own stacks, those that exist."""
    return tuple(instance.stack for instance in stack_set.instances if instance.stack) if stack_set else ()


def _waves(
    environment: Environment, template: RenderedTemplate, survey: Survey, phase: str, parameters: tuple[StackParameter, ...]
) -> Iterator[StackSetRollout]:
    """Yield a step for each Region in roll-out order, as it is before anything was compared.

    `parameters` are as rendered, so that an operation's id does not hang on a survey.
    """
    suffix, account_id, tags = environment.suffix, survey.account_id, tags_of(environment)
    last = survey.stack_set.last_operation if survey.stack_set else None
    order = environment.rollout_order
    administration = f"arn:aws:iam::{account_id}:role/{name_of('stack set administration role', suffix=suffix)}"
    execution = name_of("stack set execution role", suffix=suffix)
    if environment.spares.organizational_units:
        administration = execution = ""  # the organization's service does the work
    for index, region in enumerate(order):
        yield StackSetRollout(
            phase=phase,
            action="none",
            stack_set_name=name_of("stack set", suffix=suffix),
            region=environment.home_region,
            accounts=(account_id,),
            wave=f"{index + 1} of {len(order)}",
            regions=(region,),
            earlier_regions=order[:index],
            new_regions=(),
            template_digest=template.digest,
            parameters=parameters,
            tags=tags,
            administration_role_arn=administration,
            execution_role_name=execution,
            operation_id=operation_id(phase, [template.digest, parameters, tags, (region,)], last),
            changes=(),
            reason="",
        )


def _activated(parameters: tuple[StackParameter, ...], activation: str) -> tuple[StackParameter, ...]:
    return tuple(StackParameter(name=ACTIVATION, value=activation) if one.name == ACTIVATION else one for one in parameters)


def _without_global_stack(environment: Environment, parameters: tuple[StackParameter, ...], survey: Survey) -> tuple[StackParameter, ...]:
    """Return the parameters of a pass that the global stack's own step comes after: its outputs as they stand, or empty.

    They are empty while the Regions are prepared, so that a first roll-out cut short and begun again finds nothing to do here.
    """
    live = any((one.name, one.value) == (ACTIVATION, LIVE) for one in parameters)
    standing = dict(survey.global_.outputs) if live and survey.global_ else {}
    name = name_of("global stack", suffix=environment.suffix)
    return tuple(
        StackParameter(name=one.name, value=standing.get(one.value.output, ""))
        if isinstance(one.value, OutputOf) and one.value.stack_name == name
        else one
        for one in parameters
    )


def _differences(
    step: StackSetRollout, template: RenderedTemplate, standing: StackSetFacts | None, values: Mapping[str, str | None]
) -> Iterator[str]:
    """Yield how the StackSet's own definition differs, which is a reason for every wave."""
    if standing is None:
        yield "it does not exist yet"
        return
    stands = Standing(template_body=standing.template_body, parameters=standing.parameters, tags=standing.tags)
    yield from differences(stands, template.body, values, step.tags)
    if (standing.administration_role_arn, standing.execution_role_name) != (step.administration_role_arn, step.execution_role_name):
        yield "its roles differ"


def _faults(step: StackSetRollout, standing: StackSetFacts | None) -> Iterator[str]:
    """Yield what is amiss in the wave's own Regions."""
    instances = standing.in_account(step.accounts[0], step.regions) if standing else {}
    for region in step.regions if standing else ():
        fault = fault_of(instances[region]) if region in instances else "has no instance yet"
        if fault:
            yield f"{region} {fault}"
        elif region in instances and standing:
            yield from (f"{region} {difference}" for difference in changed_past(standing, instances[region]))


def fault_of(instance: StackInstanceFacts) -> str:
    """Return why an instance is not what the StackSet asks for, or "" when it is."""
    told = f": {instance.status_reason}" if instance.status_reason else ""
    if instance.status != "CURRENT":
        return f"is {instance.status}{told}"
    if instance.detailed_status not in _SETTLED_DETAILS:
        return f"is {instance.detailed_status}{told}"
    if instance.stack is None:
        return "has lost its stack"
    return f"has a stack in {instance.stack.status}" if _FAILED_STACK.search(instance.stack.status) else ""


def _changes(
    regions: tuple[str, ...], template: RenderedTemplate, standing: StackSetFacts | None, values: Mapping[str, str | None]
) -> tuple[ResourceChange, ...]:
    """Return what differs in any Region; a Region without a stack lacks every resource."""
    stacks = {stack.region: stack for stack in stacks_of(standing)}
    per_region = []
    for region in regions:
        stack = stacks.get(region)
        old_values = dict(stack.parameters) if stack else {}
        per_region.append(compare_templates(stack.template_body if stack else "", template.body, old_values=old_values, new_values=values))
    return united(per_region)
