"""Diverged: the Regions run different definitions, or one runs another than its StackSet believes. Judged from a survey alone.

The three words, kept apart everywhere: a resource has *drifted* when it differs from its stack (`planning/drift.py`); an instance is
*outdated* when its StackSet says that it has not got the newest definition; the Regions have *diverged* when what their stacks were given
is not the same. A StackSet does not notice a stack that was changed or deleted past it (F4.16), so its word CURRENT is not taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from deployer.planning.survey import StackFacts, StackInstanceFacts, StackSetFacts
from deployer.planning.template_text import hidden_parameters, read_template
from deployer.vocabulary.places import place_name

Pairs = tuple[tuple[str, str], ...]


def divergences(stack_set: StackSetFacts | None, regions: Iterable[str], account_id: str) -> tuple[str, ...]:
    """Return how the Regions differ, a sentence each, empty when they do not.

    `regions` are those that should have an instance in `account_id`. Stacks of other accounts are not the caller's to read, so of those
    only the StackSet's word is known, which `outdated` tells.
    """
    if stack_set is None:
        return ()
    own = [instance for instance in stack_set.instances if instance.account_id == account_id]
    settled = [instance for instance in own if not _in_progress(instance)]
    return (
        *_without_stack(stack_set.name, own, regions),
        *(f"{instance.region} {difference}" for instance in settled for difference in changed_past(stack_set, instance)),
        *_between_regions(settled),
    )


def outdated(stack_set: StackSetFacts | None, account_id: str) -> tuple[str, ...]:
    """Return the instances that have not got the StackSet's newest definition, a sentence each; `account_id` goes without saying."""
    if stack_set is None:
        return ()
    behind = (instance for instance in stack_set.instances if instance.status == "OUTDATED")
    return tuple(
        f"{place_name(instance.account_id, instance.region, account_id)} is behind {stack_set.name}"
        + (f": {instance.status_reason}" if instance.status_reason else "")
        for instance in behind
    )


def changed_past(stack_set: StackSetFacts, instance: StackInstanceFacts) -> tuple[str, ...]:
    """Return what a CURRENT instance's stack was given past its StackSet, a phrase each; its own overrides are its own (F4.13)."""
    stack = instance.stack
    if stack is None or instance.status != "CURRENT" or _in_progress(instance):
        return ()
    found = []
    if not _same_template(stack.template_body, stack_set.template_body):
        found.append(f"runs another template than {stack_set.name}, which calls it CURRENT")
    given = {**dict(stack_set.parameters), **dict(instance.overrides)}
    names = _differing(stack, given.items())
    if names:
        found.append(f"runs other values of {', '.join(names)} than {stack_set.name} gave it")
    return tuple(found)


def _without_stack(name: str, own: list[StackInstanceFacts], regions: Iterable[str]) -> Iterator[str]:
    with_instance = {instance.region for instance in own}
    if with_instance:
        yield from (f"{region} has no instance of {name}" for region in regions if region not in with_instance)
    for instance in own:
        if instance.stack is None and not _in_progress(instance):
            yield f"{instance.region} has lost its stack, and {name} calls it {instance.status}"


def _between_regions(settled: list[StackInstanceFacts]) -> Iterator[str]:
    """Yield how the stacks that stand differ from the first of them; overridden values are meant to differ."""
    stacks = [(instance, instance.stack) for instance in settled if instance.stack is not None]
    for instance, stack in stacks[1:]:
        first_instance, first = stacks[0]
        both = f"{first.region} and {stack.region}"
        if not _same_template(first.template_body, stack.template_body):
            yield f"{both} run different templates"
        own = {name for name, _ in (*first_instance.overrides, *instance.overrides)}
        names = _differing(stack, (pair for pair in first.parameters if pair[0] not in own))
        if names:
            yield f"{both} run different values of {', '.join(names)}"


def _differing(stack: StackFacts, wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Return the parameters that the stack has otherwise, sorted; a value that AWS hides cannot be compared."""
    there = dict(stack.parameters)
    names = [name for name, value in wanted if name in there and there[name] != value]
    hidden = hidden_parameters(read_template(stack.template_body)) if names and stack.template_body else frozenset()
    return sorted(set(names) - hidden)


def _same_template(one: str, other: str) -> bool:
    return one == other or (bool(one and other) and read_template(one) == read_template(other))


def _in_progress(instance: StackInstanceFacts) -> bool:
    stack = instance.stack
    return instance.detailed_status in ("PENDING", "RUNNING") or (stack is not None and stack.status.endswith("_IN_PROGRESS"))
