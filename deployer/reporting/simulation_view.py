"""What a simulation found: a row for each load, and where the page is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationRow:
    """One load. Recovery in seconds (infinite: not within the time watched); `given_up_share` of the payments wanted meanwhile."""

    payments_per_second: float
    limits: str
    median_seconds: float
    p95_seconds: float
    p99_seconds: float
    worst_seconds: float
    given_up_share: float
    unrecovered_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationView:
    """A whole study: what was lost how, how often, and what came of it."""

    environment: str
    fault: str
    trials: int
    seed: int
    recovery_seconds_max: int
    rows: tuple[SimulationRow, ...]
    page: str

    def record(self) -> dict[str, Any]:
        """Return every figure; null is a recovery that did not come."""
        return {
            "event": "simulated",
            "environment": self.environment,
            "fault": self.fault,
            "trials": self.trials,
            "seed": self.seed,
            "recovery_seconds_max": self.recovery_seconds_max,
            "rows": [
                {
                    "payments_per_second": row.payments_per_second,
                    "limits": row.limits,
                    "recovery_seconds": {
                        name: _finite(value)
                        for name, value in (
                            ("median", row.median_seconds),
                            ("p95", row.p95_seconds),
                            ("p99", row.p99_seconds),
                            ("worst", row.worst_seconds),
                        )
                    },
                    "given_up_share": round(row.given_up_share, 6),
                    "unrecovered_count": row.unrecovered_count,
                }
                for row in self.rows
            ],
            "page": self.page,
        }

    def drawing(self) -> RenderableType:
        """Return the table, red where the bound is not kept."""
        title = f"{self.trials:,} losses of the primary Region ({self.fault}): recovery as clients see it, in seconds"
        table = Table(title=title, title_justify="left", title_style="bold")
        for name in ("payments/s", "limits"):
            table.add_column(name, justify="right" if name == "payments/s" else "left")
        for name in ("median", "p95", "p99", "worst", "given up", "no recovery"):
            table.add_column(name, justify="right")
        for row in self.rows:
            figures = (row.median_seconds, row.p95_seconds, row.p99_seconds, row.worst_seconds)
            table.add_row(
                f"{row.payments_per_second:,.0f}",
                row.limits,
                *(Text(_told(one), "red" if one > self.recovery_seconds_max else "") for one in figures),
                f"{row.given_up_share:.1%}",
                f"{row.unrecovered_count:,}",
            )
        bound = f"Bound: {self.recovery_seconds_max} s (failover.recovery_seconds_max). Seed {self.seed}."
        return Group(table, Text(bound), Text(f"Chart and assumptions: {self.page}"))


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else round(value, 1)


def _told(value: float) -> str:
    return "never" if math.isinf(value) else f"{value:.1f}"
