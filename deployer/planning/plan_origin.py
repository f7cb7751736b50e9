"""What a plan was made from, in digests and ids, so that a later moment can say what of it has moved, and not only that something has.

Pure. Paths of this machine are no part of it: a plan is reviewed in one checkout and performed in another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deployer.params.model import Environment
from deployer.planning.plan import ArtifactUpload, RolloutOpening, RolloutPlan
from deployer.planning.plan_record import digest_of
from deployer.planning.preview_words import contract_of
from deployer.planning.survey import StackFacts, Survey
from deployer.rendering.rendered import RenderedSystem

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOrigin:
    """One stack as it stood: `moved_at` is when it was last changed, as AWS tells it, or empty."""

    name: str
    region: str
    stack_id: str
    status: str
    moved_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Everything a plan came from.

    `parameters` are the digests of the parameter file's top-level fields, as they were understood; `templates`, `packages` digests by
    name, `contract` the digest of the OpenAPI document. `stacks` hold the bootstrap stacks, the instances' own and the global one.
    `last_operation` is the id and status of the StackSet's newest operation, or empty.
    """

    parameters: Pairs
    templates: Pairs
    packages: Pairs
    contract: str
    stack_set_id: str
    stacks: tuple[StackOrigin, ...]
    last_operation: str


def origin_of(environment: Environment, system: RenderedSystem, survey: Survey) -> Origin:
    """Return what a plan of `environment`, made of `system` on `survey`, comes from."""
    stack_set = survey.stack_set
    instances = tuple(one.stack for one in stack_set.instances if one.stack) if stack_set else ()
    standing = (*survey.bootstrap, *instances, *((survey.global_,) if survey.global_ else ()))
    last = stack_set.last_operation if stack_set else None
    fields = environment.model_dump(mode="json")
    return Origin(
        parameters=tuple((name, digest_of(value)) for name, value in sorted(fields.items())),
        templates=tuple((one.kind, one.digest) for one in (system.bootstrap, system.regional, system.global_)),
        packages=tuple(sorted((one.name, one.digest) for one in system.packages)),
        contract=digest_of(contract_of(system.regional.body)),
        stack_set_id=stack_set.stack_set_id if stack_set else "",
        stacks=tuple(sorted((_stack(one) for one in standing), key=lambda one: (one.region, one.name))),
        last_operation=f"{last.operation_id} ({last.status})" if last else "",
    )


def moved(reviewed: Origin, now: Origin, *, is_own_roll_out: bool = False) -> tuple[str, ...]:
    """Return a sentence for each thing that is not what it was, empty when nothing has moved.

    With `is_own_roll_out`, when a roll-out of the same content began and did not end, what stands has moved by its own doing: only what
    the plan is made of counts then.
    """
    said = [
        *_differing("The parameter file's field {}", reviewed.parameters, now.parameters),
        *_differing("The {} template", reviewed.templates, now.templates),
        *_differing("The package {}", reviewed.packages, now.packages),
    ]
    if reviewed.contract != now.contract:
        said.append("The contract (OpenAPI) differs.")
    return tuple(said) if is_own_roll_out else (*said, *_moved_in_aws(reviewed, now))


def is_own_roll_out(plan: RolloutPlan, survey: Survey) -> bool:
    """Return whether a roll-out of this plan's content began and did not end."""
    contents = {step.content_digest for step in plan.steps if isinstance(step, RolloutOpening)}
    return survey.open_rollout is not None and survey.open_rollout.content_digest in contents


def other_steps(reviewed: RolloutPlan, now: RolloutPlan) -> tuple[str, ...]:
    """Return how two plans of the same origin differ, a sentence each, empty when they are one but for this machine's paths."""
    one, other = without_paths(reviewed), without_paths(now)
    if one == other:
        return ()
    titles = [step.title for step in (*one.steps, *other.steps) if not (step in one.steps and step in other.steps)]
    said = [f"The step `{title}` is another." for title in dict.fromkeys(titles)]
    if one.blockers != other.blockers:
        said.append("What stands in the way is another.")
    return tuple(said) or ("The plan that follows now is another.",)


def without_paths(plan: RolloutPlan) -> RolloutPlan:
    """Return the plan without what depends on the folder it was made in."""
    steps = (replace(step, path="") if isinstance(step, ArtifactUpload) else step for step in plan.steps)
    return replace(plan, plan_id="", steps=tuple(steps))


def _stack(facts: StackFacts) -> StackOrigin:
    return StackOrigin(name=facts.name, region=facts.region, stack_id=facts.stack_id, status=facts.status, moved_at=facts.moved_at)


def _differing(words: str, reviewed: Pairs, now: Pairs) -> Iterator[str]:
    before, after = dict(reviewed), dict(now)
    for name in sorted(before.keys() | after.keys()):
        fate = "is gone" if name not in after else "is new" if name not in before else "differs" if before[name] != after[name] else ""
        if fate:
            yield f"{words.format(name)} {fate}."


def _moved_in_aws(reviewed: Origin, now: Origin) -> Iterator[str]:
    if reviewed.stack_set_id != now.stack_set_id:
        yield _came_or_went("The stack set", reviewed.stack_set_id, now.stack_set_id)
    elif reviewed.last_operation != now.last_operation:
        yield f"The stack set's last operation was {reviewed.last_operation or 'none'}, and is {now.last_operation or 'none'}."
    before, after = _by_place(reviewed), _by_place(now)
    for place in sorted(before.keys() | after.keys()):
        was, is_ = before.get(place), after.get(place)
        name = f"The stack {place[1]} in {place[0]}"
        if was is None or is_ is None or was.stack_id != is_.stack_id:
            yield _came_or_went(name, was.stack_id if was else "", is_.stack_id if is_ else "")
        elif was.moved_at != is_.moved_at:
            yield f"{name} was changed at {is_.moved_at}, after the plan was made."
        elif was.status != is_.status:
            yield f"{name} was {was.status}, and is {is_.status}."


def _came_or_went(name: str, before: str, after: str) -> str:
    fate = "is another one now" if before and after else "stands now" if after else "is gone"
    return f"{name} {fate}."


def _by_place(origin: Origin) -> Mapping[tuple[str, str], StackOrigin]:
    return {(one.region, one.name): one for one in origin.stacks}
