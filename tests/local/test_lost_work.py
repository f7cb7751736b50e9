"""What a lost Region leaves undone and takes up again: copies of objects and secrets, streams, functions and schedules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployer.local import fault_control
from deployer.local.copies import WaitingCopies
from deployer.local.faults import FaultKind
from tests.local.test_buckets import a_bucket
from tests.support.audit import an_item
from tests.support.edges import a_function, deploy_echo_api, function_trust
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.faults import broken, knock, until
from tests.support.outbox import a_table, an_outbox
from tests.support.stacks import deploy, unique

EAST, WEST = "us-east-1", "us-east-2"
LISTER = """
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
def handle(event, context):
    try:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=1)
        boto3.client("dynamodb", event.get("region"), config=config).list_tables()
    except ClientError as error:
        return error.response["Error"]["Code"]
    except BotoCoreError as error:
        return type(error).__name__
    return "listed"
"""
LOST = pytest.mark.parametrize(
    ("kind", "region", "details"),
    [
        pytest.param(FaultKind.PARTITION, EAST, {"peer": WEST}, id="partition"),
        pytest.param(FaultKind.ISOLATED, WEST, {}, id="the other one isolated"),
        pytest.param(FaultKind.DEAD, WEST, {}, id="the other one dead"),
        pytest.param(FaultKind.BLACK_HOLE, WEST, {}, id="the other one a black hole"),
    ],
)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An embedded AWS of its own."""
    with running_embedded_aws(tmp_path_factory.mktemp("lost-work")) as running:
        yield running


@pytest.fixture(scope="module")
def buckets(aws: EmbeddedAws) -> tuple[str, str]:
    """A bucket in each Region, replicated both ways."""
    east, west = unique("east"), unique("west")
    first, second = deploy(aws, a_bucket(east)), deploy(aws, a_bucket(west), region=WEST)
    deploy(aws, a_bucket(east, replicates_to=west), name=first.name)
    deploy(aws, a_bucket(west, replicates_to=east), name=second.name, region=WEST)
    return east, west


def put(aws: EmbeddedAws, bucket: str, key: str, body: bytes) -> None:
    """Put an object that is replicated, in us-east-1."""
    aws.clients("s3", EAST).put_object(Bucket=bucket, Key=key, Body=body, Tagging="kind=payment")


@LOST
def test_objects_wait_for_their_way_and_none_is_lost(
    aws: EmbeddedAws, buckets: tuple[str, str], kind: FaultKind, region: str, details: dict[str, Any]
) -> None:
    """Their status says so; they arrive with their tags, the newest version last."""
    (east, west), key = buckets, f"audit/{unique('object')}"
    in_east, in_west = aws.clients("s3", EAST), aws.clients("s3", WEST)
    with broken(aws.state, kind, region, **details):
        put(aws, east, key, b"first")
        put(aws, east, key, b"second")
        assert in_east.head_object(Bucket=east, Key=key)["ReplicationStatus"] == "PENDING"

    assert in_west.get_object(Bucket=west, Key=key)["Body"].read() == b"second"
    versions = in_west.list_object_versions(Bucket=west, Prefix=key)["Versions"]
    assert [version["IsLatest"] for version in versions] == [True, False]
    assert in_west.get_object_tagging(Bucket=west, Key=key)["TagSet"] == [{"Key": "kind", "Value": "payment"}]
    assert in_west.head_object(Bucket=west, Key=key)["ReplicationStatus"] == "REPLICA"
    for version in in_east.list_object_versions(Bucket=east, Prefix=key)["Versions"]:
        found = in_east.head_object(Bucket=east, Key=key, VersionId=version["VersionId"])
        assert found["ReplicationStatus"] == "COMPLETED"


def test_object_is_not_there_while_the_way_is_shut(aws: EmbeddedAws, buckets: tuple[str, str]) -> None:
    """A reader in the other Region, which is well, does not find it."""
    (east, west), in_west = buckets, aws.clients("s3", WEST)
    with broken(aws.state, FaultKind.PARTITION, EAST, peer=WEST):
        put(aws, east, "audit/parted", b"1")
        with pytest.raises(ClientError, match="404"):
            in_west.head_object(Bucket=west, Key="audit/parted")

    in_west.head_object(Bucket=west, Key="audit/parted")


def test_without_a_fault_a_copy_is_made_at_once(aws: EmbeddedAws, buckets: tuple[str, str]) -> None:
    """As before there were faults."""
    east, west = buckets
    put(aws, east, "audit/well", b"1")

    assert aws.clients("s3", WEST).get_object(Bucket=west, Key="audit/well")["Body"].read() == b"1"
    assert aws.clients("s3", EAST).head_object(Bucket=east, Key="audit/well")["ReplicationStatus"] == "COMPLETED"


@LOST
def test_secret_stays_old_where_its_change_cannot_arrive(aws: EmbeddedAws, kind: FaultKind, region: str, details: dict[str, Any]) -> None:
    """The primary says InProgress; healed, the replica has the latest value, not each in between."""
    name = unique("secret")
    east, west = aws.clients("secretsmanager", EAST), aws.clients("secretsmanager", WEST)
    east.create_secret(Name=name, SecretString="old")
    east.replicate_secret_to_regions(SecretId=name, AddReplicaRegions=[{"Region": WEST}])
    with broken(aws.state, kind, region, **details):
        east.put_secret_value(SecretId=name, SecretString="between")
        east.put_secret_value(SecretId=name, SecretString="new")
        until(lambda: fault_control.replication(aws.state).copies == ((EAST, WEST, 1),))
        assert [status["Status"] for status in east.describe_secret(SecretId=name)["ReplicationStatus"]] == ["InProgress"]
        if kind is FaultKind.PARTITION:
            assert west.get_secret_value(SecretId=name)["SecretString"] == "old"

    until(lambda: west.get_secret_value(SecretId=name)["SecretString"] == "new")
    until(lambda: east.describe_secret(SecretId=name)["ReplicationStatus"][0]["Status"] == "InSync")


