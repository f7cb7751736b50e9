"""Each role that a service acts with can do that service's work, and each of its actions is needed for it.

What functions do with their roles is in test_function_roles.py. Here is what Lambda, S3 and EC2 do with the roles, by the same calls.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from deployer.rendering.render import render_system
from tests.local.test_function_roles import ACTIONS as BY_CODE
from tests.support.choices import BOUNDARY, EVERYTHING
from tests.support.embedded import EmbeddedAws
from tests.support.outbox import AUDIT, RECONCILIATION
from tests.support.plain_stacks import PlainStacks
from tests.support.rendering import PROJECT, an_environment, as_data
from tests.support.rotation_role import rotation_calls
from tests.support.service_roles import ServiceRole, refused
from tests.support.stacks import unique

REGION, PEER, SUFFIX = "us-east-1", "us-east-2", "services"
BUCKET, PEER_BUCKET = f"payment-audit-logs-primary-{SUFFIX}", f"payment-audit-logs-secondary-{SUFFIX}"
TABLE = f"payment-transactions-{SUFFIX}"
FLOW_LOG = f"/aws/vpc/payment-primary-{SUFFIX}"
FUNCTIONS = {
    "payment": f"payment-processor-primary-{SUFFIX}",
    "health": f"payment-health-primary-{SUFFIX}",
    "authorizer": f"payment-authorizer-primary-{SUFFIX}",
    "audit": f"payment-audit-primary-{SUFFIX}",
    "reconciliation": f"payment-reconciliation-primary-{SUFFIX}",
    "stream_lookup": f"payment-stream-lookup-primary-{SUFFIX}",
    "rotation": f"payment-rotation-secondary-{SUFFIX}",
    "hold": f"payment-hold-secondary-{SUFFIX}",
    "failover_latch": f"payment-failover-latch-secondary-{SUFFIX}",
}
ROTATION = rotation_calls(SUFFIX, home=PEER, peer=REGION)
# The hold is the standby's, and so is the secret's primary.
WHERE = {FUNCTIONS[one]: PEER for one in ("hold", "failover_latch", "rotation")}
HOLD = {"TableName": f"payment-hold-{SUFFIX}"}
HOLD_KEY = {"hold_id": {"S": "primary"}}
# What these two do by code, and Lambda for them, is shown in test_audit_outbox.py and test_audit_reconciliation.py, action by action.
BEHIND_THE_SCENES = {
    "audit": {action for actions, _ in AUDIT for action in actions},
    "reconciliation": {action for actions, _ in RECONCILIATION for action in actions},
    "stream_lookup": {"dynamodb:DescribeTable"},
    "rotation": {action for _, _, action, _ in ROTATION},
    "hold": {"dynamodb:GetItem"},
    "failover_latch": {"dynamodb:PutItem"},
}

Call = Callable[[Any], object]

# Log calls of a service, by action; the group and a stream that is there are put in.
LOGGING: dict[str, Callable[[str, str], Call]] = {
    "logs:CreateLogStream": lambda group, stream: lambda logs: logs.create_log_stream(logGroupName=group, logStreamName=unique("new")),
    "logs:PutLogEvents": lambda group, stream: (
        lambda logs: logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": 1, "message": "line"}])
    ),
    "logs:DescribeLogStreams": lambda group, stream: lambda logs: logs.describe_log_streams(logGroupName=group),
    "logs:DescribeLogGroups": lambda group, stream: lambda logs: logs.describe_log_groups(logGroupNamePrefix=group),
}

# Calls of S3's replication that a client can make as well.
REPLICATION: dict[str, Callable[[dict[str, str]], Call]] = {
    "s3:GetReplicationConfiguration": lambda record: lambda s3: s3.get_bucket_replication(Bucket=BUCKET),
    "s3:ListBucket": lambda record: lambda s3: s3.list_objects_v2(Bucket=BUCKET),
    "s3:GetObjectVersionAcl": lambda record: lambda s3: s3.get_object_acl(**record),
    "s3:GetObjectVersionTagging": lambda record: lambda s3: s3.get_object_tagging(**record),
    "s3:GetObjectRetention": lambda record: lambda s3: s3.get_object_retention(**record),
    "s3:GetObjectLegalHold": lambda record: lambda s3: s3.get_object_legal_hold(**record),
}

CANARY_BUCKET = f"payment-canaries-{SUFFIX}-111122223333-{REGION}"
CANARY_LOG = "/aws/lambda/cwsyn-payment-tried"

# Calls of Synthetics and of the canary's own code: service, call.
CANARY: dict[str, tuple[str, Call]] = {
    "secretsmanager:GetSecretValue": ("secretsmanager", lambda secrets: secrets.get_secret_value(SecretId=f"payment-api-secret-{SUFFIX}")),
    "s3:PutObject": ("s3", lambda s3: s3.put_object(Bucket=CANARY_BUCKET, Key="own/result.json", Body=b"{}")),
    "s3:GetObject": ("s3", lambda s3: s3.get_object(Bucket=CANARY_BUCKET, Key="own/there.json")),
    "s3:GetBucketLocation": ("s3", lambda s3: s3.get_bucket_location(Bucket=CANARY_BUCKET)),
    "logs:CreateLogStream": ("logs", LOGGING["logs:CreateLogStream"](CANARY_LOG, "there")),
    "logs:PutLogEvents": ("logs", LOGGING["logs:PutLogEvents"](CANARY_LOG, "there")),
}

# Roles of the templates that are shown elsewhere to be enough, and where.
SHOWN_ELSEWHERE = {
    "StackSetAdministrationRole": "tests/local/test_stack_sets_roles.py",
    "StackSetExecutionRole": "tests/templates/test_permissions.py, and every roll-out on the embedded AWS is made with it",
    "ApiGatewayLogRole": "AWS asks for its own managed policy and refuses a narrower one",
}

_BY_S3 = "no client can call it, and the embedded S3 copies without asking the role"
_BY_LAMBDA = "Lambda does it when a function enters the VPC; the embedded Lambda makes no network interfaces"
_BY_XRAY = "the embedded AWS has no X-Ray"
_THROUGH_S3 = "allowed through S3 alone (kms:ViaService), and the embedded S3 asks no key"
_NEW_OBJECTS = "allowed through S3 alone, which asks for it when an object is written; the embedded S3 asks no key"

# Action -> why the embedded AWS cannot run it. IAM is asked for a verdict instead, on the resource that the service names.
NOT_RUN = {
    **dict.fromkeys(("s3:GetObjectVersionForReplication", "s3:ReplicateObject", "s3:ReplicateTags"), _BY_S3),
    **dict.fromkeys((f"ec2:{verb}NetworkInterface" for verb in ("Create", "Delete")), _BY_LAMBDA),
    **dict.fromkeys((f"ec2:{verb}PrivateIpAddresses" for verb in ("Assign", "Unassign")), _BY_LAMBDA),
    **dict.fromkeys((f"ec2:Describe{what}" for what in ("NetworkInterfaces", "Subnets")), _BY_LAMBDA),
    **dict.fromkeys((f"xray:Put{what}" for what in ("TraceSegments", "TelemetryRecords")), _BY_XRAY),
    **dict.fromkeys(("kms:Decrypt", "kms:Encrypt"), _THROUGH_S3),
    "kms:GenerateDataKey": _NEW_OBJECTS,
    "s3:ListAllMyBuckets": "allowed on any bucket's name, as S3 judges it; the embedded IAM judges it on no resource at all",
    "cloudwatch:PutMetricData": "allowed for one namespace, and the embedded IAM does not know the key cloudwatch:namespace",
}


@pytest.fixture(scope="module")
def stacks(embedded_aws: EmbeddedAws) -> PlainStacks:
    """An environment with every optional part, live, on an account that bounds its roles."""
    bound = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    embedded_aws.clients("iam").create_policy(PolicyName=BOUNDARY.rpartition("/")[2], PolicyDocument=json.dumps(bound))
    environment = an_environment(**EVERYTHING, suffix=SUFFIX, zone={"name": "services.example.test"})
    made = PlainStacks(
        aws=embedded_aws, environment=environment, system=render_system(environment, source=PROJECT, build=PROJECT / "build")
    )
    made.apply_all()
    return made


@pytest.fixture
def role(stacks: PlainStacks) -> Callable[[str], ServiceRole]:
    """Return a function from a role's physical name to the role."""
    return lambda name: ServiceRole(aws=stacks.aws, name=name)


