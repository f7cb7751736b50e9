"""A record read back is the record that was written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from deployer.drill.record_file import read_record_file, record_text
from deployer.drill.verdict import judge
from deployer.vocabulary.errors import InputRefused
from tests.support.drill_records import a_lookup, a_record, answered, limits

RECORD = replace(
    a_record(30, unknown=frozenset({6})), lookups=(a_lookup(1, 3.5, answered(1, 3.5, "us-east-1")),), unasked=(("audit", "us-east-2"),)
)
VERDICT = judge(RECORD, limits())


def test_record_and_verdict_survive_the_file(tmp_path: Path) -> None:
    """Nothing is rounded, dropped or made up."""
    path = tmp_path / "record.json"
    path.write_text(record_text(RECORD, VERDICT))

    assert read_record_file(path) == (RECORD, VERDICT)


def test_silent_witness_is_not_an_empty_one(tmp_path: Path) -> None:
    """None and nothing stay two things."""
    path = tmp_path / "record.json"
    path.write_text(record_text(replace(RECORD, ledger=None, audit=()), VERDICT))
    record, _ = read_record_file(path)

    assert (record.ledger, record.audit) == (None, ())


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda told: told | {"version": 2}, id="another version"),
        pytest.param(lambda told: told | {"record": told["record"] | {"colour": "red"}}, id="unknown field"),
        pytest.param(lambda told: told | {"record": told["record"] | {"time_scale": "fast"}}, id="wrong type"),
        pytest.param(lambda told: told | {"record": told["record"] | {"requests": {}}}, id="no list"),
        pytest.param(lambda told: {"format": told["format"], "version": told["version"]}, id="empty"),
        pytest.param(lambda told: [], id="something else"),
    ],
)
def test_damaged_record_is_refused(tmp_path: Path, damage: object) -> None:
    """A report on half a record would mislead."""
    path = tmp_path / "record.json"
    path.write_text(json.dumps(damage(json.loads(record_text(RECORD, VERDICT)))))  # type: ignore[operator]

    with pytest.raises(InputRefused, match=r"record\.json"):
        read_record_file(path)


def test_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    """Cut off in the middle, for instance."""
    path = tmp_path / "record.json"
    path.write_text(record_text(RECORD, VERDICT)[:-20])

    with pytest.raises(InputRefused):
        read_record_file(path)
