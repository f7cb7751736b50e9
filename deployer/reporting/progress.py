"""How far a roll-out or a tear-down has come, folded from its events: one cell for each phase in each Region.

Knows the plan (so that what has not begun can be shown, and how many resources a stack has) and the events; draws nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from deployer.planning.gates import Gate
from deployer.planning.plan import ArtifactUpload, RolloutPlan, StackApply, StackSetRemoval, StackSetRollout, Step
from deployer.planning.spares import SpareRollout
from deployer.vocabulary.events import (
    Event,
    GateSampled,
    RegionSettled,
    ResourceMoved,
    StepEnded,
    StepFailed,
    StepSkipped,
    StepStarted,
    UndoStarted,
)

State = Literal["waiting", "running", "done", "unchanged", "failed"]

UNDO_PHASE: Final = "undo"
STACK_TYPE: Final = "AWS::CloudFormation::Stack"
_STACK_SET_STEPS: Final = (StackSetRollout, SpareRollout, StackSetRemoval)


@dataclass(slots=True, kw_only=True)
class Cell:
    """One phase in one Region. `current` is the resource last heard of; steps are known by title, resources by logical id.

    `checks` says of each check of a gate whether it was good last; `turned` are those whose last look differed from the one before.
    """

    state: State = "waiting"
    current: str = ""
    took_seconds: float = 0.0
    is_settled_by_aws: bool = False
    steps_count: int = 0
    steps_settled: set[str] = field(default_factory=set)
    steps_done: set[str] = field(default_factory=set)
    resources_planned: set[str] = field(default_factory=set)
    resources_settled: set[str] = field(default_factory=set)
    checks: dict[str, bool] = field(default_factory=dict)
    turned: set[str] = field(default_factory=set)

    @property
    def resources_told(self) -> str:
        """How many of the planned resources have settled, `3/45`; empty where the plan names none."""
        done = len(self.resources_settled & self.resources_planned)
        return f"{done}/{len(self.resources_planned)}" if self.resources_planned else ""


class Progress:
    """The grid of cells for one plan; `phases` in the plan's order, `regions` as the StackSet reaches them."""

    def __init__(self, plan: RolloutPlan) -> None:
        self.intent, self.suffix, self.account_id = plan.intent, plan.suffix, plan.account_id
        self.phases = tuple(dict.fromkeys(step.phase for step in plan.steps))
        in_order = [step.regions for step in plan.steps if isinstance(step, _STACK_SET_STEPS)]
        self.regions = tuple(dict.fromkeys(region for regions in (*in_order, *map(regions_of, plan.steps)) for region in regions))
        self.cells: dict[tuple[str, str], Cell] = {}
        self._steps: dict[tuple[str, str], Step] = {(step.phase, step.title): step for step in plan.steps}
        self._told_by_region = {
            (step.phase, region) for step in plan.steps if isinstance(step, _STACK_SET_STEPS) for region in step.regions
        }
        for step in plan.steps:
            for region in regions_of(step):
                cell = self.cells.setdefault((step.phase, region), Cell())
                cell.steps_count += 1
                if isinstance(step, StackApply | StackSetRollout):
                    cell.resources_planned.update(change.logical_id for change in step.changes)
                if isinstance(step, SpareRollout):
                    # Of a spare's stack AWS tells the end alone, so accounts are counted instead.
                    cell.resources_planned.update(step.accounts)

    def take(self, event: Event) -> None:
        """Fold one event in; an event of a phase or Region that the plan does not know changes nothing."""
        match event:
            case StepStarted():
                self._begin(event.phase, event.step)
            case StepSkipped():
                self._settle(event.phase, event.step, "unchanged")
            case StepEnded():
                self._settle(event.phase, event.step, "done", event.took_seconds)
            case StepFailed():
                self._fail(event.phase, event.step)
            case ResourceMoved():
                self._move(event)
            case RegionSettled():
                self._settle_region(event)
            case GateSampled():
                self._sample(event)
            case UndoStarted():
                self._begin_undo(event)

    def has_turned(self, event: GateSampled) -> bool:
        """Return whether this look, already taken in, was the first of its check, or the first that was good or bad again."""
        return event.check in self.cells.get((event.phase, event.region), Cell()).turned

    def cell_of(self, event: ResourceMoved) -> Cell:
        """Return the cell an event belongs to, an empty one where the plan knows none."""
        return self.cells.get((event.phase, event.region), Cell())

    def is_upload(self, phase: str, title: str) -> bool:
        """Return whether the step is one of many uploads, whose beginnings are not worth a line each."""
        return isinstance(self._steps.get((phase, title)), ArtifactUpload)

    def was_told_by_region(self, phase: str, title: str) -> bool:
        """Return whether the step's only Region has settled by its own word, so that its end says nothing new."""
        cells = self._cells_of(phase, title)
        return len(cells) == 1 and cells[0].is_settled_by_aws

    def _cells_of(self, phase: str, title: str) -> list[Cell]:
        step = self._steps.get((phase, title))
        return [self.cells[phase, region] for region in regions_of(step)] if step else []

    def _begin(self, phase: str, title: str) -> None:
        cells = self._cells_of(phase, title)
        for cell in cells:
            cell.is_settled_by_aws = False
            # A StackSet takes its Regions one after another: which one it is at, only its resources tell.
            if len(cells) == 1:
                cell.state = "running"
            cell.current = ""
            cell.checks.clear()

    def _begin_undo(self, event: UndoStarted) -> None:
        """Add a row that no plan has: where the Regions go back."""
        self.phases = (*self.phases, UNDO_PHASE)
        for region in event.regions:
            self.cells.setdefault((UNDO_PHASE, region), Cell())

    def _sample(self, event: GateSampled) -> None:
        cell = self.cells.get((event.phase, event.region))
        if cell is None:
            return
        cell.state = "running"
        cell.turned.discard(event.check)
        if cell.checks.get(event.check) is not event.is_good:
            cell.turned.add(event.check)
        cell.checks[event.check] = event.is_good
        bad = [check for check, is_good in cell.checks.items() if not is_good]
        cell.current = f"bad: {', '.join(bad)}" if bad else "good"

    def _settle(self, phase: str, title: str, state: Literal["done", "unchanged"], took_seconds: float = 0.0) -> None:
        cells = self._cells_of(phase, title)
        for cell in cells:
            cell.steps_settled.add(title)
            if state == "done":
                cell.steps_done.add(title)
            # The Regions of a StackSet tell their own times when they settle.
            cell.took_seconds += 0.0 if isinstance(self._steps.get((phase, title)), _STACK_SET_STEPS) else took_seconds
            if len(cell.steps_settled) < cell.steps_count:
                cell.state = "running"
            else:
                cell.state = "done" if cell.steps_done else "unchanged"

    def _fail(self, phase: str, title: str) -> None:
        cells = self._cells_of(phase, title)
        if any(cell.state == "failed" for cell in cells):
            return
        for cell in [cell for cell in cells if cell.state == "running"] or cells[:1]:
            cell.state = "failed"

    def _move(self, event: ResourceMoved) -> None:
        cell = self.cells.get((event.phase, event.region))
        if cell is None or cell.state == "failed":
            return
        cell.state = "running"
        if event.resource_type == STACK_TYPE:
            return
        cell.current = event.logical_id
        if event.status.endswith("_COMPLETE"):
            cell.resources_settled.add(event.logical_id)
        if event.status.endswith("_FAILED"):
            cell.state = "failed"

    def _settle_region(self, event: RegionSettled) -> None:
        cell = self.cells.get((event.phase, event.region))
        if cell is None:
            return
        if event.account_id in cell.resources_planned and not went_wrong(event.status):
            cell.resources_settled.add(event.account_id)
            if cell.state == "failed" or cell.resources_planned - cell.resources_settled:
                # One account of several: the others say whether their Region is done.
                return
        cell.state = "failed" if went_wrong(event.status) else "done"
        cell.is_settled_by_aws = True
        if (event.phase, event.region) in self._told_by_region:
            cell.took_seconds = event.took_seconds


def regions_of(step: Step) -> tuple[str, ...]:
    """Return the Regions a step works in, in its own order."""
    if isinstance(step, _STACK_SET_STEPS):
        return step.regions
    if isinstance(step, Gate):
        return tuple(one.region for one in step.regions)
    return (step.region,)


def went_wrong(status: str) -> bool:
    """Return whether a final status of a stack or a stack instance, in AWS's own words, is a failure."""
    return "FAILED" in status or "ROLLBACK" in status or status in {"INOPERABLE", "CANCELLED", "OUTDATED"}
