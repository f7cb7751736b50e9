"""Where the gates stand: after each Region of a system that takes payments, and once at the end where only then it takes them.

A gate is passed from the first Region with work on, for what comes after it builds on what stands there; and all of them are while a
record says that an earlier run has not ended, for nobody knows what that run had still to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deployer.params.model import Environment
from deployer.planning.gates import Gate, plan_gate
from deployer.planning.plan import StackApply, StackSetRollout, Step
from deployer.planning.stack_set_steps import is_live
from deployer.planning.survey import Survey


def gated(
    environment: Environment,
    survey: Survey,
    regional: Sequence[StackSetRollout],
    global_: StackApply,
    activation: Sequence[StackSetRollout],
) -> Iterator[Step]:
    """Yield the steps that move something in their order, a gate after each that traffic can meet."""
    live = is_live(environment, survey.stack_set) and survey.global_ is not None
    is_open = survey.open_rollout is not None
    has_worked = False
    for wave in regional:
        yield wave
        has_worked = has_worked or wave.action != "none"
        if live:
            yield _after_wave(environment, survey, wave, is_open=is_open, has_worked=has_worked)
    late: tuple[StackApply | StackSetRollout, ...] = (global_, *activation)
    yield from late
    yield _last(environment, live=live, has_worked=any(step.action != "none" for step in late))


def _after_wave(environment: Environment, survey: Survey, wave: StackSetRollout, *, is_open: bool, has_worked: bool) -> Gate:
    if is_open:
        reason = "an earlier run of a roll-out has not ended"
    elif has_worked:
        reason = "the next Region is not changed before this one is good" if not _is_last(wave) else "this Region has to be good"
    else:
        reason = "nothing was changed so far"
    # What has never been live before may take its time to become good.
    is_first = survey.open_rollout is not None and survey.open_rollout.before is None
    return plan_gate(environment, wave.regions, reason=reason, is_needed=is_open or has_worked, is_first=is_first)


def _last(environment: Environment, *, live: bool, has_worked: bool) -> Gate:
    if not has_worked:
        reason = "nothing was changed after the Regions"
    else:
        reason = "what both Regions share was changed" if live else "the system takes payments from now on"
    return plan_gate(environment, environment.rollout_order, reason=reason, is_needed=has_worked, is_first=not live)


def _is_last(wave: StackSetRollout) -> bool:
    number, _, count = wave.wave.partition(" of ")
    return number == count
