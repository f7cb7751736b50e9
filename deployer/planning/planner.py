"""What must happen so that two Regions run this system: the decision, and nothing else.

Reads nothing and calls nothing: environment, templates and survey are all it knows, and the same three give the same plan, byte for
byte. The steps are decision 2's order: bootstrap → packages → the record → each Region and its gate → global stack → the Regions
once more, live, and a last gate → spares → the record again.
"""

from __future__ import annotations

from collections.abc import Sequence

from deployer.params.model import Environment
from deployer.planning.blockers import rollout_blockers
from deployer.planning.gated_order import gated
from deployer.planning.operation_ids import token_prefix, undo_operation_ids
from deployer.planning.parameter_values import KnownOutputs
from deployer.planning.plan import Bounds, RolloutOpening, RolloutPlan, StackApply, StackSetRollout, Step
from deployer.planning.plan_file import identified
from deployer.planning.record_steps import plan_record, undo_blockers
from deployer.planning.spare_steps import plan_spares, spare_targets
from deployer.planning.spares import SpareRollout
from deployer.planning.stack_set_steps import plan_activation, plan_regional
from deployer.planning.stack_steps import plan_stack, plan_uploads, tags_of
from deployer.planning.survey import Survey
from deployer.rendering.rendered import RenderedSystem, digest_of
from deployer.vocabulary.names import name_of


def plan_rollout(environment: Environment, system: RenderedSystem, survey: Survey, *, without_undo: bool = False) -> RolloutPlan:
    """Return the plan that brings what the survey saw to what was rendered; raises nothing that a sound rendering can cause.

    A step with nothing to do is there with action `none`. What keeps the plan from being performed is in `blockers`. With
    `without_undo` a failure leaves everything where it stopped.
    """
    bootstrap, known = _bootstraps(environment, system, survey)
    steps: list[Step] = [*bootstrap, *plan_uploads(environment, system.packages, survey)]
    regional, known = plan_regional(environment, system.regional, survey, known)
    global_, known = plan_stack(
        phase="global",
        stack_name=name_of("global stack", suffix=environment.suffix),
        region=environment.home_region,
        template=system.global_,
        tags=tags_of(environment),
        standing=survey.global_,
        known=known,
    )
    activation = plan_activation(environment, system.regional, survey, known)
    spares = _spares(environment, system, survey, (*regional, *activation))
    moving: tuple[StackSetRollout | StackApply | SpareRollout, ...] = (*regional, global_, *activation, *spares)
    has_work = any(step.action != "none" for step in moving)
    opening, closing = plan_record(environment, system, survey, has_work=has_work, without_undo=without_undo)
    steps.extend((opening, *gated(environment, survey, regional, global_, activation), *spares, closing))
    bodies = {template.digest: template.body for template in (system.bootstrap, system.regional, system.global_)}
    own_steps: tuple[StackSetRollout | SpareRollout, ...] = (*regional, *activation, *spares)
    own_ids = tuple(step.operation_id for step in own_steps)
    return identified(
        RolloutPlan(
            plan_id="",
            intent="roll-out",
            suffix=environment.suffix,
            account_id=survey.account_id,
            home_region=environment.home_region,
            steps=tuple(steps),
            blockers=(
                *rollout_blockers(environment, survey, (*own_ids, *undo_operation_ids(survey)), token_prefix(opening.content_digest)),
                *undo_blockers(survey, opening),
            ),
            templates=tuple(sorted({**bodies, **_bodies_before(survey, opening)}.items())),
            bounds=bounds_of(environment),
        )
    )


def _bootstraps(environment: Environment, system: RenderedSystem, survey: Survey) -> tuple[list[StackApply], KnownOutputs]:
    """Return a step for each Region's bootstrap stack, and what is known of outputs after them."""
    known, steps = KnownOutputs(), []
    for region in bootstrap_order(environment):
        step, known = plan_stack(
            phase="bootstrap",
            stack_name=name_of("bootstrap stack", suffix=environment.suffix),
            region=region,
            template=system.bootstrap,
            tags=tags_of(environment),
            standing=next((stack for stack in survey.bootstrap if stack.region == region), None),
            known=known,
        )
        steps.append(step)
    return steps, known


def _spares(environment: Environment, system: RenderedSystem, survey: Survey, pair: Sequence[StackSetRollout]) -> tuple[SpareRollout, ...]:
    """Return the waves of spares, which come after all that the pair has to do."""
    return plan_spares(
        spare_targets(environment, survey),
        stack_set_name=name_of("stack set", suffix=environment.suffix),
        home_account=survey.account_id,
        home_region=environment.home_region,
        standing=survey.stack_set,
        definition=[system.regional.digest, system.regional.parameters, tags_of(environment)],
        definition_moves=any(step.action != "none" for step in pair),
    )


def _bodies_before(survey: Survey, opening: RolloutOpening) -> dict[str, str]:
    """Return the bodies that the restore point names, by digest."""
    if opening.before is None:
        return {}
    if survey.open_rollout is not None:
        return dict(survey.open_rollout.templates)
    standing = [one.template_body for one in (survey.stack_set, survey.global_) if one is not None]
    return {digest_of(body.encode()): body for body in standing}


def bootstrap_order(environment: Environment) -> tuple[str, ...]:
    """Return the home Region, then the other, then those of spares: the roles made at home are what everything after needs."""
    return tuple(sorted(environment.all_regions, key=lambda region: region != environment.home_region))


def bounds_of(environment: Environment) -> Bounds:
    """Return the environment's bounds in the runner's units."""
    return Bounds(
        operation_seconds_max=environment.rollout.operation_minutes_max * 60.0, poll_seconds=float(environment.rollout.poll_seconds)
    )
