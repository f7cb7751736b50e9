"""What must happen so that two Regions run this system: the decision, and nothing else.

Reads nothing and calls nothing: environment, templates and survey are all it knows, and the same three give the same plan, byte for
byte. The steps are decision 2's order: bootstrap → packages → the Regions, a wave each → global stack → the Regions once more, live.
"""

from __future__ import annotations

from deployer.params.model import Environment
from deployer.planning.blockers import rollout_blockers
from deployer.planning.parameter_values import KnownOutputs
from deployer.planning.plan import Bounds, RolloutPlan, Step
from deployer.planning.plan_file import identified
from deployer.planning.stack_set_steps import plan_activation, plan_regional
from deployer.planning.stack_steps import plan_stack, plan_uploads, tags_of
from deployer.planning.survey import Survey
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.names import name_of


def plan_rollout(environment: Environment, system: RenderedSystem, survey: Survey) -> RolloutPlan:
    """Return the plan that brings what the survey saw to what was rendered; raises nothing that a sound rendering can cause.

    A step with nothing to do is there with action `none`. What keeps the plan from being performed is in `blockers`.
    """
    known = KnownOutputs()
    steps: list[Step] = []
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
    steps.extend(plan_uploads(environment, system.packages, survey))
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
    steps.extend((*regional, global_, *activation))
    bodies = {template.digest: template.body for template in (system.bootstrap, system.regional, system.global_)}
    return identified(
        RolloutPlan(
            plan_id="",
            intent="roll-out",
            suffix=environment.suffix,
            account_id=survey.account_id,
            home_region=environment.home_region,
            steps=tuple(steps),
            blockers=rollout_blockers(environment, survey, tuple(step.operation_id for step in (*regional, *activation))),
            templates=tuple(sorted(bodies.items())),
            bounds=bounds_of(environment),
        )
    )


def bootstrap_order(environment: Environment) -> tuple[str, ...]:
    """Return the home Region and then the other: the roles made there are what everything after needs."""
    return tuple(sorted(environment.rollout_order, key=lambda region: region != environment.home_region))


def bounds_of(environment: Environment) -> Bounds:
    """Return the environment's bounds in the runner's units."""
    return Bounds(
        operation_seconds_max=environment.rollout.operation_minutes_max * 60.0, poll_seconds=float(environment.rollout.poll_seconds)
    )
