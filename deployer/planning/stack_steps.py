"""Steps for single stacks (a Region's bootstrap, the global stack) and for the packages between them."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.params.model import Environment
from deployer.planning.differences import Standing, differences
from deployer.planning.parameter_values import KnownOutputs, values_to_carry, values_to_compare
from deployer.planning.plan import Action, ArtifactUpload, StackApply
from deployer.planning.survey import StackFacts, Survey
from deployer.planning.template_changes import compare_templates
from deployer.rendering.rendered import Package, RenderedTemplate
from deployer.vocabulary.names import name_of

Tags = tuple[tuple[str, str], ...]


def tags_of(environment: Environment) -> Tags:
    """Return the tags of every stack, sorted: who answers for it, where it is booked, which environment it is."""
    return (
        ("cost-centre", environment.tags.cost_centre),
        ("environment", environment.suffix),
        ("owner", environment.tags.owner),
    )


def plan_stack(
    *,
    phase: str,
    stack_name: str,
    region: str,
    template: RenderedTemplate,
    tags: Tags,
    standing: StackFacts | None,
    known: KnownOutputs,
) -> tuple[StackApply, KnownOutputs]:
    """Return the step that brings one stack to this template, and what is known of outputs after it."""
    values = values_to_compare(template.parameters, known)
    action, reason = _judge(standing, template, values, tags)
    changes = compare_templates(
        standing.template_body if standing else "",
        template.body,
        old_values=dict(standing.parameters) if standing else {},
        new_values=values,
    )
    step = StackApply(
        phase=phase,
        action=action,
        stack_name=stack_name,
        region=region,
        template_digest=template.digest,
        parameters=values_to_carry(template.parameters, known),
        tags=tags,
        changes=() if action == "none" else changes,
        reason=reason,
    )
    if standing is None:
        return step, known
    if action == "none":
        return step, known.with_untouched(stack_name, standing)
    if standing.status.endswith("IN_PROGRESS"):
        # Its template may be the new one already, while its outputs are still those from before.
        return step, known
    return step, known.with_changing(stack_name, standing, template.body, values)


def plan_uploads(environment: Environment, packages: tuple[Package, ...], survey: Survey) -> Iterator[ArtifactUpload]:
    """Yield one step for each Region and package, Regions in the order a change reaches them."""
    for region in environment.all_regions:
        bucket = name_of("artifact bucket", suffix=environment.suffix, account_id=survey.account_id, region=region)
        for package in packages:
            there = (region, package.key) in survey.artifacts
            yield ArtifactUpload(
                phase="artifacts",
                action="none" if there else "create",
                region=region,
                bucket=bucket,
                key=package.key,
                path=str(package.path),
                digest=package.digest,
                reason="it lies there already" if there else "it is not there yet",
            )


def _judge(standing: StackFacts | None, template: RenderedTemplate, values: dict[str, str | None], tags: Tags) -> tuple[Action, str]:
    if standing is None:
        return "create", "it does not exist yet"
    stands = Standing(template_body=standing.template_body, parameters=standing.parameters, tags=standing.tags)
    found = differences(stands, template.body, values, tags)
    if standing.token:
        # Whatever is at work has to end before anything is known; an earlier run's own is attached to.
        found = (*found, f"it is {standing.status}")
    return ("update", "; ".join(found)) if found else ("none", "nothing differs")
