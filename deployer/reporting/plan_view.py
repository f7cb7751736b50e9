"""A plan before it is performed, for three readers: a person at a terminal, a program, and a pull request.

All three show the same plan: phase by phase what is created, updated, deleted or left alone, which resources that
changes, with which parameters (those not known yet say after what they will be), and what stands in the way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.planning.gates import Gate
from deployer.planning.plan import (
    ArtifactUpload,
    BucketEmptying,
    ResourceChange,
    RolloutClosing,
    RolloutOpening,
    RolloutPlan,
    StackApply,
    StackRemoval,
    StackSetRemoval,
    StackSetRollout,
    Step,
)
from deployer.planning.spares import SpareRollout
from deployer.reporting.words import count, duration, short_digests, value_text
from deployer.vocabulary.values import OutputOf

_COLOURS: Final = {
    "create": "green", "update": "yellow", "delete": "red", "none": "dim", "check": "cyan", "open": "cyan", "close": "cyan",
    "Add": "green", "Modify": "yellow", "Remove": "red",
}  # fmt: skip
_KINDS_SHOWN_MAX: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """A plan to be shown; `details` adds every parameter and every resource of a new stack to what a person sees; which resources change
    is left to the matrix when `matrix_follows`."""

    plan: RolloutPlan
    details: bool = False
    matrix_follows: bool = False

    def record(self) -> dict[str, Any]:
        """Return the plan without its template bodies; each step has its `kind`, title and fields."""
        return {
            "event": "plan_made",
            "plan_id": self.plan.plan_id,
            "intent": self.plan.intent,
            "suffix": self.plan.suffix,
            "account_id": self.plan.account_id,
            "home_region": self.plan.home_region,
            "steps_to_do_count": len(self.plan.steps_to_do),
            "steps": [_step_record(step) for step in self.plan.steps],
            "blockers": [asdict(blocker) for blocker in self.plan.blockers],
        }

    def drawing(self) -> RenderableType:
        """Return the steps as a grid of phase, action and what, then the blockers and one sentence that sums up."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold", ratio=1)
        phase = ""
        for phase_now, action, lines in self._rows():
            grid.add_row(Text("" if phase_now == phase else phase_now, "bold"), Text(action, _COLOURS[action]), Group(*lines))
            phase = phase_now
        blockers = [_blocker_text(blocker.summary, blocker.hint) for blocker in self.plan.blockers]
        return Group(Text(heading(self.plan), "bold"), grid, *blockers, Text(verdict(self.plan)))

    def _rows(self) -> Iterator[tuple[str, str, list[Text]]]:
        for steps in grouped(self.plan.steps):
            first = steps[0]
            if len(steps) > 1 and isinstance(first, ArtifactUpload):
                names = ", ".join(short_digests(step.key) for step in steps if isinstance(step, ArtifactUpload))
                title = Text.assemble(f"{len(steps)} packages to {first.region}", ("" if first.action == "none" else f": {names}", "dim"))
            else:
                title = Text(short_digests(first.title))
            yield first.phase, action_word(first), [title, *self._detail_lines(first)]

    def _detail_lines(self, step: Step) -> Iterator[Text]:
        if step.action == "none":
            return
        if isinstance(step, BucketEmptying):
            goes = f"{count(step.objects_count, 'object version')} will be deleted for good"
            yield Text(goes, "red") if step.objects_count else Text("it is empty", "dim")
        elif step.reason:
            yield Text(step.reason, "dim")
        if isinstance(step, Gate):
            yield Text(bounds_sentence(step), "dim")
        if isinstance(step, SpareRollout):
            yield Text(spares_sentence(step), "dim")
        if isinstance(step, StackRemoval | StackSetRemoval):
            yield from (Text(sentence, "green") for sentence in kept_sentences(step))
        if not isinstance(step, StackApply | StackSetRollout) or self.matrix_follows:
            return
        if wave := same_as_earlier(self.plan, step):
            yield Text(f"the same {count(len(step.changes), 'resource change')} as to {', '.join(wave.regions)}", "dim")
            return
        if step.action == "create" and not self.details:
            yield Text(summary_of(step.changes), "green")
        else:
            yield from map(_change_text, step.changes)
        for parameter in step.parameters:
            if self.details or isinstance(parameter.value, OutputOf):
                yield Text(f"with {parameter.name} = {value_text(parameter.value)}", "dim")