@pytest.fixture(scope="module")
def record(stacks: PlainStacks) -> dict[str, str]:
    """An audit record under lock and legal hold: bucket, key and version."""
    s3 = stacks.aws.clients("s3", REGION)
    version = s3.put_object(Bucket=BUCKET, Key="record.json", Body=b"{}", ObjectLockLegalHoldStatus="ON")["VersionId"]
    return {"Bucket": BUCKET, "Key": "record.json", "VersionId": version}


def _needs(role: ServiceRole, service: str, action: str, call: Call, region: str = REGION) -> None:
    """Assert that a call is allowed by the whole role and refused without the action."""
    assert not refused(call, role.aws.clients(service, region, **role.credentials()))
    assert refused(call, role.aws.clients(service, region, **role.credentials(without=action)))


@pytest.mark.parametrize("action", LOGGING)
def test_flow_log_role_needs_each_of_its_actions(stacks: PlainStacks, role: Callable[[str], ServiceRole], action: str) -> None:
    """EC2 finds the stack's log group and writes to streams of its own in it."""
    stream = unique("there")
    stacks.aws.clients("logs", REGION).create_log_stream(logGroupName=FLOW_LOG, logStreamName=stream)

    _needs(role(f"payment-flow-logs-primary-{SUFFIX}"), "logs", action, LOGGING[action](FLOW_LOG, stream))


