"""What every result is, twice: one record for machines and one drawing for people.

A view is frozen data with both. A command makes the view; the report decides which of the two is shown.
"""

from __future__ import annotations

from typing import Any, Protocol

from rich.console import RenderableType


class View(Protocol):
    """A result that can be shown."""

    def record(self) -> dict[str, Any]:
        """Return one JSON-ready record; its key `event` names the kind of result."""
        ...

    def drawing(self) -> RenderableType:
        """Return what a person sees."""
        ...
