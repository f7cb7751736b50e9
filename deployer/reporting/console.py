"""A roll-out while it runs: a live grid of phases and Regions on a terminal, one timestamped line a fact anywhere else.

A CI log gets lines only, never a redrawn screen: what happened, when, where, and how far that is (`3/45`). On a terminal the grid
is redrawn in place and the lines above it are the failures alone, which stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from deployer.planning.plan import RolloutPlan
from deployer.reporting.progress import STACK_TYPE, Cell, Progress, went_wrong
from deployer.reporting.words import clock_text, count, duration, short_digests
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.events import (
    Event,
    GateSampled,
    Listener,
    RegionSettled,
    ResourceMoved,
    RolloutEnded,
    RolloutInterrupted,
    RolloutStarted,
    StepEnded,
    StepFailed,
    StepStarted,
    UndoEnded,
    UndoStarted,
)

_COLOURS: Final = {"waiting": "dim", "running": "cyan", "done": "green", "unchanged": "dim", "failed": "bold red"}
_OUTCOME_COLOURS: Final = {"failed": "bold red", "undone": "bold yellow", "interrupted": "bold yellow"}
_REDRAWS_PER_SECOND: Final = 8


class ConsoleProgress:
    """Draws one roll-out or tear-down on `console`; `performing` is the whole of its life."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console, self._clock = console, clock

    @contextmanager
    def performing(self, plan: RolloutPlan) -> Iterator[Listener]:
        """Yield the listener that shows the plan being performed; the last state of the grid stays on the screen."""
        progress = Progress(plan)
        if not self._console.is_terminal:
            yield lambda event: self._tell(progress, event)
            return
        grid = Grid(progress, self._clock)

        def listener(event: Event) -> None:
            progress.take(event)
            if isinstance(event, RolloutInterrupted):
                # A question cannot be read, nor an answer typed, under a drawing that is made anew all the time.
                (live.start if event.choice else live.stop)()
            is_bad_look = isinstance(event, GateSampled) and not event.is_good and progress.has_turned(event)
            if (is_failure(event) or is_bad_look) and (text := line(event, progress)) is not None:
                self._console.print(text)

        with Live(grid, console=self._console, refresh_per_second=_REDRAWS_PER_SECOND) as live:
            yield listener

    def _tell(self, progress: Progress, event: Event) -> None:
        progress.take(event)
        text = line(event, progress)
        if text is not None:
            self._console.print(text, soft_wrap=True)


class Grid:
    """The live drawing: a row for each phase, a column for each Region, the time since it began."""

    def __init__(self, progress: Progress, clock: Clock) -> None:
        self._progress, self._clock = progress, clock
        self._began_seconds = clock.monotonic_seconds()

    def __rich__(self) -> RenderableType:
        """Return the grid as it is now; asked anew for every redraw."""
        progress = self._progress
        elapsed = duration(self._clock.monotonic_seconds() - self._began_seconds)
        table = Table(
            title=Text(f"{progress.intent} of {progress.suffix}, {elapsed}"), box=None, title_justify="left", pad_edge=False, expand=False
        )
        table.add_column("phase", no_wrap=True)
        for region in progress.regions:
            table.add_column(region, no_wrap=True, overflow="ellipsis", min_width=24)
        for phase in progress.phases:
            cells = (progress.cells.get((phase, region)) for region in progress.regions)
            table.add_row(phase, *(Text("") if cell is None else cell_text(cell) for cell in cells))
        return table


def cell_text(cell: Cell) -> Text:
    """Return what one phase in one Region shows: its word, how far it is, the resource last heard of, or its time."""
    style = _COLOURS[cell.state]
    match cell.state:
        case "waiting":
            return Text("waiting", style)
        case "unchanged":
            return Text("no change", style)
        case "done":
            return Text(f"done {duration(cell.took_seconds)}", style)
        case "failed":
            return Text(f"failed {cell.current}".rstrip(), style)
        case "running":
            return Text(" ".join(part for part in (_how_far(cell), cell.current) if part) or "running", style)


