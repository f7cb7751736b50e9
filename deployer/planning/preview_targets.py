"""Which stacks a preview looks at, and what the plan makes of each: one target a stack, spares too. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from deployer.planning.plan import RolloutPlan, StackApply, StackSetRollout
from deployer.planning.preview import Kind, PreviewColumn, State
from deployer.planning.spares import SpareRollout
from deployer.planning.survey import StackFacts, StackInstanceFacts, StackSetFacts, Survey
from deployer.planning.template_text import read_template, section
from deployer.vocabulary.places import Place
from deployer.vocabulary.values import OutputOf


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTarget:
    """One stack and what the plan makes of it. `values` are final, but for those in `unsettled`, which stand now or are missing.

    The stack of a spare `is_elsewhere` when it is another account's: `standing` is then what the StackSet believes of it, its status
    included.
    """

    kind: Kind
    name: str
    region: str
    account_id: str
    action: str
    tags: tuple[tuple[str, str], ...]
    standing: StackFacts | None
    values: dict[str, str]
    unsettled: tuple[tuple[str, str], ...]
    body: str
    is_spare: bool = False
    is_elsewhere: bool = False

    def column(self, state: State, note: str = "") -> PreviewColumn:
        """Return the column of this stack, looked at in this way."""
        return PreviewColumn(
            kind=self.kind,
            stack_name=self.standing.name if self.standing else self.name,
            region=self.region,
            account_id=self.account_id,
            stack_id=self.standing.stack_id if self.standing else "",
            state=state,
            note=note,
            unsettled=self.unsettled if state in ("asked", "compared", "refused") else (),
            is_spare=self.is_spare,
        )


def preview_targets(plan: RolloutPlan, survey: Survey) -> Iterator[PreviewTarget]:
    """Yield each stack with the step that has the last word on it, spares last."""
    stacks = _stacks(survey)
    rollouts = [step for step in plan.steps if isinstance(step, StackSetRollout)]
    of_pair = {region for step in rollouts for region in step.regions}
    for step in plan.steps:
        if isinstance(step, StackApply):
            kind = cast(Kind, step.phase)
            values, unsettled = _values(plan, step, standing := stacks.get((kind, step.region)), {})
            yield PreviewTarget(
                kind=kind,
                name=step.stack_name,
                region=step.region,
                account_id=plan.account_id,
                action=step.action,
                tags=step.tags,
                standing=standing,
                values=values,
                unsettled=unsettled,
                body=plan.template(step.template_digest),
                is_spare=kind == "bootstrap" and step.region not in of_pair,
            )
    instances = {(one.account_id, one.region): one for one in survey.stack_set.instances} if survey.stack_set else {}
    for region in dict.fromkeys(region for step in rollouts for region in step.regions):
        own = [step for step in rollouts if region in step.regions]
        # A second pass over the same Region, where there is one, is what stands in the end.
        last = next((step for step in reversed(own) if step.action != "none"), own[0])
        instance = instances.get((plan.account_id, region))
        yield _of_instance(plan, last, last.action, (plan.account_id, region), instance.stack if instance else None, instance)
    if rollouts:
        yield from _spares(plan, survey, next((step for step in reversed(rollouts) if step.action != "none"), rollouts[0]), instances)


def _spares(
    plan: RolloutPlan, survey: Survey, last: StackSetRollout, instances: dict[Place, StackInstanceFacts]
) -> Iterator[PreviewTarget]:
    """Yield each spare; `last` is the step that gives the StackSet the definition that spares are brought to."""
    for step in (step for step in plan.steps if isinstance(step, SpareRollout)):
        for place in ((account, region) for region in step.regions for account in step.accounts):
            instance, is_elsewhere = instances.get(place), place[0] != plan.account_id
            standing = instance.stack if instance else None
            if instance and is_elsewhere and survey.stack_set:
                standing = _believed(survey.stack_set, instance)
            yield _of_instance(
                plan, last, step.action, place, standing, instance, overrides=dict(step.overrides), is_elsewhere=is_elsewhere
            )


def _believed(stack_set: StackSetFacts, instance: StackInstanceFacts) -> StackFacts:
    """Return another account's stack as the StackSet believes it is: nobody else may be asked."""
    return StackFacts(
        name=stack_set.name,
        region=instance.region,
        stack_id="",
        status=instance.status,
        status_reason=instance.status_reason,
        template_body=stack_set.template_body,
        parameters=tuple(sorted((dict(stack_set.parameters) | dict(instance.overrides)).items())),
        tags=stack_set.tags,
        outputs=(),
        termination_protection=False,
    )


def _of_instance(
    plan: RolloutPlan,
    step: StackSetRollout,
    action: str,
    place: Place,
    standing: StackFacts | None,
    instance: StackInstanceFacts | None,
    *,
    overrides: dict[str, str] | None = None,
    is_elsewhere: bool = False,
) -> PreviewTarget:
    """Return the target of one instance, a spare when it is given `overrides`."""
    own = (dict(instance.overrides) if instance else {}) | (overrides or {})
    values, unsettled = _values(plan, step, standing, own)
    return PreviewTarget(
        kind="regional",
        name=step.stack_set_name,
        region=place[1],
        account_id=place[0],
        action=action,
        tags=step.tags,
        standing=standing,
        values=values,
        unsettled=unsettled,
        body=plan.template(step.template_digest),
        is_spare=overrides is not None,
        is_elsewhere=is_elsewhere,
    )


def _stacks(survey: Survey) -> dict[tuple[Kind, str], StackFacts]:
    found: dict[tuple[Kind, str], StackFacts] = {("bootstrap", stack.region): stack for stack in survey.bootstrap}
    if survey.global_:
        found["global", survey.global_.region] = survey.global_
    return found


def _values(
    plan: RolloutPlan, step: StackApply | StackSetRollout, standing: StackFacts | None, overrides: dict[str, str]
) -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    """Return the values a stack gets, and (name, when) of those that nobody knows yet; what it has of those now is among the values."""
    stands = dict(standing.parameters) if standing else {}
    values: dict[str, str] = {}
    unsettled: list[tuple[str, str]] = []
    for one in step.parameters:
        if isinstance(one.value, OutputOf) and one.name not in overrides:
            unsettled.append((one.name, f"known only after {one.value.stack_name} in {one.value.region}"))
            values |= {one.name: stands[one.name]} if one.name in stands else {}
        else:
            values[one.name] = str(one.value)
    declared = section(read_template(plan.template(step.template_digest)), "Parameters")
    values |= {name: value for name, value in overrides.items() if name in declared}
    return values, tuple(unsettled)
