"""A plan as Markdown that fits a pull-request comment: a table of steps, then what each of them changes, folded away."""

from __future__ import annotations

from collections.abc import Iterator

from deployer.planning.gates import Gate
from deployer.planning.plan import ArtifactUpload, RolloutPlan, StackApply, StackRemoval, StackSetRemoval, StackSetRollout
from deployer.planning.spares import SpareRollout
from deployer.reporting.plan_view import (
    action_word,
    bounds_sentence,
    grouped,
    heading,
    kept_sentences,
    same_as_earlier,
    spares_sentence,
    verdict,
)
from deployer.reporting.words import count, short_digests, value_text


def plan_markdown(plan: RolloutPlan, *, matrix_follows: bool = False) -> str:
    """Return the plan as GitHub-flavoured Markdown ending in a newline; the same plan gives the same text.

    Which resources change is left to the matrix when one follows.
    """
    lines = [f"### {heading(plan)}", "", verdict(plan), ""]
    lines += [f"> **In the way:** {_cell(blocker.summary)} {_cell(blocker.hint)}" for blocker in plan.blockers]
    if plan.blockers:
        lines.append("")
    lines += ["| phase | action | what | why |", "|---|---|---|---|", *_rows(plan)]
    for step in () if matrix_follows else plan.steps_to_do:
        if isinstance(step, StackApply | StackSetRollout) and (step.changes or step.parameters) and not same_as_earlier(plan, step):
            lines += ["", *_details(step)]
    return "\n".join(lines) + "\n"


def _rows(plan: RolloutPlan) -> Iterator[str]:
    for steps in grouped(plan.steps):
        first = steps[0]
        title = short_digests(first.title)
        if len(steps) > 1 and isinstance(first, ArtifactUpload):
            title = f"{len(steps)} packages to {first.region}"
        bounds = (bounds_sentence(first),) if isinstance(first, Gate) and first.action != "none" else ()
        if isinstance(first, SpareRollout) and first.action != "none":
            bounds = (spares_sentence(first),)
        why = [first.reason, *bounds, *(kept_sentences(first) if isinstance(first, StackRemoval | StackSetRemoval) else ())]
        yield f"| {first.phase} | {action_word(first)} | {_cell(title)} | {_cell('; '.join(why))} |"


def _details(step: StackApply | StackSetRollout) -> Iterator[str]:
    yield f"<details><summary>{step.title}: {count(len(step.changes), 'resource change')}</summary>"
    yield ""
    if step.changes:
        yield "| change | resource | type | properties |"
        yield "|---|---|---|---|"
    for change in step.changes:
        yield f"| {change.action} | `{change.logical_id}` | {change.resource_type} | {_cell(', '.join(change.paths))} |"
    if step.parameters:
        yield ""
        yield "| parameter | value |"
        yield "|---|---|"
    for parameter in step.parameters:
        yield f"| `{parameter.name}` | {_cell(value_text(parameter.value))} |"
    yield ""
    yield "</details>"


def _cell(text: str) -> str:
    """A bar would end the cell and a line break the row."""
    return " ".join(text.replace("|", "\\|").split())