def _how_far(cell: Cell) -> str:
    return cell.resources_told or (f"{len(cell.steps_settled)}/{cell.steps_count}" if cell.steps_count > 1 else "")


def is_failure(event: Event) -> bool:
    """Return whether a person has to see this event even after the grid was redrawn."""
    if isinstance(event, ResourceMoved):
        return event.status.endswith("_FAILED")
    if isinstance(event, RegionSettled):
        return went_wrong(event.status)
    return isinstance(event, StepFailed | UndoStarted | UndoEnded)


def line(event: Event, progress: Progress) -> Text | None:
    """Return one event as one line, or None for those that only repeat the plan above them or the line before."""
    match event:
        case RolloutStarted():
            steps = count(event.steps_count, "step")
            return _line(event, "", "", f"{event.intent} of {event.suffix} began: {steps}, plan {event.plan_id[:12]}")
        case StepStarted() if not progress.is_upload(event.phase, event.step):
            return _line(event, event.phase, "", short_digests(event.step))
        case StepEnded() if not progress.was_told_by_region(event.phase, event.step):
            return _line(event, event.phase, "", f"{short_digests(event.step)}: done in {duration(event.took_seconds)}", "green")
        case StepFailed():
            return _line(event, event.phase, "", f"{short_digests(event.step)}: failed: {event.summary}", "bold red")
        case ResourceMoved():
            return _resource_line(event, progress.cell_of(event))
        case RegionSettled():
            sentence = f"{event.stack_name}{_elsewhere(event, progress)}: {event.status} after {duration(event.took_seconds)}"
            return _line(event, event.phase, event.region, sentence, "bold red" if went_wrong(event.status) else "green")
        case GateSampled() if progress.has_turned(event):
            sentence = f"{event.check}: {'good' if event.is_good else 'bad'}: {event.detail}"
            return _line(event, event.phase, event.region, sentence, "green" if event.is_good else "yellow")
        case RolloutInterrupted() if event.choice:
            return _line(event, "", "", f"interrupted: {event.choice}")
        case UndoStarted():
            return _line(event, "undo", "", f"putting back what had moved, looked for in {', '.join(event.regions)}", "bold yellow")
        case UndoEnded():
            sentence = f"{event.outcome} after {duration(event.took_seconds)}"
            return _line(event, "undo", "", sentence, _OUTCOME_COLOURS[event.outcome])
        case RolloutEnded():
            sentence = f"{event.intent} ended: {event.outcome.replace('_', ' ')} after {duration(event.took_seconds)}"
            return _line(event, "", "", sentence, _OUTCOME_COLOURS.get(event.outcome, "green"))
    return None


def _elsewhere(event: RegionSettled, progress: Progress) -> str:
    """Return which account a Region settled in, empty for the one that everything is steered from."""
    return f" in account {event.account_id}" if event.account_id not in ("", progress.account_id) else ""


def _resource_line(event: ResourceMoved, cell: Cell) -> Text | None:
    if event.status.endswith("_IN_PROGRESS") or event.resource_type == STACK_TYPE:
        return None
    sentence = f"{event.logical_id} ({event.resource_type}) {event.status}"
    if event.status.endswith("_FAILED"):
        return _line(event, event.phase, event.region, f"{sentence}: {event.reason}" if event.reason else sentence, "bold red")
    # CloudFormation may touch a resource without changing it, as for a new tag of its stack; the event log has those.
    if event.status == "UPDATE_COMPLETE" and event.logical_id not in cell.resources_planned:
        return None
    return _line(event, event.phase, event.region, f"[{cell.resources_told}] {sentence}" if cell.resources_told else sentence)


def _line(event: Event, phase: str, region: str, sentence: str, style: str = "") -> Text:
    where = "".join(f"{part:{width}}  " for part, width in ((phase, 10), (region, 10)) if part)
    return Text.assemble((f"{clock_text(event.at)}  ", "dim"), where, (sentence, style))
