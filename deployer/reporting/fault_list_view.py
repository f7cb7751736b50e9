"""What is broken of the embedded AWS at the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

_DETAILS: Final = ("peer", "service", "rate", "latency_seconds")
# What there is to say of a fault beside its id, in this order.
SHOWN: Final = ("kind", "region", *_DETAILS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultListView:
    """Faults in force, each with fault_id and kind, and those of region, peer, service, rate and latency_seconds that count."""

    faults: tuple[dict[str, Any], ...]

    def record(self) -> dict[str, Any]:
        """Return the faults as they are."""
        return {"event": "faults", "faults": list(self.faults)}

    def drawing(self) -> RenderableType:
        """Return a table, or a sentence when nothing is broken."""
        if not self.faults:
            return Text("Nothing is broken.")
        table = Table(box=None, pad_edge=False)
        for heading in ("id", "kind", "Region", "details"):
            table.add_column(heading, overflow="fold")
        for fault in self.faults:
            details = ", ".join(f"{name.replace('_', ' ')} {fault[name]}" for name in _DETAILS if name in fault)
            table.add_row(fault["fault_id"], fault["kind"], fault.get("region", ""), details)
        return table
