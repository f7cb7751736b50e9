"""Who may do what: nobody more than the code behind them does, and the execution role as much as its stacks need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import as_data

# Without blanks: a managed policy, and a role's inline policies together; managed policies a role may have [IAM quotas].
MANAGED_CHARACTERS_MAX = 6_144
INLINE_CHARACTERS_MAX = 10_240
MANAGED_POLICIES_MAX = 10

# What handlers of these types ask for only when a property is set that no template here sets, or that IAM does not know.
UNUSED_SERVICES = {
    *("amplify", "apprunner", "appsync", "autoscaling", "bedrock-agentcore", "cognito-idp", "elasticloadbalancing", "payments"),
    *("acm-pca", "codedeploy", "kinesis", "elasticfilesystem", "firehose", "s3files", "s3tables", "vpc-lattice", "vpce"),
}
UNUSED_ACTIONS = {
    "apigateway:UpdateRestApiPolicy",
    *(f"ec2:{one}" for one in ("AssociateSubnetCidrBlock", "DisassociateSubnetCidrBlock", "ModifyVpcTenancy")),
    *(f"ec2:{one}" for one in ("CreateVpcEncryptionControl", "DescribeVpcEncryptionControls")),
    *(f"iam:{one}RolePolicy" for one in ("Attach", "Detach")),
    # A boundary once set is not for the role that is bounded to take away.
    *("iam:DeleteRolePermissionsBoundary", "iam:DescribeOrganization"),
    *(f"ec2:{one}VerifiedAccessInstanceWebAcl" for one in ("Associate", "Disassociate", "Get")),
    "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
    *(f"wafv2:{one}PermissionPolicy" for one in ("Get", "Put")),
    *(f"kms:{one}" for one in ("CreateGrant", "Decrypt", "Encrypt", "GenerateDataKey")),
    *(f"lambda:{one}" for one in ("AssociateRuntimeAlias", "GetCodeSigningConfig", "PassCapacityProvider")),
    *(f"lambda:{one}" for one in ("DeleteFunctionCodeSigningConfig", "PutFunctionCodeSigningConfig", "PutFunctionScalingConfig")),
    *(f"logs:{one}" for one in ("AssociateKmsKey", "DisassociateKmsKey", "PutBearerTokenAuthentication")),
    *(f"logs:{one}" for one in ("DeleteDataProtectionPolicy", "PutDataProtectionPolicy", "PutLogGroupDeletionProtection")),
    *(f"logs:{one}" for one in ("DeleteIndexPolicy", "PutIndexPolicy", "DeleteResourcePolicy")),
    "s3:REST.PUT.OBJECT",
    # A table that is made empty, in one Region, with neither an index nor a stream to Kinesis.
    *(f"dynamodb:{one}" for one in ("AssociateTableReplica", "CreateTableReplica", "DescribeImport", "ImportTable", "Query", "Scan")),
    *(f"dynamodb:{one}" for one in ("BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "UpdateItem")),
    *(f"dynamodb:{one}ResourcePolicy" for one in ("Delete", "Put")),
    *(f"dynamodb:{one}KinesisStreamingDestination" for one in ("Disable", "Enable", "Update")),
    *(f"dynamodb:Update{one}" for one in ("ContinuousBackups", "ContributorInsights", "TimeToLive")),
    *("kms:RevokeGrant", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents", "s3:GetObjectMetadata"),
    # What a canary's handler asks for beyond a canary in one Region, with its own bucket, role and no key.
    *(f"synthetics:{one}" for one in ("ReplicateCanary", "StartCanaryDryRun")),
    *("iam:ListRoles", "kms:GenerateDataKeyWithoutPlaintext", "lambda:GetLayerVersionByArn"),
    *("s3:ListAllMyBuckets", "s3:PutBucketEncryption"),
    *(f"s3:{one}" for one in ("DeleteObject", "PutObjectAcl", "PutObjectLockConfiguration")),
    *(f"s3:{one}" for one in ("PutBucketAcl", "PutBucketAbac", "PutBucketCORS", "PutBucketLogging", "PutBucketNotification")),
    *(f"s3:{one}" for one in ("PutBucketReplication", "PutBucketWebsite", "DeleteBucketCors", "DeleteBucketWebsite")),
    *(f"s3:{one}" for one in ("DeleteBucketAnalyticsConfiguration", "DeleteBucketEncryption", "DeleteBucketLifecycle")),
    *(f"s3:{one}" for one in ("DeleteBucketMetricsConfiguration", "DeleteBucketReplication", "PutAccelerateConfiguration")),
    *(f"s3:Put{one}Configuration" for one in ("Analytics", "IntelligentTiering", "Inventory", "Metrics")),
    *(f"s3:{one}BucketMetadataTableConfiguration" for one in ("Create", "Delete", "Get")),
    *(f"s3:UpdateBucketMetadata{one}TableConfiguration" for one in ("Annotation", "Inventory", "Journal")),
    "sns:PutDataProtectionPolicy",
}


def _statements(template: Any, logical_id: str) -> list[Any]:
    return [statement for document in _documents(template, logical_id) for statement in document["Statement"]]


def _documents(template: Any, logical_id: str) -> list[Any]:
    """Return the policy documents of a role, those of its managed policies that stand in the same body included."""
    role = template["Resources"][logical_id]["Properties"]
    managed = [template["Resources"][arn["Ref"]]["Properties"] for arn in role.get("ManagedPolicyArns", []) if "Ref" in arn]
    return [policy["PolicyDocument"] for policy in (*role.get("Policies", []), *managed)]


def _actions(statement: Any) -> list[str]:
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


def _roles(system: RenderedSystem) -> Iterator[tuple[str, list[Any]]]:
    for one in (system.bootstrap, system.regional, system.global_):
        template = as_data(one.body)
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Role":
                yield logical_id, _statements(template, logical_id)


def test_no_role_allows_a_wildcard_action(system: RenderedSystem):
    """What is allowed is named; a star allows what nobody thought of."""
    for logical_id, statements in _roles(system):
        for statement in statements:
            assert statement["Effect"] == "Deny" or not any("*" in action for action in _actions(statement)), logical_id


def test_no_role_may_touch_everything_unconditionally(system: RenderedSystem):
    """Where a service names nothing beforehand, a condition keeps the role in its Regions."""
    for logical_id, statements in _roles(system):
        for statement in statements:
            assert statement["Resource"] != "*" or "Condition" in statement, logical_id


def test_payment_function_may_take_and_show_and_nothing_else(local_system: RenderedSystem):
    """Code that is broken into cannot change or delete a payment."""
    statements = _statements(as_data(local_system.regional.body), "PaymentFunctionRole")

    dynamodb = [statement for statement in statements if "dynamodb" in json.dumps(statement["Action"])]
    assert [sorted(_actions(statement)) for statement in dynamodb] == [["dynamodb:GetItem", "dynamodb:PutItem"]]
    assert dynamodb[0]["Resource"] == {
        "Fn::Sub": "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/payment-transactions-local"
    }
    assert "secretsmanager" not in json.dumps(statements)


def test_health_function_sees_the_secret_and_not_its_value(local_system: RenderedSystem):
    """Anyone may call it."""
    actions = {action for one in _statements(as_data(local_system.regional.body), "HealthFunctionRole") for action in _actions(one)}

    assert {action for action in actions if not action.startswith(("ec2:", "logs:", "xray:"))} == {
        "dynamodb:GetItem",
        "secretsmanager:DescribeSecret",
    }


def test_authorizer_reads_the_secret_and_nothing_else(local_system: RenderedSystem):
    """It decides who may pay; it never sees a payment."""
    actions = {action for one in _statements(as_data(local_system.regional.body), "AuthorizerFunctionRole") for action in _actions(one)}

    assert {action for action in actions if not action.startswith(("logs:", "xray:"))} == {"secretsmanager:GetSecretValue"}


def test_execution_role_has_every_action_the_regional_types_ask_for(full_system: RenderedSystem):
    """A missing action fails in the middle of a roll-out, or worse, of its undoing; the types' own schemas say what they call."""
    types = {resource["Type"] for resource in as_data(full_system.regional.body)["Resources"].values()}
    wanted = {
        action
        for one in types
        for name, handler in PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", one).schema.get("handlers", {}).items()
        if name != "list"
        for action in handler.get("permissions", [])
    }
    granted = {action for one in _statements(as_data(full_system.bootstrap.body), "StackSetExecutionRole") for action in _actions(one)}
    known = {action.lower() for action in granted | UNUSED_ACTIONS}

    assert {one for one in wanted if one.split(":")[0].lower() not in UNUSED_SERVICES and one.lower() not in known} == set()