@pytest.mark.parametrize("action", ["logs:CreateLogStream", "logs:PutLogEvents"])
@pytest.mark.parametrize("function", FUNCTIONS.values())
def test_function_roles_need_both_log_actions(stacks: PlainStacks, role: Callable[[str], ServiceRole], function: str, action: str) -> None:
    """Lambda writes a function's log with the function's role, to that function's group alone."""
    group, stream, region = f"/aws/lambda/{function}", unique("there"), WHERE.get(function, REGION)
    stacks.aws.clients("logs", region).create_log_stream(logGroupName=group, logStreamName=stream)

    _needs(role(function), "logs", action, LOGGING[action](group, stream), region)


@pytest.mark.parametrize("action", REPLICATION)
def test_replication_role_needs_what_it_reads(role: Callable[[str], ServiceRole], record: dict[str, str], action: str) -> None:
    """Configuration, list, and each record with its tags, owner and locks."""
    _needs(role(BUCKET), "s3", action, REPLICATION[action](record))


ANY_INTERFACE = "arn:aws:ec2:us-east-1:111122223333:*/*"


@pytest.mark.parametrize(
    ("name", "action", "resource"),
    [
        (BUCKET, "s3:GetObjectVersionForReplication", f"arn:aws:s3:::{BUCKET}/record.json"),
        (BUCKET, "s3:ReplicateObject", f"arn:aws:s3:::{PEER_BUCKET}/record.json"),
        (BUCKET, "s3:ReplicateTags", f"arn:aws:s3:::{PEER_BUCKET}/record.json"),
        (f"payment-canary-primary-{SUFFIX}", "s3:ListAllMyBuckets", "arn:aws:s3:::any"),
        *((name, f"xray:Put{what}", "*") for name in FUNCTIONS.values() for what in ("TraceSegments", "TelemetryRecords")),
        *((FUNCTIONS["payment"], f"ec2:{verb}NetworkInterface", ANY_INTERFACE) for verb in ("Create", "Delete")),
        *(
            (FUNCTIONS["health"], f"ec2:{verb}PrivateIpAddresses", "arn:aws:ec2:us-east-1:111122223333:*/*")
            for verb in ("Assign", "Unassign")
        ),
        *((FUNCTIONS["health"], f"ec2:Describe{what}", "*") for what in ("NetworkInterfaces", "Subnets")),
    ],
)
def test_iam_allows_what_cannot_be_run_here(role: Callable[[str], ServiceRole], name: str, action: str, resource: str) -> None:
    """On the resource that the service names, and only by the action's own statement."""
    one, region = role(name), WHERE.get(name, REGION)

    assert one.may(action, resource, region)
    assert not one.may(action, resource, region, without=action)


