"""cfn-lint as a gate that is passed once for each set of templates: the verdict on unchanged bodies is remembered below build/.

Linting is by far the slowest stage before AWS is asked, and its answer depends on the bodies, the Regions, cfn-lint and the
project's own rules alone.
Only a verdict without errors is remembered.
"""

from __future__ import annotations

import json
from hashlib import sha256
from importlib.metadata import version
from typing import TYPE_CHECKING

from deployer.rules import FOLDER, pack_digest
from deployer.vocabulary.errors import InputRefused, Mistake

if TYPE_CHECKING:
    from pathlib import Path

    from deployer.cli.rooms import Rooms
    from deployer.rendering.rendered import RenderedSystem


def lint_once(rooms: Rooms, system: RenderedSystem, regions: tuple[str, ...], build: Path, *, rules: Path = FOLDER) -> tuple[str, ...]:
    """Return cfn-lint's remarks; raises InputRefused with every error. A verdict that cannot be read counts as none.

    `rules` is the folder of the project's own rules: a verdict that other rules gave counts as none, too.
    """
    verdict_file = build / "lint.json"
    question = _question(system, regions, rules)
    remembered = _remembered(verdict_file, question)
    if remembered is not None:
        return remembered
    findings = rooms.lint(system, regions)
    errors = tuple(
        Mistake(place=str(build / finding.place), sentence=f"{finding.rule_id} {finding.sentence}")
        for finding in findings
        if finding.severity == "error"
    )
    if errors:
        raise InputRefused("cfn-lint refuses the templates", errors, hint="Correct the parts below templates/ that they come from.")
    remarks = tuple(str(finding) for finding in findings)
    verdict_file.parent.mkdir(parents=True, exist_ok=True)
    verdict_file.write_text(json.dumps({"question": question, "remarks": remarks}, indent=2) + "\n", encoding="utf-8")
    return remarks


def _question(system: RenderedSystem, regions: tuple[str, ...], rules: Path) -> str:
    templates = (system.bootstrap.digest, system.regional.digest, system.global_.digest)
    return sha256("\n".join((version("cfn-lint"), pack_digest(rules), *templates, *regions)).encode()).hexdigest()


def _remembered(verdict_file: Path, question: str) -> tuple[str, ...] | None:
    try:
        verdict = json.loads(verdict_file.read_text(encoding="utf-8"))
        return tuple(verdict["remarks"]) if verdict["question"] == question else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
