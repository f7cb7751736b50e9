"""A verdict is remembered for as long as what gave it stays the same."""

from __future__ import annotations

from pathlib import Path

from deployer.cli.lint_gate import lint_once
from tests.support.command_line import FakeRooms
from tests.support.surveys import a_system

REGIONS = ("us-east-1", "us-east-2")


def test_changed_rules_are_asked_again(tmp_path: Path) -> None:
    """Templates that passed yesterday's rules have not passed today's."""
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "rule.py").write_text("x = 1\n")
    first, second, third = FakeRooms(), FakeRooms(), FakeRooms()
    lint_once(first, a_system(), REGIONS, tmp_path, rules=rules)
    lint_once(second, a_system(), REGIONS, tmp_path, rules=rules)
    (rules / "rule.py").write_text("x = 2\n")

    lint_once(third, a_system(), REGIONS, tmp_path, rules=rules)

    assert (first.asked, second.asked, third.asked) == (["lint"], [], ["lint"])


def test_other_regions_are_asked_again(tmp_path: Path) -> None:
    """A type may be absent in one of them."""
    first, second = FakeRooms(), FakeRooms()
    lint_once(first, a_system(), REGIONS, tmp_path)

    lint_once(second, a_system(), ("us-east-1", "eu-west-1"), tmp_path)

    assert second.asked == ["lint"]