def test_replication_role_reaches_no_other_bucket(role: Callable[[str], ServiceRole]) -> None:
    """It reads its own Region's records and writes the other's, never the reverse, and deletes nothing."""
    one = role(BUCKET)

    assert not one.may("s3:ReplicateObject", f"arn:aws:s3:::{BUCKET}/record.json", REGION)
    assert not one.may("s3:GetObjectVersionForReplication", f"arn:aws:s3:::{PEER_BUCKET}/record.json", REGION)
    assert not one.may("s3:ReplicateDelete", f"arn:aws:s3:::{PEER_BUCKET}/record.json", REGION)


@pytest.mark.parametrize("action", CANARY)
def test_canary_role_needs_each_of_its_actions(stacks: PlainStacks, role: Callable[[str], ServiceRole], action: str) -> None:
    """It reads the key, keeps results, writes its log and tells how the run went."""
    s3, logs = stacks.aws.clients("s3", REGION), stacks.aws.clients("logs", REGION)
    s3.put_object(Bucket=CANARY_BUCKET, Key="own/there.json", Body=b"{}")
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=CANARY_LOG)
        logs.create_log_stream(logGroupName=CANARY_LOG, logStreamName="there")

    service, call = CANARY[action]

    _needs(role(f"payment-canary-primary-{SUFFIX}"), service, action, call)


def test_backup_role_is_allowed_each_action_by_its_own_statement(role: Callable[[str], ServiceRole]) -> None:
    """The embedded AWS backs nothing up: IAM is asked. What is allowed through another service alone is not allowed by itself."""
    one = role(f"payment-backup-{SUFFIX}")

    for statement in one.statements:
        actions, resource = statement["Action"], str(statement["Resource"]).replace("*", "x")
        for action in actions if isinstance(actions, list) else [actions]:
            assert one.may(action, resource, PEER) is ("Condition" not in statement), action
            assert not one.may(action, resource, PEER, without=action), action


def test_every_role_of_the_templates_is_shown_to_be_enough(stacks: PlainStacks) -> None:
    """A new role has to be tried here, or named with the place where it is."""
    bodies = (stacks.system.bootstrap.body, stacks.system.regional.body, stacks.system.global_.body)
    resources = {name: one for body in bodies for name, one in as_data(body)["Resources"].items()}
    roles = {name for name, one in resources.items() if one["Type"] == "AWS::IAM::Role"}

    assert roles == SHOWN_ELSEWHERE.keys() | {
        *("PaymentFunctionRole", "HealthFunctionRole", "AuthorizerFunctionRole"),
        *("AuditFunctionRole", "ReconciliationFunctionRole", "StreamLookupFunctionRole"),
        *("HoldFunctionRole", "FailoverLatchFunctionRole", "RotationFunctionRole"),
        *("AuditReplicationRole", "FlowLogRole", "CanaryRole", "BackupRole"),
    }


@pytest.mark.parametrize("function", BEHIND_THE_SCENES)
def test_functions_behind_the_scenes_have_what_they_are_shown_to_need(role: Callable[[str], ServiceRole], function: str) -> None:
    """The roles they are tried with elsewhere are those of the templates."""
    beside = {action for action in NOT_RUN if action.startswith(("xray:", "kms:"))} | {"logs:CreateLogStream", "logs:PutLogEvents"}

    assert role(FUNCTIONS[function]).actions - beside == BEHIND_THE_SCENES[function]


def test_the_stream_lookup_needs_to_look_at_the_table(stacks: PlainStacks, role: Callable[[str], ServiceRole]) -> None:
    """It finds the stream's name there, and sees nothing else of the table."""
    _needs(role(FUNCTIONS["stream_lookup"]), "dynamodb", "dynamodb:DescribeTable", lambda table: table.describe_table(TableName=TABLE))


