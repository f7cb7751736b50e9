"""Small results: named values such as a system's outputs, what `check` found, files that were written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from deployer.reporting.words import count


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputsView:
    """A system's outputs as (name, value) pairs, in the order they are shown."""

    outputs: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        """Return the outputs by name."""
        return {"event": "outputs", "outputs": dict(self.outputs)}

    def drawing(self) -> RenderableType:
        """Return one line an output, values aligned and never cut."""
        width = max((len(name) for name, _ in self.outputs), default=0)
        return Text("\n".join(f"{name:{width}}  {value}" for name, value in self.outputs))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedView:
    """What `check` found: findings that do not stop a roll-out, the failover sum, and the sum for an operator's move."""

    path: str
    recovery_sentence: str
    recovery_seconds: int
    recovery_seconds_max: int
    move_sentence: str
    move_seconds: int
    findings: tuple[str, ...] = ()

    def record(self) -> dict[str, Any]:
        """Return the figures and findings."""
        return {
            "event": "checked",
            "path": self.path,
            "recovery_seconds": self.recovery_seconds,
            "recovery_seconds_max": self.recovery_seconds_max,
            "recovery_sum": self.recovery_sentence,
            "move_seconds": self.move_seconds,
            "move_sum": self.move_sentence,
            "findings": list(self.findings),
        }

    def drawing(self) -> RenderableType:
        """Return the sum, the findings and the verdict."""
        bound = f"(at most {self.recovery_seconds_max} s)"
        return Group(
            Text(f"Failover, worst case: {self.recovery_sentence} {bound}"),
            Text(f"Moved by hand, worst case: {self.move_sentence}"),
            *(Text(finding, "yellow") for finding in self.findings),
            Text(f"{self.path} is good to roll out" + (f"; {count(len(self.findings), 'remark')}." if self.findings else ".")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesView:
    """Files that were written, with the digest of each."""

    files: tuple[tuple[str, str], ...]

    def record(self) -> dict[str, Any]:
        """Return path and SHA-256 of every file."""
        return {"event": "rendered", "files": [{"path": path, "sha256": digest} for path, digest in self.files]}

    def drawing(self) -> RenderableType:
        """Return one line a file."""
        return Text("\n".join(f"{digest[:12]}  {path}" for path, digest in self.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class RetainedView:
    """Resources that outlived their stacks because they are to be kept: (type, physical id, Region)."""

    resources: tuple[tuple[str, str, str], ...]

    def record(self) -> dict[str, Any]:
        """Return every resource that was kept."""
        kept = [{"type": kind, "physical_id": physical_id, "region": region} for kind, physical_id, region in self.resources]
        return {"event": "retained", "resources": kept}

    def drawing(self) -> RenderableType:
        """Return one line a resource, and what to do about it."""
        lines = [f"  {physical_id or 'unnamed'} ({kind}) in {region}" for kind, physical_id, region in self.resources]
        return Text("\n".join(("Kept, as retention.on_tear_down asks; delete by hand what is no longer needed:", *lines)))
