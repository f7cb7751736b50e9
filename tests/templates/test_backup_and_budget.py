"""Backups that are tried, and a bill that is watched."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import a_project, an_environment, as_data

BACKUP = {"BackupKey", "BackupPlan", "BackupRole", "BackupSelection", "BackupVault", "RestoreTestingPlan", "RestoreTestingSelection"}


@pytest.fixture
def render(tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Return a function from changes of the environment to the global stack's resources."""
    source = a_project(tmp_path / "project")

    def resources(**changes: Any) -> dict[str, Any]:
        system = render_system(an_environment(**changes), source=source, build=tmp_path / "build")
        return as_data(system.global_.body)["Resources"]  # type: ignore[no-any-return]

    return resources


@pytest.mark.parametrize(
    ("target", "backup", "backed_up"),
    [
        pytest.param("aws", {}, True, id="AWS"),
        pytest.param("local", {}, False, id="embedded"),
        pytest.param("local", {"enabled": True}, True, id="embedded, asked for"),
        pytest.param("aws", {"enabled": False}, False, id="AWS, switched off"),
    ],
)
def test_ledger_is_backed_up_where_it_is_real_or_asked_for(render, target: str, backup: dict[str, Any], backed_up: bool):
    """All of it or nothing."""
    assert (render(target=target, backup=backup).keys() & BACKUP) == (BACKUP if backed_up else set())


def test_backup_and_restore_test_are_of_the_ledger_and_nothing_else(rendered: Callable[[str], RenderedSystem]):
    """By its name: a tag may stand on other tables, too."""
    resources = as_data(rendered("production").global_.body)["Resources"]
    ledger = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/payment-transactions-prod"}

    assert resources["BackupSelection"]["Properties"]["BackupSelection"]["Resources"] == [ledger]
    assert resources["RestoreTestingSelection"]["Properties"]["ProtectedResourceArns"] == [ledger]
    assert resources["RestoreTestingSelection"]["Properties"]["ProtectedResourceType"] == "DynamoDB"


def test_restore_test_takes_a_copy_of_the_last_week(rendered: Callable[[str], RenderedSystem]):
    """One that is made daily and tried weekly has been tried within a week of any day."""
    resources = as_data(rendered("production").global_.body)["Resources"]
    plan = resources["RestoreTestingPlan"]["Properties"]

    assert plan["RecoveryPointSelection"]["IncludeVaults"] == [{"Fn::GetAtt": ["BackupVault", "BackupVaultArn"]}]
    assert plan["RecoveryPointSelection"]["SelectionWindowDays"] == 7
    assert plan["ScheduleExpression"] == "cron(0 8 ? * SUN *)"
    [rule] = resources["BackupPlan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    assert (rule["ScheduleExpression"], rule["Lifecycle"]) == ("cron(0 5 * * ? *)", {"DeleteAfterDays": {"Ref": "BackupDays"}})


def test_names_of_backup_are_such_as_it_takes(render):
    """A restore testing plan takes no hyphens, a vault no more than 50 characters, whatever the suffix."""
    resources = render(suffix="a-suffix-with-17c", target="aws")
    vault, parts = resources["BackupVault"]["Properties"]["BackupVaultName"]["Fn::Sub"]

    assert re.fullmatch(r"[a-zA-Z0-9_]{1,50}", resources["RestoreTestingPlan"]["Properties"]["RestoreTestingPlanName"])
    assert re.fullmatch(r"[a-zA-Z0-9_-]{2,50}", vault.replace("${Stack}", "0" * 8))
    assert list(parts) == ["Stack"]


def test_backup_role_never_writes_to_the_ledger(rendered: Callable[[str], RenderedSystem]):
    """What it may write to are tables that the restore test names itself."""
    resources = as_data(rendered("production").global_.body)["Resources"]
    writing = ("Put", "Update", "Delete", "BatchWrite", "Restore")
    for statement in resources["BackupRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]:
        if any(action.split(":")[1].startswith(writing) for action in statement["Action"]):
            assert statement["Resource"]["Fn::Sub"].endswith(":table/awsbackup-restore-test-*"), statement["Sid"]


@pytest.mark.parametrize(("choice", "policy"), [("retain", "Retain"), ("delete", "Delete")])
def test_vault_outlives_its_stack_unless_told_otherwise(render, choice: str, policy: str):
    """With its key, without which no copy can be read; never lost by a change."""
    resources = render(target="aws", backup={"vault_on_tear_down": choice})

    assert {resources[name]["DeletionPolicy"] for name in ("BackupVault", "BackupKey")} == {policy}
    assert {resources[name]["UpdateReplacePolicy"] for name in ("BackupVault", "BackupKey")} == {"Retain"}


def test_budget_counts_this_environment_and_tells_people_in_time(system: RenderedSystem):
    """By the tag that everything carries; by forecast first, for what is spent is gone."""
    template = as_data(system.global_.body)
    budget = template["Resources"]["Budget"]["Properties"]
    suffix = template["Metadata"]["Payments"]["Environment"]
    told = [one["Notification"] for one in budget["NotificationsWithSubscribers"]]

    assert budget["Budget"]["BudgetLimit"] == {"Amount": {"Ref": "MonthlyUsdMax"}, "Unit": "USD"}
    assert budget["Budget"]["CostFilters"] == {"TagKeyValue": [f"user:suffix${suffix}"]}
    assert [(one["NotificationType"], one["Threshold"]) for one in told] == [("FORECASTED", 100), ("ACTUAL", 80), ("ACTUAL", 100)]
    assert all(one["Subscribers"][0]["Address"] == {"Ref": "NotificationEmail"} for one in budget["NotificationsWithSubscribers"])
