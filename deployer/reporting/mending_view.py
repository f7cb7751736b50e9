"""What can be mended, shown before it is: each stack with what will be done to it, and what speaks against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.planning.mending import Mending


@dataclass(frozen=True, slots=True, kw_only=True)
class MendingView:
    """A system's mending before it begins."""

    mending: Mending

    def record(self) -> dict[str, Any]:
        """Return every deed and every objection."""
        mending = self.mending
        return {
            "event": "mending_planned",
            "suffix": mending.suffix,
            "account_id": mending.account_id,
            "nothing_to_do": not mending.mends,
            "mends": [
                {
                    "deed": one.deed,
                    "stack_name": one.stack_name,
                    "stack_id": one.stack_id,
                    "region": one.region,
                    "status": one.status,
                    "reason": one.reason,
                }
                for one in mending.mends
            ],
            "objections": [{"summary": one.summary, "hint": one.hint} for one in mending.objections],
        }

    def drawing(self) -> RenderableType:
        """Return a row a stack, and the objections; one line when there is nothing to mend."""
        mending = self.mending
        if not mending.mends:
            return Text(f"No stack of {mending.suffix} is in a status that has to be mended.")
        table = Table(box=None, pad_edge=False, title=Text(f"{mending.suffix} in account {mending.account_id}"), title_justify="left")
        for title in ("stack", "status", "what is done", "why it is so"):
            table.add_column(title, overflow="fold")
        for one in mending.mends:
            table.add_row(Text(f"{one.stack_name} in {one.region}"), Text(one.status, "bold red"), Text(_done(one.deed)), Text(one.reason))
        return Group(table, *(Text.assemble(("in the way: ", "bold red"), f"{one.summary}. {one.hint}") for one in mending.objections))


def _done(deed: str) -> str:
    return {
        "continue the rollback of": "its rollback is continued",
        "roll back": "it is rolled back to its last good state",
        "delete": "it is deleted: it was never finished",
    }[deed]