def test_unused_actions_are_not_granted(full_system: RenderedSystem):
    """What is said to be unused and granted all the same is a right nobody watches."""
    granted = {action for one in _statements(as_data(full_system.bootstrap.body), "StackSetExecutionRole") for action in _actions(one)}

    assert granted & UNUSED_ACTIONS == set()


def test_execution_role_fits_what_iam_takes(system: RenderedSystem):
    """IAM refuses a longer policy when the bootstrap stack is made, the first step of all."""
    resources = as_data(system.bootstrap.body)["Resources"]
    role = resources["StackSetExecutionRole"]["Properties"]
    managed = [resources[arn["Ref"]]["Properties"]["PolicyDocument"] for arn in role["ManagedPolicyArns"]]

    assert len(managed) <= MANAGED_POLICIES_MAX
    assert max(map(_characters, managed)) <= MANAGED_CHARACTERS_MAX
    assert sum(_characters(policy["PolicyDocument"]) for policy in role["Policies"]) <= INLINE_CHARACTERS_MAX


def test_administration_role_serves_this_environments_stack_set_alone(local_system: RenderedSystem):
    """Without the conditions, any StackSet that learns the role's name could use it."""
    role = as_data(local_system.bootstrap.body)["Resources"]["StackSetAdministrationRole"]["Properties"]
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]

    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "stackset/payment-regional-local:*" in condition["StringLike"]["aws:SourceArn"]["Fn::Sub"]


def _characters(document: Any) -> int:
    return len(json.dumps(document, separators=(",", ":")))
