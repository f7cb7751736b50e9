"""What differs from what was rolled out: a row for each property of each resource, then what is outdated or diverged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.aws.drift import PropertyDifference, ResourceDrift
from deployer.planning.drift import DriftReport, StackDrift
from deployer.reporting.words import count

# A person looks for what differs; a program reads the whole value.
_VALUE_CHARACTERS_MAX: Final = 160
_GONE: Final = PropertyDifference(path="", expected="the resource", actual="deleted", kind="REMOVE")


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftView:
    """One system's drift."""

    report: DriftReport

    def record(self) -> dict[str, Any]:
        """Return each stack with its differences, and the sentences; `clean` says whether all is as it was rolled out."""
        report = self.report
        return {
            "event": "drift",
            "suffix": report.suffix,
            "account_id": report.account_id,
            "clean": report.is_clean,
            "stacks": [_stack_record(stack) for stack in report.stacks],
            "outdated": list(report.outdated),
            "diverged": list(report.diverged),
            "elsewhere": [asdict(spare) for spare in report.elsewhere],
        }

    def drawing(self) -> RenderableType:
        """Return the table of differences, the sentences and a line on what was compared."""
        report = self.report
        table = Table(box=None, pad_edge=False, title=Text(f"{report.suffix} in account {report.account_id}"), title_justify="left")
        for title in ("stack", "resource", "property", "expected", "actual"):
            table.add_column(title, overflow="fold")
        for row in _rows(report):
            table.add_row(*row)
        told = (
            *(Text.assemble(("outdated: ", "bold yellow"), sentence) for sentence in report.outdated),
            *(Text.assemble(("diverged: ", "bold yellow"), sentence) for sentence in report.diverged),
            *(
                Text.assemble(("not compared: ", "bold yellow"), f"{stack.part} in {stack.region}: {stack.reason}")
                for stack in report.unsure
            ),
            *(Text.assemble(("not looked into: ", "bold yellow"), sentence) for sentence in _elsewhere(report)),
        )
        return Group(*((table,) if report.drifted else ()), *told, Text(sentence_of(report)))


def sentence_of(report: DriftReport) -> str:
    """Return what was compared and how it stands, in one sentence."""
    compared_count = sum(stack.compared_count for stack in report.stacks)
    drifted_count = sum(len(stack.resources) for stack in report.stacks)
    compared = f"{count(compared_count, 'resource')} of {count(len(report.stacks), 'stack')} compared"
    if report.is_clean:
        return f"{compared}: everything is as it was rolled out."
    return f"{compared}: {drifted_count} drifted."


def _elsewhere(report: DriftReport) -> Iterator[str]:
    """Yield what is to be said of other accounts' spares, a line for those of a Region of which the StackSet says the same."""
    alike: dict[tuple[str, str], list[str]] = {}
    for spare in report.elsewhere:
        alike.setdefault((spare.region, spare.drift_status or "NOT_CHECKED"), []).append(spare.account_id)
    for (region, status), accounts in alike.items():
        where = f"account {accounts[0]}" if len(accounts) == 1 else f"{len(accounts)} other accounts"
        yield f"regional in {region} of {where}: not the caller's to compare; its StackSet says {status}"


def _rows(report: DriftReport) -> Iterator[tuple[Text, Text, Text, Text, Text]]:
    """Yield a row a property; a stack and a resource are named where they begin."""
    for stack in report.drifted:
        where = f"{stack.part} in {stack.region}"
        for resource in stack.resources:
            what = f"{resource.logical_id} ({resource.resource_type})"
            for difference in resource.differences or (_GONE,):
                values = (Text(_short(difference.expected), "green"), Text(_short(difference.actual), "red"))
                yield (Text(where, "bold"), Text(what), Text(difference.path), *values)
                where = what = ""


def _short(value: str) -> str:
    return value if len(value) <= _VALUE_CHARACTERS_MAX else f"{value[:_VALUE_CHARACTERS_MAX]}…"


def _stack_record(stack: StackDrift) -> dict[str, Any]:
    return {
        "part": stack.part,
        "stack_name": stack.stack_name,
        "region": stack.region,
        "word": stack.word,
        "compared_count": stack.compared_count,
        "reason": stack.reason,
        "resources": [_resource_record(resource) for resource in (*stack.resources, *stack.unread)],
    }


def _resource_record(resource: ResourceDrift) -> dict[str, Any]:
    return {
        "logical_id": resource.logical_id,
        "physical_id": resource.physical_id,
        "type": resource.resource_type,
        "status": resource.status,
        "reason": resource.reason,
        "differences": [
            {"path": one.path, "kind": one.kind, "expected": one.expected, "actual": one.actual} for one in resource.differences
        ],
    }
