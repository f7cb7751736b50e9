"""The roles of the pipeline: whom they trust, and that they may do what the deployer calls for them and nothing else."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from deployer.aws.template_source import INLINE_BYTES_MAX
from deployer.planning.lint import lint_system
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.names import suffix_characters_max
from tests.support.choices import EVERYTHING
from tests.support.rendering import a_project, an_environment, as_data
from tests.support.source_tree import modules

CI = {"github_repository": "example/payments", "environment": "production"}

# Calls whose action has another name [service authorization reference], and calls that need no permission.
NAMED_OTHERWISE = {"s3:HeadObject": "s3:GetObject"}
NEEDS_NONE = {"sts:GetCallerIdentity"}

# What a person does by hand, and no pipeline: tear down, mend, move traffic, drill.
BY_HAND = {
    *(f"cloudformation:{one}" for one in ("DeleteStack", "DeleteStackInstances", "DeleteStackSet")),
    *(f"cloudformation:{one}" for one in ("ContinueUpdateRollback", "ListStackResources", "RollbackStack")),
    *(f"dynamodb:{one}" for one in ("DeleteItem", "GetItem", "PutItem", "Scan")),
    *(f"lambda:{one}" for one in ("DeleteFunction", "GetAlias", "GetFunctionConfiguration", "Invoke", "PublishVersion", "UpdateAlias")),
    *(f"lambda:{one}" for one in ("ListEventSourceMappings", "UpdateEventSourceMapping", "UpdateFunctionConfiguration")),
    "route53:GetHealthCheckStatus",
    # Spares of an organization's units are rolled out by its delegated administrator.
    "organizations:DescribeOrganization",
    *(f"s3:{one}" for one in ("DeleteObjects", "ListObjectVersions", "ListObjectsV2")),
    *(f"synthetics:{one}" for one in ("DescribeCanaries", "StopCanary")),
}

# No calls, but asked for by calls: a missing object is told only to who may list; tags and roles go along with a stack or StackSet;
# comparing a stack is comparing each of its resources.
ALONG_WITH_CALLS = {
    *("s3:ListBucket", "cloudformation:TagResource", "cloudformation:UntagResource", "iam:GetRole", "iam:PassRole"),
    "cloudformation:DetectStackResourceDrift",
}

# What the global stack's types ask for only when a property is set that it does not set, or that IAM does not know.
UNUSED_BY_THE_GLOBAL_STACK = {
    *(f"application-autoscaling:{one}" for one in ("DeleteScalingPolicy", "DeleteScheduledAction", "DeregisterScalableTarget")),
    *(f"application-autoscaling:{one}" for one in ("PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget")),
    *(f"backup:{one}BackupVaultAccessPolicy" for one in ("Delete", "Put")),
    *(f"backup:{one}BackupVaultLockConfiguration" for one in ("Delete", "Put")),
    *(f"backup:{one}BackupVaultNotifications" for one in ("Delete", "Put")),
    *("backup-storage:Mount", "billing:GetBillingViewData", "cloudwatch:PutMetricData"),
    *(f"dynamodb:{one}KinesisStreamingDestination" for one in ("Disable", "Enable", "Update")),
    *(f"dynamodb:{one}ResourcePolicy" for one in ("Delete", "Put")),
    *("dynamodb:DisassociateTableReplica", "dynamodb:UpdateContributorInsights", "dynamodb:UpdateTimeToLive"),
    *(f"iam:{one}RolePolicy" for one in ("Attach", "Detach")),
    # A boundary once set is not for the role that is bounded to take away.
    "iam:DeleteRolePermissionsBoundary",
    *("kinesis:DescribeStream", "kinesis:ListStreams", "kinesis:PutRecords", "kms:RevokeGrant"),
    "route53-recovery-control-config:DescribeRoutingControl",
}


@pytest.fixture(scope="module")
def with_ci(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., RenderedSystem]:
    """Return a function that renders an environment with every optional part and a pipeline."""
    folder = tmp_path_factory.mktemp("ci")
    source = a_project(folder / "project")

    def rendered(ci: dict[str, Any] | None = None, **changes: Any) -> RenderedSystem:
        environment = an_environment(**EVERYTHING | changes, ci=CI if ci is None else ci)
        return render_system(environment, source=source, build=folder / "build")

    return rendered


@pytest.fixture(scope="module")
def resources(with_ci: Callable[..., RenderedSystem]) -> Any:
    """The bootstrap stack's resources."""
    return as_data(with_ci().bootstrap.body)["Resources"]


