"""Global tables given by a template."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.embedded import EmbeddedAws
from tests.support.stacks import StackFailed, delete, deploy, unique


def a_table(name: str, *regions: str, **properties: Any) -> dict[str, Any]:
    """Return a global table resource with a replica in each Region."""
    own: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "Replicas": [{"Region": region} for region in regions],
    }
    return {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": own | properties}}


def a_strong_table(name: str, **properties: Any) -> dict[str, Any]:
    """Return a strongly consistent table: two replicas and a witness."""
    strong = {"MultiRegionConsistency": "STRONG", "GlobalTableWitnesses": [{"Region": "us-west-2"}]}
    return a_table(name, "us-east-1", "us-east-2", **strong | properties)


def test_item_written_in_one_region_is_read_in_the_other(embedded_aws: EmbeddedAws) -> None:
    """Both replicas take writes, and each sees the other's."""
    name = unique("table")
    deploy(embedded_aws, a_strong_table(name), region="us-east-2")
    east, west = embedded_aws.clients("dynamodb"), embedded_aws.clients("dynamodb", "us-east-2")

    east.put_item(TableName=name, Item={"id": {"S": "east"}})
    west.put_item(TableName=name, Item={"id": {"S": "west"}})

    assert west.get_item(TableName=name, Key={"id": {"S": "east"}}, ConsistentRead=True)["Item"] == {"id": {"S": "east"}}
    assert east.get_item(TableName=name, Key={"id": {"S": "west"}}, ConsistentRead=True)["Item"] == {"id": {"S": "west"}}


def test_condition_sees_the_other_regions_write(embedded_aws: EmbeddedAws) -> None:
    """A conditional put fails in either Region once the item is there."""
    name = unique("table")
    deploy(embedded_aws, a_strong_table(name))
    west = embedded_aws.clients("dynamodb", "us-east-2")
    embedded_aws.clients("dynamodb").put_item(TableName=name, Item={"id": {"S": "1"}})

    with pytest.raises(west.exceptions.ConditionalCheckFailedException):
        west.put_item(TableName=name, Item={"id": {"S": "1"}}, ConditionExpression="attribute_not_exists(id)")


def test_description_shows_consistency_and_witness(embedded_aws: EmbeddedAws) -> None:
    """DescribeTable tells in each Region what kind of global table it is."""
    name = unique("table")
    stack = deploy(embedded_aws, a_strong_table(name), {"Arn": {"Fn::GetAtt": ["Table", "Arn"]}})

    for region in ("us-east-1", "us-east-2"):
        table = embedded_aws.clients("dynamodb", region).describe_table(TableName=name)["Table"]
        assert table["MultiRegionConsistency"] == "STRONG"
        assert table["GlobalTableWitnesses"] == [{"RegionName": "us-west-2", "WitnessStatus": "ACTIVE"}]
        assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert stack.outputs["Arn"] == f"arn:aws:dynamodb:us-east-1:111122223333:table/{name}"
    assert stack.physical_ids["Table"] == name


def test_each_replica_has_its_own_settings(embedded_aws: EmbeddedAws) -> None:
    """Recovery, protection and tags are those the template gives each Region, and follow an update."""
    name = unique("table")
    replicas = [
        {"Region": "us-east-1"},
        {
            "Region": "us-east-2",
            "DeletionProtectionEnabled": "true",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "Tags": [{"Key": "role", "Value": "secondary"}],
            "ResourcePolicy": {"PolicyDocument": {"Version": "2012-10-17", "Statement": []}},
        },
    ]
    stack = deploy(embedded_aws, a_strong_table(name, Replicas=replicas))
    settings = {region: _settings(embedded_aws, region, name) for region in ("us-east-1", "us-east-2")}
    west = embedded_aws.clients("dynamodb", "us-east-2")
    policy = west.get_resource_policy(ResourceArn=f"arn:aws:dynamodb:us-east-2:111122223333:table/{name}")["Policy"]

    assert json.loads(policy) == {"Version": "2012-10-17", "Statement": []}
    assert settings == {"us-east-1": (False, "DISABLED", {}), "us-east-2": (True, "ENABLED", {"role": "secondary"})}
    deploy(embedded_aws, a_strong_table(name), name=stack.name)
    assert _settings(embedded_aws, "us-east-2", name) == (False, "DISABLED", {})