@pytest.mark.parametrize(("service", "region", "action", "call"), ROTATION)
def test_rotation_role_needs_each_of_its_actions(
    role: Callable[[str], ServiceRole], service: str, region: str, action: str, call: Call
) -> None:
    """The secret in its own Region, the replica's labels in the other, and the authorizer of each."""
    _needs(role(FUNCTIONS["rotation"]), service, action, call, region)


def test_hold_is_seen_by_one_and_set_by_the_other(stacks: PlainStacks, role: Callable[[str], ServiceRole]) -> None:
    """What the open route runs can set nothing, and neither can let go."""
    hold, latch = role(FUNCTIONS["hold"]), role(FUNCTIONS["failover_latch"])
    _needs(latch, "dynamodb", "dynamodb:PutItem", lambda client: client.put_item(**HOLD, Item=HOLD_KEY), PEER)
    _needs(hold, "dynamodb", "dynamodb:GetItem", lambda client: client.get_item(**HOLD, Key=HOLD_KEY), PEER)

    asked = stacks.aws.clients("dynamodb", PEER, **hold.credentials())
    assert refused(lambda client: client.put_item(**HOLD, Item=HOLD_KEY), asked)
    assert refused(lambda client: client.delete_item(**HOLD, Key=HOLD_KEY), asked)
    asked = stacks.aws.clients("dynamodb", PEER, **latch.credentials())
    assert refused(lambda client: client.get_item(**HOLD, Key=HOLD_KEY), asked)
    assert refused(lambda client: client.delete_item(**HOLD, Key=HOLD_KEY), asked)


def test_the_reconciliation_lists_its_own_part_of_the_bucket(stacks: PlainStacks, role: Callable[[str], ServiceRole]) -> None:
    """Payments and its own state; it adds what is missing and cannot write over what the outbox wrote."""
    s3 = stacks.aws.clients("s3", REGION, **role(FUNCTIONS["reconciliation"]).credentials())

    def put(key: str) -> Call:
        return lambda client: client.put_object(Bucket=BUCKET, Key=key, Body=b"")

    assert not refused(lambda client: client.list_objects_v2(Bucket=BUCKET, Prefix="payments/date=2026-11-20/"), s3)
    assert refused(lambda client: client.list_objects_v2(Bucket=BUCKET), s3)
    assert not refused(put("payments/date=2026-11-20/region=us-east-1/reconciled-1.jsonl.gz"), s3)
    assert refused(put("payments/date=2026-11-20/region=us-east-1/1.jsonl.gz"), s3)


def test_keys_are_used_through_s3_alone(stacks: PlainStacks, role: Callable[[str], ServiceRole]) -> None:
    """The replication role can use neither Region's key by itself."""
    credentials = role(BUCKET).credentials()
    for region, bucket in ((REGION, BUCKET), (PEER, PEER_BUCKET)):
        key = f"alias/{bucket}"
        assert stacks.aws.clients("kms", region).describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
        assert refused(lambda kms, key=key: kms.encrypt(KeyId=key, Plaintext=b"x"), stacks.aws.clients("kms", region, **credentials))


def test_every_action_is_run_or_said_not_to_be(role: Callable[[str], ServiceRole]) -> None:
    """The table of what cannot be run holds exactly that: an action added to a role has to be shown needed, or not be there."""
    services = (BUCKET, f"payment-flow-logs-primary-{SUFFIX}", f"payment-canary-primary-{SUFFIX}")
    roles = {name: role(name).actions for name in (*FUNCTIONS.values(), *services)}
    by_code = {action for actions in (*BY_CODE.values(), *BEHIND_THE_SCENES.values()) for action in actions}

    allowed = frozenset[str]().union(*roles.values())

    assert allowed - by_code - LOGGING.keys() - REPLICATION.keys() - CANARY.keys() == NOT_RUN.keys()
    assert roles[BUCKET] == REPLICATION.keys() | {action for action, why in NOT_RUN.items() if why in (_BY_S3, _THROUGH_S3)}
    assert roles[f"payment-canary-primary-{SUFFIX}"] == CANARY.keys() | {"s3:ListAllMyBuckets", "cloudwatch:PutMetricData"}
    assert roles[f"payment-flow-logs-primary-{SUFFIX}"] == LOGGING.keys()
