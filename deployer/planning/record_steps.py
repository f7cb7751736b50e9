"""Steps for the roll-out's record: opened before the first Region moves, closed after the last gate.

What stands is worth going back to when it is whole: a live system whose every instance is current and whose stacks are sound. Of
anything less there is no restore point, and a failure leaves the roll-out where it stopped.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.params.model import Environment
from deployer.planning.plan import Blocker, RolloutClosing, RolloutOpening
from deployer.planning.plan_record import digest_of
from deployer.planning.restoring import restore_point_of
from deployer.planning.stack_set_steps import fault_of, is_live
from deployer.planning.stack_steps import tags_of
from deployer.planning.survey import Survey
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.names import name_of

RECORD_PHASE: Final = "record"
NOT_UNDONE: Final = "a failure will not be undone: "

_SETTLED: Final = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE")


def content_digest(environment: Environment, system: RenderedSystem) -> str:
    """Return the SHA-256 that tells this roll-out's content from any other's, whatever stands: bodies, parameters, code and tags."""
    templates = [[one.digest, one.parameters] for one in (system.bootstrap, system.regional, system.global_)]
    return digest_of([templates, sorted(one.key for one in system.packages), tags_of(environment), environment.all_regions])


def plan_record(
    environment: Environment, system: RenderedSystem, survey: Survey, *, has_work: bool, without_undo: bool
) -> tuple[RolloutOpening, RolloutClosing]:
    """Return the first and the last step of what moves Regions; neither has anything to do when nothing moves and no record is open."""
    open_ = survey.open_rollout
    is_needed = has_work or open_ is not None
    bucket = name_of("artifact bucket", suffix=environment.suffix, account_id=survey.account_id, region=environment.home_region)
    if open_ is not None:
        before = open_.before
    else:
        whole = survey.stack_set and survey.global_ and is_needed and not without_undo and not _why_not(environment, survey)
        before = restore_point_of(survey.stack_set, survey.global_) if whole and survey.stack_set and survey.global_ else None
    content = content_digest(environment, system)
    opening = RolloutOpening(
        phase=RECORD_PHASE,
        action="none" if not is_needed else ("update" if open_ else "create"),
        region=environment.home_region,
        bucket=bucket,
        content_digest=content,
        before=before,
        reason=_opening_reason(environment, survey, content, is_needed=is_needed, without_undo=without_undo),
    )
    closing = RolloutClosing(
        phase=RECORD_PHASE,
        action="delete" if is_needed else "none",
        region=environment.home_region,
        bucket=bucket,
        reason="the roll-out has ended then" if is_needed else "no record is open",
    )
    return opening, closing


def undo_blockers(survey: Survey, opening: RolloutOpening) -> Iterator[Blocker]:
    """Yield a blocker when what stands could not be put back: code that its functions are made of is gone."""
    if opening.action != "create" or opening.before is None or not survey.lost_packages:
        return
    lost = ", ".join(f"{key} in {region}" for region, key in survey.lost_packages)
    yield Blocker(
        summary=f"This roll-out could not be undone: the code of what stands is gone from the artifact buckets: {lost}",
        hint="Put it there again (it is built by the version that stands), or roll out with --without-undo.",
    )


def _opening_reason(environment: Environment, survey: Survey, content: str, *, is_needed: bool, without_undo: bool) -> str:
    open_ = survey.open_rollout
    if not is_needed:
        return "nothing moves"
    if open_ is None:
        why_not = "--without-undo was given" if without_undo else _why_not(environment, survey)
        return f"{NOT_UNDONE}{why_not}" if why_not else "a failure will be undone, to what stands now"
    if open_.content_digest != content:
        return f"a roll-out of something else began at {open_.began_at} by {open_.holder} and did not end: this one takes over"
    if open_.undoing:
        return f"this roll-out failed before and is being undone, which this run finishes: {open_.undoing}"
    return f"this roll-out began at {open_.began_at} by {open_.holder} and did not end: this run goes on with it"


def _why_not(environment: Environment, survey: Survey) -> str:
    """Return why what stands is nothing to go back to, "" when it is."""
    stack_set, global_stack = survey.stack_set, survey.global_
    if stack_set is None or global_stack is None or not is_live(environment, stack_set):
        return "the system is not live yet"
    # A spare that is not sound is no reason to leave the pair without a way back.
    pair = stack_set.in_account(survey.account_id, environment.rollout_order)
    for instance in pair.values():
        fault = fault_of(instance)
        if fault:
            return f"{instance.region} {fault}"
    if global_stack.status not in _SETTLED:
        return f"{global_stack.name} is {global_stack.status}"
    missing = set(environment.rollout_order) - pair.keys()
    return f"{', '.join(sorted(missing))} has no instance" if missing else ""