def test_deleted_stack_takes_every_replica(embedded_aws: EmbeddedAws) -> None:
    """No Region keeps a replica."""
    name = unique("table")
    stack = deploy(embedded_aws, a_strong_table(name))

    delete(embedded_aws, stack)

    for region in ("us-east-1", "us-east-2"):
        assert name not in embedded_aws.clients("dynamodb", region).list_tables()["TableNames"]


def test_protected_replica_keeps_the_stack(embedded_aws: EmbeddedAws) -> None:
    """Deletion protection of one replica stops the deletion before any replica goes."""
    name = unique("table")
    replicas = [{"Region": "us-east-1"}, {"Region": "us-east-2", "DeletionProtectionEnabled": True}]
    stack = deploy(embedded_aws, a_strong_table(name, Replicas=replicas))

    with pytest.raises(StackFailed) as failed:
        delete(embedded_aws, stack)

    assert "protected against deletion in us-east-2" in failed.value.reasons["Table"]
    assert name in embedded_aws.clients("dynamodb", "us-east-2").list_tables()["TableNames"]


def test_replica_over_an_existing_table_leaves_nothing_behind(embedded_aws: EmbeddedAws) -> None:
    """A name taken in the other Region fails the resource; the table there stays and the one made here goes."""
    name = unique("table")
    taken = a_table(name, "us-east-2")
    deploy(embedded_aws, taken, region="us-east-2")

    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, a_strong_table(name))

    assert "already existed" in failed.value.reasons["Table"]
    assert name not in embedded_aws.clients("dynamodb").list_tables()["TableNames"]
    assert name in embedded_aws.clients("dynamodb", "us-east-2").list_tables()["TableNames"]


def test_replica_can_be_added_to_an_eventual_table(embedded_aws: EmbeddedAws) -> None:
    """The new replica has the items that were there before."""
    name = unique("table")
    stack = deploy(embedded_aws, a_table(name, "us-east-1"))
    embedded_aws.clients("dynamodb").put_item(TableName=name, Item={"id": {"S": "old"}})

    deploy(embedded_aws, a_table(name, "us-east-1", "us-east-2"), name=stack.name)

    found = embedded_aws.clients("dynamodb", "us-east-2").get_item(TableName=name, Key={"id": {"S": "old"}})
    assert found["Item"] == {"id": {"S": "old"}}


def test_index_is_made_and_removed_in_every_region(embedded_aws: EmbeddedAws) -> None:
    """A query that works in one Region works in the other."""
    name = unique("table")
    index = {"IndexName": "by-kind", "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}
    attributes = [{"AttributeName": one, "AttributeType": "S"} for one in ("id", "kind")]
    stack = deploy(embedded_aws, a_strong_table(name), region="us-east-2")

    def indexes() -> list[list[str]]:
        tables = [embedded_aws.clients("dynamodb", region).describe_table(TableName=name)["Table"] for region in ("us-east-1", "us-east-2")]
        return [[one["IndexName"] for one in table.get("GlobalSecondaryIndexes", [])] for table in tables]

    indexed = a_strong_table(name, AttributeDefinitions=attributes, GlobalSecondaryIndexes=[index])
    deploy(embedded_aws, indexed, name=stack.name, region="us-east-2")
    with_index = indexes()
    deploy(embedded_aws, a_strong_table(name), name=stack.name, region="us-east-2")

    assert with_index == [["by-kind"], ["by-kind"]]
    assert indexes() == [[], []]


def test_refusal_is_the_resources_reason(embedded_aws: EmbeddedAws) -> None:
    """A rule broken shows in the stack's events and leaves no table."""
    name = unique("table")

    with pytest.raises(StackFailed) as failed:
        deploy(embedded_aws, a_strong_table(name, TimeToLiveSpecification={"Enabled": True, "AttributeName": "ttl"}))

    assert "does not support TimeToLiveSpecification" in failed.value.reasons["Table"]
    assert name not in embedded_aws.clients("dynamodb").list_tables()["TableNames"]


def _settings(aws: EmbeddedAws, region: str, name: str) -> tuple[bool, str, dict[str, str]]:
    client = aws.clients("dynamodb", region)
    table = client.describe_table(TableName=name)["Table"]
    recovery = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    tags = client.list_tags_of_resource(ResourceArn=table["TableArn"])["Tags"]
    # The stack's own tags are CloudFormation's business.
    own = {tag["Key"]: tag["Value"] for tag in tags if not tag["Key"].startswith("aws:")}
    status = recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]
    return table["DeletionProtectionEnabled"], status, own
