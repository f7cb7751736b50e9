"""All trials of a matrix: which position falls to which life, performed side by side, and the table of what came of them."""

from __future__ import annotations

import itertools
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from uuid import uuid4

from deployer.aws.session import ATTEMPTS_MAX
from deployer.local import control
from deployer.local.state import LocalState
from tests.faults.calls import Call
from tests.faults.lives import Chapter, Disturbance, Trial, live, undisturbed
from tests.faults.runs import LIFE, RunName, World
from tests.faults.standing import Inspector
from tests.faults.tiny_system import HOME, PEER

WORKERS: Final = 6
_PROGRESS_SECONDS: Final = 5.0

# What may befall one call of a run.
Disturbing = Callable[[RunName, Call], Sequence[Disturbance]]
Lot = Mapping[RunName, Disturbance]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A matrix performed: the trials in the order in which they ended, and how long all took."""

    trials: tuple[Trial, ...]
    took_seconds: float

    @property
    def faults(self) -> tuple[str, ...]:
        """One text for each trial that is not sound."""
        return tuple(_told(trial) for trial in self.trials if not trial.is_sound)

    def table(self) -> str:
        """Return what came of it: a line for each run and kind of disturbance, and the sum."""
        groups: dict[tuple[str, str], list[Trial]] = defaultdict(list)
        for trial in self.trials:
            groups[trial.run, trial.kind].append(trial)
        order = [run.name for run in LIFE]
        rows = [(*key, group) for key, group in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))]
        heads = ("run", "disturbance", "positions", "reached", "converged", "effects doubled")
        lines = [heads, *((run, kind, *_counted(group)) for run, kind, group in rows), ("all", "", *_counted(self.trials))]
        widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
        return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


@dataclass(frozen=True, slots=True)
class _Bench:
    """What each worker process works with."""

    world: World
    inspector: Inspector


_bench: _Bench


@contextmanager
def a_server() -> Iterator[LocalState]:
    """Start an embedded AWS of its own, whose stacks take their time, in an empty folder; end it on the way out and take that away."""
    home = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        yield control.start(home, (PEER, HOME), port=0, edge_port=0, dns_port=0, extensions=("tests.faults.time_passing",))
    finally:
        control.stop(home)
        shutil.rmtree(home, ignore_errors=True)


def perform(
    server: LocalState, disturbing: Disturbing, *, every: int = 1, seed: int = 0, attempts_max: int = ATTEMPTS_MAX, tell: bool = False
) -> Outcome:
    """Perform a matrix on this server.

    Every position is tried; with `every` above 1 only a `sample` of each run's, drawn by `seed`. The deployer tries each call
    `attempts_max` times. With `tell` the progress goes to stderr.
    """
    began = time.monotonic()
    folder = Path(server.home) / "packages"
    folder.mkdir(exist_ok=True)
    pool = ProcessPoolExecutor(WORKERS, multiprocessing.get_context("fork"), _set_up, (server, folder, attempts_max))
    with pool:
        suffixes = (f"{uuid4().hex[:6]}-{number}" for number in itertools.count())
        chapters = pool.submit(_reference, next(suffixes)).result()
        draws = Random(seed)  # noqa: S311 (a test's dice)
        positions = {run: sample(_positions(run, chapter, disturbing), every, draws) for run, chapter in chapters.items()}
        lots = [
            {run: disturbance for run, disturbance in zip(positions, lot, strict=True) if disturbance is not None}
            for lot in itertools.zip_longest(*positions.values())
        ]
        trials = tuple(_all_trials(pool, suffixes, chapters, lots, sum(map(len, positions.values())) if tell else 0))
    return Outcome(trials=trials, took_seconds=time.monotonic() - began)


def _set_up(server: LocalState, folder: Path, attempts_max: int) -> None:
    global _bench
    _bench = _Bench(World(server=server, folder=folder, attempts_max=attempts_max), Inspector(server))


def _reference(suffix: str) -> dict[RunName, Chapter]:
    return undisturbed(_bench.world, _bench.inspector, suffix)


def _live(suffix: str, chapters: Mapping[RunName, Chapter], lot: Lot) -> list[Trial]:
    return live(_bench.world, _bench.inspector, suffix, chapters, lot)


def _positions(run: RunName, chapter: Chapter, disturbing: Disturbing) -> list[Disturbance]:
    return [disturbance for call in chapter.ending.seen for disturbance in disturbing(run, call)]


def sample(positions: Sequence[Disturbance], every: int, draws: Random) -> list[Disturbance]:
    """Return one in `every` positions of each kind, at least one; every second draw falls to a call that changes something."""
    if every == 1:
        return list(positions)
    picked: list[Disturbance] = []
    for kind in dict.fromkeys(position.kind for position in positions):
        of_kind = [position for position in positions if position.kind == kind]
        shelves = [[one for one in of_kind if one.call.is_reading is reading] for reading in (False, True)]
        for shelf in shelves:
            draws.shuffle(shelf)
        draws.shuffle(shelves)
        turns = itertools.chain.from_iterable(itertools.zip_longest(*shelves))
        picked += itertools.islice((one for one in turns if one is not None), max(1, len(of_kind) // every))
    return picked


def _all_trials(
    pool: ProcessPoolExecutor,
    suffixes: Iterator[str],
    chapters: Mapping[RunName, Chapter],
    lots: list[dict[RunName, Disturbance]],
    count: int,
) -> Iterator[Trial]:
    """Yield the trials of all lots; what a life that went wrong did not get to falls to another life."""
    waiting: dict[Future[list[Trial]], dict[RunName, Disturbance]] = {}

    def begin(lot: dict[RunName, Disturbance]) -> None:
        waiting[pool.submit(_live, next(suffixes), chapters, lot)] = lot

    for lot in lots:
        begin(lot)
    done_count, told_at = 0, time.monotonic()
    while waiting:
        for future in wait(waiting, return_when=FIRST_COMPLETED).done:
            lot, trials = waiting.pop(future), future.result()
            left = {run: disturbance for run, disturbance in lot.items() if run not in {trial.run for trial in trials}}
            if left:
                begin(left)
            done_count += len(trials)
            yield from trials
            if count:
                for trial in (one for one in trials if not one.is_sound):
                    print(f"FAULT {_told(trial)}", file=sys.stderr, flush=True)
        if count and time.monotonic() - told_at > _PROGRESS_SECONDS:
            told_at = time.monotonic()
            print(f"{done_count} of {count} positions", file=sys.stderr, flush=True)


def _counted(trials: Sequence[Trial]) -> tuple[str, str, str, str]:
    return (
        str(len(trials)),
        str(sum(trial.was_reached for trial in trials)),
        str(sum(not trial.wrong for trial in trials)),
        str(sum(bool(trial.doubled) for trial in trials)),
    )


def _told(trial: Trial) -> str:
    lines = (*trial.wrong, *(f"done once more: {effect}" for effect in trial.doubled))
    return "\n    ".join((f"{trial.run}, {trial.kind}: {trial.call}", *(part for line in lines for part in line.splitlines())))
