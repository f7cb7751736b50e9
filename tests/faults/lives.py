"""A life is one system through all runs, each disturbed at most once and then run again; that is how thousands of trials stay affordable.

Nothing is reset between trials, every system has a suffix of its own, and a run's disturbance is judged before the next run begins: by
what stands and by what AWS was made to do, against a life that nothing disturbed. A life that goes wrong ends there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from tests.faults.calls import Call, Calls
from tests.faults.runs import LIFE, Ending, Run, RunName, World
from tests.faults.standing import Inspector, Look, Standing

REST_SECONDS_MAX: Final = 30.0
_LOOK_SECONDS: Final = 0.05


class Disturbance(Protocol):
    """What befalls one run of a life, at one call."""

    @property
    def call(self) -> Call:
        """The call it befalls."""
        ...

    @property
    def kind(self) -> str:
        """What it is, in a word or two: a column of the table."""
        ...

    @property
    def comes_after(self) -> bool:
        """Whether the call has been answered when it strikes."""
        ...

    @property
    def waits_for_rest(self) -> bool:
        """Whether AWS has finished what it was at before the run is run again."""
        ...

    def calls(self) -> Calls:
        """Return, in the deployer's process, what its calls go through."""
        ...

    def objection(self, ending: Ending, undisturbed: Ending) -> str:
        """Return what is wrong with how the disturbed run ended, empty when nothing is."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One undisturbed run: how it ended, what stood after it, and what it made AWS do."""

    ending: Ending
    standing: Standing
    effects: Counter[str]

    def is_over_for(self, disturbance: Disturbance) -> bool:
        """Return whether nothing of the run is left to be done: it fails by design, and was disturbed after the answer to its last call.

        Run again, it would be another roll-out of the same broken version.
        """
        return self.ending.exit_code != 0 and disturbance.comes_after and disturbance.call == self.ending.seen[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One disturbed run and what came of it. `was_reached` is False when the run ended without making the call.

    `wrong` is what did not converge, `doubled` what AWS was made to do more often than in an undisturbed run; both empty when all is well.
    """

    run: RunName
    kind: str
    call: Call
    was_reached: bool
    wrong: tuple[str, ...]
    doubled: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """Whether the disturbance left no trace."""
        return not self.wrong and not self.doubled


def undisturbed(world: World, inspector: Inspector, suffix: str) -> dict[RunName, Chapter]:
    """Live a whole life without a disturbance; return what every other is measured by. Raises AssertionError when a run fails."""
    look = Look(inspector, suffix)
    chapters: dict[RunName, Chapter] = {}
    before = look.now()
    for run in LIFE:
        ending = world.perform(run, suffix)
        assert ending.exit_code == run.exit_code, f"{run.name} without a disturbance ended with {ending.exit_code}: {ending.said}"
        standing = look.now()
        chapters[run.name] = Chapter(ending=ending, standing=standing, effects=standing.effects - before.effects)
        before = standing
    return chapters


def live(
    world: World, inspector: Inspector, suffix: str, chapters: Mapping[RunName, Chapter], disturbances: Mapping[RunName, Disturbance]
) -> list[Trial]:
    """Live a life in which some runs are disturbed; return their trials in order, up to the first that is not sound."""
    look = Look(inspector, suffix)
    before = look.now()
    trials: list[Trial] = []
    for run in LIFE:
        disturbance = disturbances.get(run.name)
        if disturbance is None:
            ending = world.perform(run, suffix)
            assert ending.exit_code == run.exit_code, f"{run.name} of {suffix} ended with {ending.exit_code}: {ending.said}"
            before = look.now()
            continue
        trial, before = _disturbed(world, look, run, disturbance, chapters[run.name], before)
        trials.append(trial)
        if not trial.is_sound or len(trials) == len(disturbances):
            break
    return trials


def _disturbed(world: World, look: Look, run: Run, disturbance: Disturbance, chapter: Chapter, before: Standing) -> tuple[Trial, Standing]:
    first = world.perform(run, look.suffix, disturbance.calls)
    sayings = [first.said]
    wrong: list[str] = []
    objection = disturbance.objection(first, chapter.ending)
    if objection:
        wrong.append(objection)
    was_reached = first.was_killed or disturbance.call in first.seen
    if first.exit_code != chapter.ending.exit_code and not chapter.is_over_for(disturbance):
        if disturbance.waits_for_rest:
            _rest(look)
        again = world.perform(run, look.suffix)
        sayings.append(again.said)
        if again.exit_code != chapter.ending.exit_code:
            wrong.append(f"run again, it ended with {again.exit_code} instead of {chapter.ending.exit_code}: {again.said}")
    standing = look.now()
    wrong += standing.differences(chapter.standing)
    doubled = (standing.effects - before.effects) - chapter.effects
    if wrong or doubled:
        wrong += (f"it had said: {said}" for said in sayings if said)
    trial = Trial(
        run=run.name,
        kind=disturbance.kind,
        call=disturbance.call,
        was_reached=was_reached,
        wrong=tuple(wrong),
        doubled=tuple(sorted(doubled.elements())),
    )
    return trial, standing


def _rest(look: Look) -> None:
    deadline = time.monotonic() + REST_SECONDS_MAX
    while not look.is_at_rest() and time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)
