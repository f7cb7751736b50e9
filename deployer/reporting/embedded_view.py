"""The embedded AWS of this machine: how it is reached, what it only records, and the shell lines that make tools find it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.reporting.fault_list_view import SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedView:
    """The embedded AWS of this machine; `inert` names what is recorded but does nothing.

    Each of those has logical_id, type, stack, region and physical_id. `way_in` is a shell line that reaches an API, or empty. `faults` are
    those of `FaultListView`; `replication` has lag_seconds as (Region, seconds), backlogs as (from, to, writes, seconds waited), behind as
    (table, Region, writes) and copies as (from, to, copies).
    """

    endpoint: str
    dns: str | None
    ca_bundle: str
    edges: tuple[tuple[str, str], ...]
    pid: int
    account_id: str
    inert: tuple[dict[str, str], ...] = ()
    faults: tuple[dict[str, Any], ...] = ()
    replication: dict[str, Any] = field(default_factory=dict)
    way_in: str = ""

    def record(self) -> dict[str, Any]:
        """Return how to reach it; `edges` maps a Region to `address:port`."""
        return {
            "event": "embedded_aws",
            "running": True,
            "endpoint": self.endpoint,
            "dns": self.dns,
            "ca_bundle": self.ca_bundle,
            "edges": dict(self.edges),
            "pid": self.pid,
            "account_id": self.account_id,
            "inert": list(self.inert),
            "faults": list(self.faults),
            "replication": self.replication,
        }

    def drawing(self) -> RenderableType:
        """Return the addresses, what is broken and waits, the inert resources as a table and a curl line that works."""
        facts = Table.grid(padding=(0, 2))
        facts.add_column(no_wrap=True)
        facts.add_column(overflow="fold")
        for name, value in (
            ("endpoint", self.endpoint),
            *((f"edge {region}", address) for region, address in self.edges),
            ("name server", self.dns or "none"),
            ("trusted CA", self.ca_bundle),
            ("account", self.account_id),
            ("process", str(self.pid)),
            *self._replication_facts(),
            *((f"broken: {fault['fault_id']}", " ".join(str(fault[name]) for name in SHOWN if name in fault)) for fault in self.faults),
        ):
            facts.add_row(name, value)
        parts: list[RenderableType] = [facts]
        if self.inert:
            table = Table(box=None, pad_edge=False, title=Text("\nRecorded, but without behaviour here"), title_justify="left")
            for heading in ("resource type", "logical id", "Region"):
                table.add_column(heading, overflow="fold")
            for resource in self.inert:
                table.add_row(resource["type"], resource["logical_id"], resource["region"])
            parts.append(table)
        if self.way_in:
            parts.append(Text(f"\nTalk to it: {self.way_in}"))
        return Group(*parts)

    def _replication_facts(self) -> tuple[tuple[str, str], ...]:
        """Return the lag of each Region's writes, and what waits."""
        told = self.replication
        lags = ", ".join(f"{seconds:g} s from {region}" for region, seconds in told.get("lag_seconds", ()))
        waits = [f"{count} from {source} to {target} for {waited:.0f} s" for source, target, count, waited in told.get("backlogs", ())]
        copies = [f"{count} from {source} to {target}" for source, target, count in told.get("copies", ())]
        waits += [f"{region} does not know of {count} in {table}" for table, region, count in told.get("behind", ())]
        facts = (("replication lag", lags), ("writes waiting", "; ".join(waits)), ("copies waiting", "; ".join(copies)))
        return tuple((name, words) for name, words in facts if words)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoEmbeddedView:
    """That no embedded AWS runs."""

    def record(self) -> dict[str, Any]:
        """Return the same keys as a running one, empty."""
        empty: dict[str, Any] = {
            "endpoint": None,
            "dns": None,
            "ca_bundle": None,
            "edges": {},
            "pid": None,
            "account_id": None,
            "inert": [],
            "faults": [],
            "replication": {},
        }
        return {"event": "embedded_aws", "running": False, **empty}

    def drawing(self) -> RenderableType:
        """Return one sentence with the way to start it."""
        return Text("No embedded AWS runs in this folder; `deployer local start` starts one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """Variables as (name, value) pairs that a POSIX shell is to set."""

    variables: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        """Return the variables by name."""
        return {"event": "environment", "variables": dict(self.variables)}

    def drawing(self) -> RenderableType:
        """Return one `export` line a variable, quoted for the shell."""
        lines = (f"export {name}={shlex.quote(value)}" for name, value in self.variables)
        return Text("\n".join(lines))