def same_as_earlier(plan: RolloutPlan, step: StackApply | StackSetRollout) -> StackSetRollout | None:
    """Return the earlier wave whose changes and parameters this one repeats, None when there is none."""
    for other in plan.steps_to_do:
        if other is step:
            return None
        if (
            isinstance(step, StackSetRollout)
            and isinstance(other, StackSetRollout)
            and (other.phase, other.changes, other.parameters) == (step.phase, step.changes, step.parameters)
        ):
            return other
    return None


def spares_sentence(step: SpareRollout) -> str:
    """Return which accounts a wave of spares reaches, how many at a time, and what tells them from the pair."""
    own = ", ".join(f"{name} = {value}" for name, value in step.overrides)
    accounts = ", ".join(f"{account} (new)" if account in step.new_accounts else account for account in step.accounts)
    return f"accounts {accounts}; {step.concurrent_count} at a time" + (f"; with {own} of their own" if own else "")


def kept_sentences(step: StackRemoval | StackSetRemoval) -> list[str]:
    """Return a line for each resource that a removal leaves standing."""
    return [f"keeps {kept.logical_id} ({kept.resource_type}) in {kept.region}" for kept in step.keeps]


def bounds_sentence(gate: Gate) -> str:
    """Return what has to be good at a gate, for how long, and within which time."""
    return f"{', '.join(gate.checks)} good for {duration(gate.burn_in_seconds)} on end, within {duration(gate.seconds_max)}"


def heading(plan: RolloutPlan) -> str:
    """Return the plan's first line: what is meant, where, and the plan's short id."""
    return f"Plan {plan.plan_id[:12]}: {plan.intent} of {plan.suffix} in account {plan.account_id}, steered from {plan.home_region}"


def verdict(plan: RolloutPlan) -> str:
    """Return one sentence that sums the plan up."""
    if plan.blockers:
        return f"{count(len(plan.blockers), 'thing')} in the way; nothing can be done before."
    if not plan.steps_to_do:
        return "Nothing to do."
    of_record = sum(isinstance(step, RolloutOpening | RolloutClosing) for step in plan.steps_to_do)
    actions = Counter(step.action for step in plan.steps_to_do if not isinstance(step, RolloutOpening | RolloutClosing))
    parts = [f"{number} {action}" for action, number in actions.items()] + ([f"{of_record} for the record"] if of_record else [])
    return f"{count(len(plan.steps_to_do), 'step')} to do: {', '.join(parts)}."


def action_word(step: Step) -> str:
    """Return what a person reads of a step's action: the record is no resource, so it is opened and closed, not created and deleted."""
    if step.action != "none" and isinstance(step, RolloutOpening):
        return "open"
    if step.action != "none" and isinstance(step, RolloutClosing):
        return "close"
    return step.action


def grouped(steps: tuple[Step, ...]) -> list[list[Step]]:
    """Return the steps in order, uploads of one phase, Region and action together where the first of them stands, others alone."""
    groups: dict[object, list[Step]] = {}
    for index, step in enumerate(steps):
        key = (step.phase, step.region, step.action) if isinstance(step, ArtifactUpload) else index
        groups.setdefault(key, []).append(step)
    return list(groups.values())


def summary_of(changes: tuple[ResourceChange, ...]) -> str:
    """Return the resources of a new stack in one line: how many, and how many of each type, most frequent first."""
    if not changes:
        return "no resources"
    kinds = Counter(change.resource_type.removeprefix("AWS::") for change in changes)
    most_frequent = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    named = [f"{number} {kind}" for kind, number in most_frequent[:_KINDS_SHOWN_MAX]]
    others = sum(number for _, number in most_frequent[_KINDS_SHOWN_MAX:])
    return f"{count(len(changes), 'resource')}: {', '.join(named)}" + (f" and {others} more" if others else "")


def _change_text(change: ResourceChange) -> Text:
    return Text.assemble(
        (f"{change.action:6} ", _COLOURS[change.action]),
        change.logical_id,
        (f" ({change.resource_type})", "dim"),
        f" {', '.join(change.paths)}" if change.paths else "",
    )


def _blocker_text(summary: str, hint: str) -> Text:
    return Text.assemble(("in the way: ", "bold red"), summary, f"\n  {hint}" if hint else "")


def _step_record(step: Step) -> dict[str, Any]:
    fields = asdict(step)
    if isinstance(step, StackApply | StackSetRollout):
        fields["parameters"] = [
            {"name": parameter.name, "value": value_text(parameter.value), "known": isinstance(parameter.value, str)}
            for parameter in step.parameters
        ]
    return {"kind": type(step).__name__, "title": step.title, **fields}