def statements_of(resources: Any, *roles: str) -> list[Any]:
    """Return every statement of these roles' policies."""
    arns = [arn["Ref"] for role in roles for arn in resources[role]["Properties"]["ManagedPolicyArns"]]
    return [one for arn in arns for one in resources[arn]["Properties"]["PolicyDocument"]["Statement"]]


def actions_of(statements: list[Any]) -> set[str]:
    """Return the actions allowed by these statements."""
    return {action for statement in statements for action in statement["Action"]}


def calls() -> set[str]:
    """Return every call that deployer/aws makes, as `service:Operation`: the first two words of each `asking(…)`."""
    return {
        f"{node.args[0].value}:{node.args[1].value}"
        for module in modules("deployer/aws")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "asking"
        if isinstance(node.args[0], ast.Constant) and isinstance(node.args[1], ast.Constant)
    }


@pytest.mark.parametrize(
    ("role", "environment"),
    [pytest.param("PlanRole", "production-review", id="plan"), pytest.param("RollOutRole", "production", id="roll-out")],
)
def test_role_trusts_one_environment_of_one_repository(resources: Any, role: str, environment: str) -> None:
    """To the letter: `StringLike` with a star would trust a branch that anybody may push."""
    [statement] = resources[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert statement["Principal"] == {"Federated": {"Ref": "PipelineIdentity"}}
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:example/payments:environment:{environment}",
        }
    }


