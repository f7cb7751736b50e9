"""Looks for drift: every stack of a system compared with its resources side by side, in a bounded time; nothing is changed.

Each instance's own stack is asked, not the StackSet: that would take the StackSet's one place for an operation (F4.16).
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from deployer.aws.drift import DETECTABLE, Detection, begin_detection, read_detection, read_resource_drifts
from deployer.aws.session import Aws
from deployer.params.model import Environment
from deployer.planning.divergence import divergences, outdated
from deployer.planning.drift import DriftReport, SpareElsewhere, StackDrift, drift_of, not_compared
from deployer.planning.stack_set_steps import stacks_of
from deployer.planning.survey import StackFacts, Survey
from deployer.vocabulary.clock import Clock

_SIDE_BY_SIDE_MAX: Final = 8


@dataclass(frozen=True, slots=True)
class _Asked:
    """One stack to compare, and what it is called in the report."""

    part: str
    stack: StackFacts


def take_drift(aws: Aws, environment: Environment, survey: Survey, clock: Clock) -> DriftReport:
    """Return how the system differs from what was rolled out.

    Args:
        aws: reached with credentials that may detect drift and read the resources.
        environment: names the system; its roll-out's bounds are those of this wait, too.
        survey: what stands now.
        clock: the wait's own.

    Raises:
        AwsRefused: AWS answered with an error. A stack that could not be compared is told in the report instead.
    """
    asked = (
        *(_Asked("bootstrap", stack) for stack in survey.bootstrap),
        *(_Asked("regional", stack) for stack in stacks_of(survey.stack_set)),
        *((_Asked("global", survey.global_),) if survey.global_ else ()),
    )
    comparable = tuple(one for one in asked if one.stack.status in DETECTABLE)
    with ThreadPoolExecutor(_SIDE_BY_SIDE_MAX) as pool:
        detections = _detected(pool, aws, environment, comparable, clock)
        stacks = tuple(pool.map(lambda one: _found(aws, one, detections.get(one.stack.stack_id)), asked))
    return DriftReport(
        suffix=environment.suffix,
        account_id=survey.account_id,
        stacks=stacks,
        outdated=outdated(survey.stack_set, survey.account_id),
        diverged=divergences(survey.stack_set, environment.rollout_order, survey.account_id),
        elsewhere=tuple(
            SpareElsewhere(account_id=one.account_id, region=one.region, drift_status=one.drift_status)
            for one in (survey.stack_set.instances if survey.stack_set else ())
            if one.account_id != survey.account_id
        ),
    )


def _detected(
    pool: ThreadPoolExecutor, aws: Aws, environment: Environment, asked: tuple[_Asked, ...], clock: Clock
) -> Mapping[str, Detection | None]:
    """Return the end of each stack's detection by StackId, None for one that could not begin or did not end in time."""
    began_seconds, seconds_max = clock.monotonic_seconds(), environment.rollout.operation_minutes_max * 60
    waiting = [one.stack for one in asked]
    ids: dict[str, str] = {}
    ended: dict[str, Detection | None] = {stack.stack_id: None for stack in waiting}
    while waiting:
        ids |= _begun(pool, aws, [stack for stack in waiting if stack.stack_id not in ids])
        looks = _looks(pool, aws, [(stack, ids[stack.stack_id]) for stack in waiting if stack.stack_id in ids])
        ended |= {stack_id: look for stack_id, look in looks.items() if not look.under_way}
        waiting = [stack for stack in waiting if ended[stack.stack_id] is None]
        if clock.monotonic_seconds() - began_seconds >= seconds_max:
            break
        if waiting:
            clock.sleep(environment.rollout.poll_seconds)
    return ended


def _begun(pool: ThreadPoolExecutor, aws: Aws, stacks: list[StackFacts]) -> dict[str, str]:
    """Begin to compare each stack; one that is being compared already (one at a time, AWS says) is left out, to be tried again."""
    ids = pool.map(lambda stack: begin_detection(aws, stack.stack_id, stack.region), stacks)
    return {stack.stack_id: detection_id for stack, detection_id in zip(stacks, ids, strict=True) if detection_id}


def _looks(pool: ThreadPoolExecutor, aws: Aws, begun: list[tuple[StackFacts, str]]) -> dict[str, Detection]:
    looks = pool.map(lambda one: read_detection(aws, one[1], one[0].region), begun)
    return {stack.stack_id: look for (stack, _), look in zip(begun, looks, strict=True)}


def _found(aws: Aws, asked: _Asked, detection: Detection | None) -> StackDrift:
    stack = asked.stack
    if stack.status not in DETECTABLE:
        return not_compared(part=asked.part, stack_name=stack.name, region=stack.region, reason=f"it is {stack.status}")
    if detection is None:
        reason = "its comparison had not ended in time"
        return not_compared(part=asked.part, stack_name=stack.name, region=stack.region, reason=reason)
    return drift_of(
        part=asked.part,
        stack_name=stack.name,
        region=stack.region,
        looked_at=read_resource_drifts(aws, stack.stack_id, stack.region),
        reason=(detection.reason or "AWS could not compare it") if detection.status == "DETECTION_FAILED" else "",
    )
