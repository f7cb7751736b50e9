"""The lint gate: cfn-lint and the project's own rules over the rendered bodies, in the Regions the parameters name, down to the
informational level.

Only `check` and `roll-out` need it, and importing cfn-lint takes a second, so it is imported when the gate is used. Findings are
facts; whether they end a command is the caller's decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, Literal

from deployer.rendering.rendered import RenderedSystem, RenderedTemplate
from deployer.rules import FOLDER

Severity = Literal["error", "warning", "informational"]

_SEVERITIES: Final[dict[str, Severity]] = {"E": "error", "W": "warning", "I": "informational"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing cfn-lint objects to: `place` is `kind.yaml:line` of the rendered body, `path` the element's path in it."""

    rule_id: str
    severity: Severity
    place: str
    path: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.place}: {self.rule_id} {self.sentence}"


def lint_system(system: RenderedSystem, regions: Iterable[str]) -> tuple[Finding, ...]:
    """Return what cfn-lint finds in the three bodies, in the order of files and lines; empty when they are clean."""
    wanted = sorted(set(regions))
    return tuple(finding for template in (system.bootstrap, system.regional, system.global_) for finding in lint_template(template, wanted))


def lint_template(template: RenderedTemplate, regions: list[str]) -> tuple[Finding, ...]:
    """Return what cfn-lint finds in one body for these Regions, ordered by line and rule."""
    from cfnlint.api import ManualArgs, lint

    matches = lint(template.body, config=ManualArgs(include_checks=["I"], regions=regions, append_rules=[str(FOLDER)]))
    findings = {_finding(template, match): match.linenumber for match in matches}
    return tuple(sorted(findings, key=lambda finding: (findings[finding], finding.rule_id, finding.sentence)))


def _finding(template: RenderedTemplate, match: Any) -> Finding:
    return Finding(
        rule_id=match.rule.id,
        severity=_SEVERITIES.get(match.rule.id[:1], "error"),
        place=f"{template.kind}.yaml:{match.linenumber}",
        path="/".join(str(part) for part in getattr(match, "path", None) or ()),
        sentence=match.message,
    )
