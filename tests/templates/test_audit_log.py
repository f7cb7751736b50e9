"""The audit outbox as it is rendered: a mapping that loses nothing, and people who are told in time."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.names import PATTERNS
from tests.support.rendering import PROJECT, as_data

DAY_SECONDS = 86_400
# Alarms of the audit log, by what their kinds of name have in common.
WORDS = ("audit", "reconciliation", "ledger changes")


@pytest.fixture
def resources(local_system: RenderedSystem) -> dict[str, Any]:
    """The regional body's resources."""
    found: dict[str, Any] = as_data(local_system.regional.body)["Resources"]
    return found


def test_the_mapping_begins_at_the_streams_beginning_and_stands_only_while_live(resources: dict[str, Any]) -> None:
    """What was paid before it stood is written; before the table stands there is no stream to ask for."""
    assert resources["AuditMapping"]["Properties"]["StartingPosition"] == "TRIM_HORIZON"
    assert {resources[name]["Condition"] for name in ("AuditMapping", "LedgerStream", "ReconciliationRule")} == {"IsLive"}


def test_a_bad_record_is_found_by_halving_and_kept(resources: dict[str, Any]) -> None:
    """Lambda halves, hears which record to begin with again, and leaves word of what it gives up."""
    mapping = resources["AuditMapping"]["Properties"]

    assert (mapping["BisectBatchOnFunctionError"], mapping["FunctionResponseTypes"]) == (True, ["ReportBatchItemFailures"])
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["AuditDeadLetters", "Arn"]}


def test_what_was_given_up_can_still_be_redriven(resources: dict[str, Any]) -> None:
    """The stream forgets after a day: most of it is left for people, and the alarm rings long before, while letters outlive it."""
    age = resources["AuditMapping"]["Properties"]["MaximumRecordAgeInSeconds"]
    alarm = resources["AuditDelayAlarm"]["Properties"]

    assert 0 < age <= DAY_SECONDS / 2
    assert alarm["Threshold"] / 1000 + alarm["Period"] * alarm["EvaluationPeriods"] < age
    assert resources["AuditDeadLetters"]["Properties"]["MessageRetentionPeriod"] > DAY_SECONDS


def test_the_guide_names_every_alarm_of_the_audit_log() -> None:
    """Who is called by one finds it there by the name it rings with."""
    guide = (PROJECT / "docs" / "audit.md").read_text(encoding="utf-8")
    kinds = [kind for kind in PATTERNS if kind.endswith(" alarm") and kind.startswith(WORDS)]

    assert len(kinds) >= 10
    assert [kind for kind in kinds if f"`{PATTERNS[kind][0].partition('{')[0]}…`" not in guide] == []
