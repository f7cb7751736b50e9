"""The rule pack as cfn-lint runs it: its rules, and what they object to in a body."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.context.parameters import ParameterSet
from cfnlint.decode.decode import decode_str
from cfnlint.match import Match
from cfnlint.rules import Rules
from cfnlint.runner import Runner

from deployer.rules import FOLDER
from tests.support.source_tree import ROOT

REGIONS: Final = ("us-east-1", "us-east-2")
TEMPLATES: Final = ROOT / "tests" / "unit" / "rules" / "templates"


@cache
def pack() -> Any:
    """Return the rules of the pack, by id."""
    return Rules.create_from_directory(str(FOLDER))


def objections(body: str, **how: Any) -> list[str]:
    """Return the ids of the pack's rules that object to a body, each once, sorted."""
    return sorted({match.rule.id for match in findings(body, **how)} & set(pack()))


def findings(
    body: str,
    *,
    regions: tuple[str, ...] = REGIONS,
    options: dict[str, dict[str, Any]] | None = None,
    parameters: dict[str, str] | None = None,
) -> list[Match]:
    """Return what cfn-lint finds in a body with the pack appended; `options` by rule id, `parameters` as given for a stack."""
    given = [ParameterSet(source=None, parameters=parameters)] if parameters else []
    runner = _runner()
    runner.config = ConfigMixIn([], **ManualArgs(regions=list(regions), configure_rules=options or {}, parameters=given))
    template, mistakes = decode_str(body)

    assert not mistakes, mistakes
    return list(runner.validate_template(template))


@cache
def _runner() -> Runner:
    """Return cfn-lint with the pack: reading all its rules takes most of a second, and they keep nothing between runs."""
    return Runner(ConfigMixIn(["--append-rules", str(FOLDER)]))
