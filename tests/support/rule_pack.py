"""The rule pack as cfn-lint runs it: its rules, and what they object to in a body."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from cfnlint.config import ConfigMixIn, ManualArgs
from cfnlint.context.parameters import ParameterSet
from cfnlint.decode.decode import decode_str
from cfnlint.match import Match
from cfnlint.rules import Rules
from cfnlint.rules.errors import RuleError
from cfnlint.runner import Runner, run_template_by_data

from deployer.rules import FOLDER
from tests.support.source_tree import ROOT

REGIONS: Final = ("us-east-1", "us-east-2")
TEMPLATES: Final = ROOT / "tests" / "unit" / "rules" / "templates"


@cache
def pack() -> Any:
    """Return the rules of the pack, by id."""
    return Rules.create_from_directory(str(FOLDER))


def objections(body: str, **how: Any) -> list[str]:
    """Return the ids of the pack's rules that object to a body, each once, sorted; cfn-lint's own rules are not asked.

    E0002 among them is a rule that raised.
    """
    return sorted({match.rule.id for match in _found(body, _pack_alone(), **how)})


def findings(body: str, **how: Any) -> list[Match]:
    """Return what cfn-lint finds in a body with the pack appended."""
    return _found(body, _all_rules(), **how)


def _found(
    body: str,
    rules: Any,
    *,
    regions: tuple[str, ...] = REGIONS,
    options: dict[str, dict[str, Any]] | None = None,
    parameters: dict[str, str] | None = None,
) -> list[Match]:
    """`options` are the rules' own, by id; `parameters` the values given for a stack."""
    given = [ParameterSet(source=None, parameters=parameters)] if parameters else []
    template, mistakes = decode_str(body)

    assert not mistakes, mistakes
    config = ConfigMixIn([], **ManualArgs(regions=list(regions), configure_rules=options or {}, parameters=given))
    return list(run_template_by_data(template, config, rules))


@cache
def _pack_alone() -> Rules:
    """Return the pack's rules, and the one that tells of a rule that raised: cfn-lint hides findings of rules it does not have."""
    rules = Rules(pack())
    rules.register(RuleError())
    return rules


@cache
def _all_rules() -> Rules:
    """Return cfn-lint's rules and the pack's: reading them takes most of a second, and they keep nothing between runs."""
    return Runner(ConfigMixIn(["--append-rules", str(FOLDER)])).rules


def good(name: str, *changes: tuple[str, str]) -> str:
    """Return a rule's good template with texts put in the place of others; each of them is there."""
    body = (TEMPLATES / name / "good.yaml").read_text("utf-8")
    for old, new in changes:
        assert old in body, old
        body = body.replace(old, new)
    return body
