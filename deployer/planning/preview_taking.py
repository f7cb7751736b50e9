"""Takes the preview: asks CloudFormation, by change sets that are deleted again, what a plan would do to each stack.

The stacks are asked side by side; one whose step has nothing to do, or that does not exist yet, is not asked at all. A change set is
deleted in every case, also after an error or Ctrl-C; one that a killed run left behind is known by its name and age, and goes with the
next preview of its stack. Making change sets on an instance's own stack is what stands in for the preview that StackSets lack (F4.15).
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from threading import Event
from typing import Final
from uuid import uuid4

from deployer.aws.change_sets import (
    NAME_BEGINS,
    ChangeDetail,
    ChangedResource,
    ChangeSet,
    ChangeSetRequest,
    create_change_set,
    delete_change_set,
    left_over_change_sets,
    preview_source,
    read_change_set,
)
from deployer.aws.session import Aws
from deployer.planning.plan import RolloutPlan
from deployer.planning.preview import KINDS, Preview, PreviewedStack, State, build_preview
from deployer.planning.preview_targets import PreviewTarget, preview_targets
from deployer.planning.preview_words import (
    code_words,
    contract_of,
    contract_words,
    parameter_words,
    state_words,
    tag_words,
    told_once,
    unsettled_words,
)
from deployer.planning.survey import StackFacts, Survey
from deployer.planning.template_changes import compare_templates
from deployer.planning.template_text import parameter_defaults, read_template, section
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.names import name_of

MADE_SECONDS_MAX: Final = 300.0
# Longer than any preview can take, so that nobody is still reading what is that old.
LEFT_OVER_SECONDS: Final = 2 * MADE_SECONDS_MAX

_POLL_SECONDS: Final = 1.0
_SIDE_BY_SIDE_MAX: Final = 16
_UPDATABLE: Final = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)

Tell = Callable[[str], None]


def take_preview(aws: Aws, plan: RolloutPlan, survey: Survey, clock: Clock, tell: Tell = lambda sentence: None) -> Preview:
    """Return what `plan`, made from `survey`, would do to every resource; nothing is changed. `tell` hears of each stack's end.

    Raises AwsRefused; whatever ends it, its change sets are deleted.
    """
    targets = tuple(preview_targets(plan, survey))
    stop = Event()
    with ThreadPoolExecutor(_SIDE_BY_SIDE_MAX) as pool:
        futures = {pool.submit(_previewed, aws, plan, target, clock, stop): target for target in targets}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                one = future.result().column
                if one.state in ("asked", "refused"):
                    tell(f"{done} of {len(targets)} stacks: {one.stack_name} in {one.region}")
        except BaseException:
            # The threads delete what they made before the pool lets go.
            stop.set()
            raise
    stacks = tuple(future.result() for future in futures)
    return _with_words(build_preview(stacks), targets, stacks)


def _previewed(aws: Aws, plan: RolloutPlan, target: PreviewTarget, clock: Clock, stop: Event) -> PreviewedStack:
    def found(state: State, changes: tuple[ChangedResource, ...] = (), note: str = "") -> PreviewedStack:
        return PreviewedStack(column=target.column(state, note), changes=changes, template_body=target.body)

    if target.action == "none":
        return found("untouched")
    if target.standing is None:
        return found("new", _compared("", target))
    if target.is_elsewhere:
        behind = "" if target.standing.status == "CURRENT" else f" and {target.standing.status}"
        return found("compared", _compared(target.standing.template_body, target), f"its stack is another account's{behind}")
    missing = sorted({name for name, _ in target.unsettled} - target.values.keys() - parameter_defaults(read_template(target.body)).keys())
    if target.standing.status not in _UPDATABLE:
        return found("compared", _compared(target.standing.template_body, target), f"it is {target.standing.status}")
    if missing:
        return found("compared", _compared(target.standing.template_body, target), f"{', '.join(missing)} has no value yet")
    answer = _asked(aws, plan, target, target.standing, clock, stop)
    if answer.status == "CREATE_COMPLETE" or answer.finds_nothing:
        return found("asked", answer.changes)
    return found("refused", note=answer.reason or f"its change set is {answer.status}")


def _compared(old_body: str, target: PreviewTarget) -> tuple[ChangedResource, ...]:
    """Return what differs between two bodies, as far as that is to be seen without AWS."""
    old_values = dict(target.standing.parameters) if target.standing else {}
    values: dict[str, str | None] = {**target.values, **{name: target.values.get(name) for name, _ in target.unsettled}}
    return tuple(
        ChangedResource(
            logical_id=change.logical_id,
            physical_id="",
            resource_type=change.resource_type,
            action=change.action,
            replacement="",
            policy_action="",
            details=tuple(_place(path) for path in change.paths),
        )
        for change in compare_templates(old_body, target.body, old_values=old_values, new_values=values)
    )


def _place(path: str) -> ChangeDetail:
    """Return a place that differs in two bodies, of which nobody knows what its change means."""
    first, _, rest = path.partition(".")
    return ChangeDetail(
        attribute="Properties" if rest else first,
        path=rest.replace(".", "/"),
        requires_recreation="",
        evaluation="Static",
        source="DirectModification",
        causing_entity="",
        before=None,
        after=None,
    )


def _asked(aws: Aws, plan: RolloutPlan, target: PreviewTarget, standing: StackFacts, clock: Clock, stop: Event) -> ChangeSet:
    """Make the change set, wait for it, read it and delete it; raises AwsRefused."""
    stack_id, region, name = standing.stack_id, target.region, f"{NAME_BEGINS}{uuid4().hex[:16]}"
    bucket = name_of("artifact bucket", suffix=plan.suffix, account_id=plan.account_id, region=region)
    source = preview_source(aws, target.body, bucket=bucket, region=region)
    declared = section(read_template(target.body), "Parameters")
    # A value that AWS hides is told by nobody, and stands.
    values = tuple((key, None if value == "****" else value) for key, value in sorted(target.values.items()) if key in declared)
    try:
        create_change_set(aws, ChangeSetRequest(name=name, stack_id=stack_id, template=source, parameters=values), region)
        answer = _made(aws, name, stack_id, region, clock, stop)
        for old in left_over_change_sets(aws, name, stack_id, region, older_seconds=LEFT_OVER_SECONDS):
            delete_change_set(aws, old, stack_id, region)
    except BaseException:
        # What went wrong first is what is told; what is left over now goes with the next preview.
        with suppress(AwsRefused):
            delete_change_set(aws, name, stack_id, region)
        raise
    delete_change_set(aws, name, stack_id, region)
    return answer


def _made(aws: Aws, name: str, stack_id: str, region: str, clock: Clock, stop: Event) -> ChangeSet:
    """Return the change set once it has been made, or as it is when that takes too long or the preview was stopped."""
    began_seconds = clock.monotonic_seconds()
    answer = read_change_set(aws, name, stack_id, region)
    while answer.is_being_made and not stop.is_set() and clock.monotonic_seconds() - began_seconds < MADE_SECONDS_MAX:
        clock.sleep(_POLL_SECONDS)
        answer = read_change_set(aws, name, stack_id, region)
    return answer


def _with_words(preview: Preview, targets: tuple[PreviewTarget, ...], stacks: tuple[PreviewedStack, ...]) -> Preview:
    """Return the preview with its words, and its columns in the order of kinds."""
    said: list[tuple[str, str]] = []
    for target, stack in zip(targets, stacks, strict=True):
        said += state_words(stack.column)
        if target.standing and stack.column.state != "untouched":
            old = dict(target.standing.parameters)
            said += parameter_words(stack.column, target.standing.template_body, target.body, old, target.values)
            said += tag_words(stack.column, dict(target.standing.tags), dict(target.tags))
            said += unsettled_words(stack.column)
    said += code_words(preview)
    words = told_once(said)
    for target in targets:
        if target.kind == "regional" and target.standing and target.action != "none":
            words += tuple(f"{one}." for one in contract_words(contract_of(target.standing.template_body), contract_of(target.body)))
    order = sorted(range(len(stacks)), key=lambda index: (KINDS.index(stacks[index].column.kind), index))
    return build_preview((stacks[index] for index in order), tuple(dict.fromkeys(words)))