@pytest.mark.parametrize(
    ("kind", "details"), [(FaultKind.DEAD, {}), (FaultKind.BLACK_HOLE, {}), (FaultKind.SERVICE_OUT, {"service": "lambda"})]
)
def test_stream_is_delivered_after_healing_what_was_not_before(aws: EmbeddedAws, kind: FaultKind, details: dict[str, Any]) -> None:
    """Each record once, none given up: a delivery that finds no Lambda counts as no attempt."""
    table = a_table(aws)
    box = an_outbox(aws, table)
    aws.clients("dynamodb", EAST).put_item(TableName=table, Item=an_item(1))
    until(lambda: len(box.ids()) == 1)
    with broken(aws.state, kind, EAST, **details):
        aws.clients("dynamodb", WEST).put_item(TableName=table, Item=an_item(2))
    until(lambda: len(box.ids()) == 2)

    assert box.ids() == sorted(an_item(number)["transaction_id"]["S"] for number in (1, 2))
    assert box.dead_letters() == []


def test_function_is_not_run_while_its_service_is_out(aws: EmbeddedAws) -> None:
    """API Gateway, which is well, answers for it with 500."""
    name = "api.lambda.example.test"
    deploy_echo_api(aws, EAST, name)
    assert knock(aws.state, EAST, name) == "200"
    with broken(aws.state, FaultKind.SERVICE_OUT, EAST, service="lambda"):
        assert knock(aws.state, EAST, name) == "500"

    assert knock(aws.state, EAST, name) == "200"


def test_functions_calls_meet_the_fault_too(aws: EmbeddedAws) -> None:
    """What is out is out for the Region's own functions, and they are told as everybody is."""
    policy = {"Statement": [{"Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"}]}
    role = {"AssumeRolePolicyDocument": function_trust(), "Policies": [{"PolicyName": "list", "PolicyDocument": policy}]}
    resources = {"Role": {"Type": "AWS::IAM::Role", "Properties": role}, "Lister": a_function(aws, EAST, LISTER)}
    function = deploy(aws, resources).physical_ids["Lister"]

    def told(region: str = EAST) -> str:
        answer = aws.clients("lambda", EAST).invoke(FunctionName=function, Payload=json.dumps({"region": region}).encode())
        return str(json.loads(answer["Payload"].read()))

    assert told() == "listed"
    with broken(aws.state, FaultKind.SERVICE_OUT, EAST, service="dynamodb"):
        assert told() == "ServiceUnavailable"
    with broken(aws.state, FaultKind.PARTITION, EAST, peer=WEST):
        assert (told(EAST), told(WEST)) == ("listed", "ReadTimeoutError")
        assert aws.clients("dynamodb", WEST).list_tables()
    assert (told(EAST), told(WEST)) == ("listed", "listed")


def test_schedule_of_a_dead_region_misses_its_time(aws: EmbeddedAws) -> None:
    """That of the other one does not."""
    name = unique("schedule")
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust()}}
    role_arn = deploy(aws, {"Role": role}, {"Arn": {"Fn::GetAtt": ["Role", "Arn"]}}).outputs["Arn"]
    at = (datetime.now(UTC) + timedelta(seconds=2)).strftime("at(%Y-%m-%dT%H:%M:%S)")
    queues = {}
    for region in (EAST, WEST):
        sqs = aws.clients("sqs", region)
        queues[region] = (sqs, sqs.create_queue(QueueName=name)["QueueUrl"])
        target = {"Arn": f"arn:aws:sqs:{region}:111122223333:{name}", "RoleArn": role_arn, "Input": "now"}
        window = {"Mode": "OFF"}
        aws.clients("scheduler", region).create_schedule(Name=name, ScheduleExpression=at, Target=target, FlexibleTimeWindow=window)

    def has_message(region: str) -> bool:
        sqs, url = queues[region]
        return "Messages" in sqs.receive_message(QueueUrl=url, VisibilityTimeout=0)

    with broken(aws.state, FaultKind.DEAD, WEST):
        until(lambda: has_message(EAST))
    assert not has_message(WEST)


def test_copies_are_made_in_their_order_and_the_latest_state_once() -> None:
    """Named ones replace each other; a way that shuts in between keeps the rest."""
    made: list[str] = []
    shut = {("a", "b")}
    copies = WaitingCopies(lambda source, target: (source, target) not in shut)

    assert copies.make("b", "a", lambda: made.append("at once"))
    for number in range(3):
        assert not copies.make("a", "b", lambda number=number: made.append(f"object {number}"))  # type: ignore[misc]
        assert not copies.make("a", "b", lambda number=number: made.append(f"secret {number}"), instead_of="secret")  # type: ignore[misc]
    assert copies.counts() == (("a", "b", 4),)
    copies.settle()
    assert made == ["at once"]
    shut.clear()
    copies.settle()

    assert made == ["at once", "object 0", "object 1", "object 2", "secret 2"]
    assert copies.counts() == ()