def test_provider_of_the_account_is_used_when_there_is_one(with_ci: Callable[..., RenderedSystem]) -> None:
    """A second one of the same issuer is refused by IAM."""
    resources = as_data(with_ci(CI | {"provider_exists": True}).bootstrap.body)["Resources"]
    [statement] = resources["PlanRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert "PipelineIdentity" not in resources
    assert statement["Principal"]["Federated"]["Fn::Sub"].endswith(":oidc-provider/token.actions.githubusercontent.com")


def test_without_a_repository_nobody_is_trusted(full_system: RenderedSystem) -> None:
    """No role waits for a repository that nobody named."""
    assert "sts:AssumeRoleWithWebIdentity" not in full_system.bootstrap.body


def test_every_call_is_the_pipelines_or_done_by_hand(resources: Any) -> None:
    """A new call in deployer/aws has to be decided on: without it a roll-out from the pipeline fails halfway."""
    granted = actions_of([one for one in statements_of(resources, "RollOutRole") if "Condition" not in one])
    made = calls()
    pipeline = {NAMED_OTHERWISE.get(one, one) for one in made - BY_HAND - NEEDS_NONE}

    assert len(made) > 30
    assert pipeline - granted == set(), "Grant it in templates/bootstrap/ci_role.j2, or say in BY_HAND that only people do it."
    assert granted - pipeline - ALONG_WITH_CALLS == set(), "Nothing calls it any more."
    assert made >= BY_HAND, "Nothing calls it any more."


def test_role_of_plans_only_reads_and_previews(resources: Any) -> None:
    """Code of a pull request runs with it before anybody has read it: it may ask what a change would do, of these stacks alone."""
    statements = statements_of(resources, "PlanRole")
    others = {one for one in actions_of(statements) if not one.split(":")[1].startswith(("Describe", "Detect", "Get", "List"))}
    [preview] = [one for one in statements if "cloudformation:CreateChangeSet" in one["Action"]]
    [bodies] = [one for one in statements if "s3:PutObject" in one["Action"]]

    assert {one.split(":")[0] for one in actions_of(statements)} == {"cloudformation", "s3"}
    assert others == {"cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "s3:PutObject"}
    assert [one["Fn::Sub"].split(":stack/")[1] for one in preview["Resource"]] == [
        "payment-bootstrap-test/*",
        "payment-global-test/*",
        "StackSet-payment-regional-test-*",
    ]
    assert all(one["Fn::Sub"].endswith("/previews/*") for one in bodies["Resource"])


def test_nobody_in_the_pipeline_executes_a_change_set(resources: Any) -> None:
    """A preview stays one, whoever made it and whatever it holds."""
    assert "cloudformation:ExecuteChangeSet" not in actions_of(statements_of(resources, "PlanRole", "RollOutRole"))


def test_bootstrap_is_for_people_to_change(resources: Any) -> None:
    """Who could change it could change what it may do itself."""
    touching = [one for one in statements_of(resources, "RollOutRole") if "payment-bootstrap-" in json.dumps(one["Resource"])]

    assert actions_of(touching) == {
        *(f"cloudformation:{one}" for one in ("DescribeStacks", "GetTemplate")),
        *(f"cloudformation:{one}" for one in ("DescribeStackResourceDrifts", "DetectStackDrift", "DetectStackResourceDrift")),
        *(f"cloudformation:{one}" for one in ("CreateChangeSet", "DeleteChangeSet", "DescribeChangeSet", "ListChangeSets")),
    }


def test_what_the_global_stack_is_made_of_is_touched_by_cloudformation_alone(resources: Any) -> None:
    """The deployer's own calls reach stacks, packages, the role it hands on and what a gate reads; never the ledger."""
    own = actions_of([one for one in statements_of(resources, "RollOutRole") if "Condition" not in one])
    others = [one["Condition"] for one in statements_of(resources, "RollOutRole") if "Condition" in one]

    assert {one.split(":")[0] for one in own} == {"cloudformation", "s3", "iam", "cloudwatch", "secretsmanager", "synthetics"}
    assert all(one == {"StringEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}} for one in others)
    assert others


def test_gate_reads_one_secret_and_changes_nothing(resources: Any) -> None:
    """The key of callers lets it pay a cent; no other secret, no older version by another name, nothing of the alarms and canaries."""
    gate = resources["PipelineGatePolicy"]["Properties"]["PolicyDocument"]["Statement"]
    [key] = [one for one in gate if "secretsmanager:GetSecretValue" in one["Action"]]

    assert actions_of(gate) == {"secretsmanager:GetSecretValue", "cloudwatch:DescribeAlarms", "synthetics:GetCanaryRuns"}
    assert [one["Fn::Sub"].split(":secret:")[1] for one in key["Resource"]] == ["payment-api-secret-test-??????"]
    assert {"Ref": "PipelineGatePolicy"} not in resources["PlanRole"]["Properties"]["ManagedPolicyArns"]


def test_pipeline_has_every_action_the_global_types_ask_for(with_ci: Callable[..., RenderedSystem], resources: Any) -> None:
    """A missing action fails in the middle of a roll-out, or of its undoing; the types' own schemas say what they call."""
    types = {resource["Type"] for resource in as_data(with_ci().global_.body)["Resources"].values()}
    wanted = {
        action
        for one in types
        for name, handler in PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", one).schema.get("handlers", {}).items()
        if name != "list"
        for action in handler.get("permissions", [])
        if not action.endswith("*")
    }
    granted = actions_of(statements_of(resources, "RollOutRole"))

    assert wanted - granted - UNUSED_BY_THE_GLOBAL_STACK == set()
    assert granted & UNUSED_BY_THE_GLOBAL_STACK == set()
    assert not any("*" in action for action in granted)


def test_policies_fit_what_iam_takes(resources: Any) -> None:
    """6,144 characters a managed policy, without blanks [IAM quotas]."""
    documents = [one["Properties"]["PolicyDocument"] for name, one in resources.items() if name.startswith("Pipeline") and "Policy" in name]

    assert len(documents) == 5
    assert max(len(json.dumps(one, separators=(",", ":"))) for one in documents) <= 6_144


def test_bootstrap_is_short_enough_to_be_sent_whole(with_ci: Callable[..., RenderedSystem]) -> None:
    """There is no bucket yet to send it from."""
    longest, _ = suffix_characters_max()

    assert len(with_ci(suffix="s" * longest).bootstrap.body.encode()) <= INLINE_BYTES_MAX


def test_cfn_lint_has_nothing_to_say(with_ci: Callable[..., RenderedSystem]) -> None:
    """With a provider of its own; the other way is the same less one resource."""
    assert lint_system(with_ci(), ("us-east-1", "us-east-2")) == ()
