"""What drills came to: the scenarios there are, the verdict on one, rule by rule, and several side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deployer.reporting.words import count

_SIDE_BY_SIDE: Final = (
    ("recovery", "recovered in"),
    ("failed-requests", "failed for good"),
    ("data-loss", "lost"),
    ("one-payment-a-key", "twice"),
    ("split-brain", "both took new ones"),
    ("traffic-stays", "moved"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One rule's judgement in words."""

    rule: str
    sentence: str
    measured: str
    limit: str
    broken: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictView:
    """One drill's verdict. `recovery_seconds` is None when clients saw no loss or no recovery; `files` is what can be looked at."""

    scenario: str
    environment: str
    time_scale: float
    recovery_seconds: float | None
    findings: tuple[FindingRow, ...]
    files: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Tell whether no limit was broken."""
        return not any(row.broken for row in self.findings)

    def record(self) -> dict[str, Any]:
        """Return every finding."""
        findings = [
            {
                "rule": row.rule,
                "sentence": row.sentence,
                "measured": row.measured,
                "limit": row.limit,
                "broken": row.broken,
                "detail": row.detail,
            }
            for row in self.findings
        ]
        return {
            "event": "drilled",
            "scenario": self.scenario,
            "environment": self.environment,
            "passed": self.passed,
            "time_scale": self.time_scale,
            "recovery_seconds": self.recovery_seconds and round(self.recovery_seconds, 1),
            "findings": findings,
            "files": list(self.files),
        }

    def drawing(self) -> RenderableType:
        """Return a row a rule, broken ones in red with their examples, and the verdict below."""
        table = Table(title=f"{self.scenario} in {self.environment}", title_justify="left", title_style="bold")
        for name in ("", "rule", "measured", "limit"):
            table.add_column(name, overflow="fold")
        for row in self.findings:
            style = "red" if row.broken else ""
            told = Group(Text(row.sentence), Text(row.detail, "dim")) if row.broken and row.detail else Text(row.sentence)
            table.add_row(Text("✗" if row.broken else "✓", style or "green"), told, Text(row.measured, style), row.limit)
        return Group(table, *(Text(one) for one in self._lines()))

    def _lines(self) -> tuple[str, ...]:
        broken = sum(1 for row in self.findings if row.broken)
        scaled = f" Time was scaled: seconds are measured ones times {self.time_scale:g}." if self.time_scale != 1 else ""
        recovered = f", recovered in {self.recovery_seconds:.1f} s" if self.recovery_seconds is not None else ""
        verdict = f"broke {count(broken, 'limit')}" if broken else "kept every limit"
        return (f"{self.scenario}: {verdict}{recovered}.{scaled}", *(f"Look at {one}" for one in self.files))


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillsView:
    """Several drills side by side, a row each: what was measured of those rules that every drill has."""

    verdicts: tuple[VerdictView, ...]

    def record(self) -> dict[str, Any]:
        """Return each drill with what was measured, by rule."""
        return {
            "event": "drills",
            "drills": [
                {"scenario": one.scenario, "passed": one.passed, "time_scale": one.time_scale, "measured": dict(self._measured(one))}
                for one in self.verdicts
            ],
        }

    def drawing(self) -> RenderableType:
        """Return a row a drill, broken ones in red with the rules they broke."""
        table = Table(title="What was measured", title_justify="left", title_style="bold")
        for name in ("", "scenario", *(title for _, title in _SIDE_BY_SIDE), "broken"):
            table.add_column(name, overflow="fold")
        for one in self.verdicts:
            broken = ", ".join(row.rule for row in one.findings if row.broken)
            cells = (measured for _, measured in self._measured(one))
            table.add_row(Text("✓" if one.passed else "✗", "green" if one.passed else "red"), one.scenario, *cells, Text(broken, "red"))
        return table

    def _measured(self, verdict: VerdictView) -> tuple[tuple[str, str], ...]:
        by_rule = {row.rule: row.measured for row in verdict.findings}
        return tuple((rule, by_rule.get(rule, "")) for rule, _ in _SIDE_BY_SIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioListView:
    """The scenarios that can be drilled: (name, purpose, seconds)."""

    scenarios: tuple[tuple[str, str, float], ...]

    def record(self) -> dict[str, Any]:
        """Return them by name."""
        return {
            "event": "scenarios",
            "scenarios": [{"name": name, "purpose": purpose, "seconds": seconds} for name, purpose, seconds in self.scenarios],
        }

    def drawing(self) -> RenderableType:
        """Return a row a scenario."""
        table = Table(title="Scenarios", title_justify="left", title_style="bold")
        table.add_column("name", no_wrap=True)
        table.add_column("proves", overflow="fold")
        table.add_column("seconds", justify="right")
        for name, purpose, seconds in self.scenarios:
            table.add_row(name, purpose, f"{seconds:.0f}")
        return table
