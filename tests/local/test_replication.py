"""Global tables through faults, as clients in both Regions see them: eventual ones, strong ones, and their streams."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployer.local import fault_control
from deployer.local.faults import FaultKind
from deployer.vocabulary.errors import InputRefused
from tests.local.test_global_tables import a_strong_table, a_table
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.faults import broken, until
from tests.support.stacks import deploy, unique

EAST, WEST, WITNESS = "us-east-1", "us-east-2", "us-west-2"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An embedded AWS of its own."""
    with running_embedded_aws(tmp_path_factory.mktemp("replication")) as running:
        yield running


class Ledger:
    """A global table as a client in each Region uses it."""

    def __init__(self, aws: EmbeddedAws, resources: dict[str, Any]) -> None:
        deploy(aws, resources)
        self.name = resources["Table"]["Properties"]["TableName"]
        self.clients = {region: aws.clients("dynamodb", region) for region in (EAST, WEST)}
        self.streams = {region: aws.clients("dynamodbstreams", region) for region in (EAST, WEST)}

    def put(self, region: str, item: str, value: str = "1", **more: Any) -> None:
        """Put an item with a value."""
        self.clients[region].put_item(TableName=self.name, Item={"id": {"S": item}, "value": {"S": value}}, **more)

    def put_once(self, region: str, item: str, value: str = "1") -> None:
        """Put an item unless it is there."""
        self.put(region, item, value, ConditionExpression="attribute_not_exists(id)")

    def delete(self, region: str, item: str) -> None:
        """Delete an item."""
        self.clients[region].delete_item(TableName=self.name, Key={"id": {"S": item}})

    def get(self, region: str, item: str, *, strongly: bool = False) -> str | None:
        """Return an item's value, None when it is not there."""
        found = self.clients[region].get_item(TableName=self.name, Key={"id": {"S": item}}, ConsistentRead=strongly)
        return str(found["Item"]["value"]["S"]) if "Item" in found else None

    def stream(self, region: str) -> list[tuple[str, str]]:
        """Return (event, item) of each record of a Region's stream."""
        client = self.streams[region]
        arn = client.list_streams(TableName=self.name)["Streams"][0]["StreamArn"]
        shard = client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        iterator = client.get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
        records = client.get_records(ShardIterator=iterator)["Records"]
        return [(record["eventName"], record["dynamodb"]["Keys"]["id"]["S"]) for record in records]


@pytest.fixture
def eventual(aws: EmbeddedAws) -> Iterator[Ledger]:
    """An eventual table whose writes are under way so long that no test meets one by chance."""
    fault_control.set_lag(aws.state, 0.2)
    yield Ledger(aws, a_table(unique("table"), EAST, WEST))
    fault_control.heal(aws.state)
    fault_control.set_lag(aws.state, 0.2)


@pytest.fixture
def strong(aws: EmbeddedAws) -> Iterator[Ledger]:
    """A strong table: two replicas and a witness."""
    yield Ledger(aws, a_strong_table(unique("table")))
    fault_control.heal(aws.state)


def refused(code: str) -> Any:
    """Return what expects DynamoDB's refusal by code."""
    return pytest.raises(ClientError, match=code)


def test_write_of_an_eventual_table_arrives_after_its_lag(aws: EmbeddedAws, eventual: Ledger) -> None:
    """Its own Region reads it at once, and the other's stream tells of it on arrival."""
    fault_control.set_lag(aws.state, 3600)
    eventual.put(EAST, "a")

    assert (eventual.get(EAST, "a"), eventual.get(WEST, "a")) == ("1", None)
    assert (eventual.stream(EAST), eventual.stream(WEST)) == ([("INSERT", "a")], [])
    assert [backlog[:3] for backlog in fault_control.replication(aws.state).backlogs] == [(EAST, WEST, 1)]
    fault_control.set_lag(aws.state, 0.2, WEST)  # of writes in the other direction alone
    eventual.put(WEST, "b")
    until(lambda: eventual.get(EAST, "b") == "1")
    assert eventual.stream(EAST) == [("INSERT", "a"), ("INSERT", "b")]
    assert eventual.get(WEST, "a") is None
    fault_control.set_lag(aws.state, 0.2)
    until(lambda: eventual.get(WEST, "a") == "1")


def test_condition_on_an_eventual_table_sees_its_own_region_alone(aws: EmbeddedAws, eventual: Ledger) -> None:
    """Two Regions may both take a payment once: what strong tables are for."""
    with broken(aws.state, FaultKind.PARTITION, EAST, peer=WEST):
        eventual.put_once(EAST, "a", "east")
        eventual.put_once(WEST, "a", "west")
        with refused("ConditionalCheckFailedException"):
            eventual.put_once(WEST, "a", "again")
    until(lambda: eventual.get(EAST, "a") == "west")

    assert eventual.get(WEST, "a") == "west"


def test_partition_holds_writes_up_and_healing_lets_the_last_win(aws: EmbeddedAws, eventual: Ledger) -> None:
    """Deletions too; nothing is lost and nothing comes back."""
    for item in ("deleted", "rewritten"):
        eventual.put(EAST, item)
    until(lambda: eventual.get(WEST, "rewritten") == "1")
    with broken(aws.state, FaultKind.PARTITION, EAST, peer=WEST):
        eventual.put(WEST, "deleted", "earlier")
        eventual.delete(EAST, "deleted")
        eventual.put(EAST, "rewritten", "earlier")
        eventual.put(WEST, "rewritten", "later")
        eventual.put(EAST, "only east")
        eventual.put(WEST, "only west")
        assert [count for _, _, count, _ in fault_control.replication(aws.state).backlogs] == [3, 3]
        assert (eventual.get(EAST, "only west"), eventual.get(WEST, "only east")) == (None, None)
    until(lambda: fault_control.replication(aws.state).backlogs == ())

    for region in (EAST, WEST):
        found = [eventual.get(region, item) for item in ("deleted", "rewritten", "only east", "only west")]
        assert found == [None, "later", "1", "1"]


def test_unreplicated_write_of_a_dead_region_is_missing_until_it_returns(aws: EmbeddedAws, eventual: Ledger) -> None:
    """The data loss of eventual consistency, seen."""
    fault_control.set_lag(aws.state, 0.5)
    eventual.put(EAST, "lost")
    with broken(aws.state, FaultKind.DEAD, EAST):
        eventual.put(WEST, "meanwhile")
        until(lambda: fault_control.replication(aws.state).backlogs[0][3] > 0.6)
        assert eventual.get(WEST, "lost") is None
    until(lambda: eventual.get(WEST, "lost") == "1")

    until(lambda: eventual.get(EAST, "meanwhile") == "1")


def test_strong_table_goes_on_without_one_replica(aws: EmbeddedAws, strong: Ledger) -> None:
    """The survivor and the witness are a majority; the one that returns has caught up before it answers."""
    strong.put(EAST, "before")
    with broken(aws.state, FaultKind.DEAD, EAST):
        assert strong.get(WEST, "before", strongly=True) == "1"
        strong.put(WEST, "during")
        with refused("ConditionalCheckFailedException"):
            strong.put_once(WEST, "before")
        assert fault_control.replication(aws.state).behind == ((strong.name, EAST, 1),)
    assert strong.get(EAST, "during", strongly=True) == "1"

    with refused("ConditionalCheckFailedException"):
        strong.put_once(EAST, "during")
    assert strong.stream(EAST) == strong.stream(WEST) == [("INSERT", "before"), ("INSERT", "during")]
    assert fault_control.replication(aws.state).behind == ()


def test_isolated_region_refuses_writes_and_strong_reads(aws: EmbeddedAws, strong: Ledger) -> None:
    """And serves eventual reads of what was there; the other one goes on."""
    strong.put(EAST, "before")
    with broken(aws.state, FaultKind.ISOLATED, EAST):
        for attempt in (
            lambda: strong.put(EAST, "new"),
            lambda: strong.put_once(EAST, "new"),
            lambda: strong.delete(EAST, "before"),
            lambda: strong.get(EAST, "before", strongly=True),
            lambda: strong.clients[EAST].scan(TableName=strong.name, ConsistentRead=True),
            lambda: strong.clients[EAST].batch_write_item(RequestItems={strong.name: [{"DeleteRequest": {"Key": {"id": {"S": "x"}}}}]}),
        ):
            with refused("InternalServerError") as answer:
                attempt()
            assert answer.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        strong.put(WEST, "during")
        assert (strong.get(EAST, "before"), strong.get(EAST, "during"), strong.get(EAST, "new")) == ("1", None, None)

    assert (strong.get(EAST, "during"), strong.get(WEST, "new")) == ("1", None)


def test_parted_replicas_go_on_through_the_witness(aws: EmbeddedAws, strong: Ledger) -> None:
    """Both reach a majority, and each sees the other's writes; without the witness neither may."""
    with broken(aws.state, FaultKind.PARTITION, EAST, peer=WEST):
        strong.put_once(EAST, "a")
        with refused("ConditionalCheckFailedException"):
            strong.put_once(WEST, "a")
        with broken(aws.state, FaultKind.DEAD, WITNESS):
            for region in (EAST, WEST):
                with refused("InternalServerError"):
                    strong.put(region, "b")

    strong.put(EAST, "b")


def test_lost_witness_alone_stops_nobody(aws: EmbeddedAws, strong: Ledger) -> None:
    """The two replicas are a majority."""
    with broken(aws.state, FaultKind.DEAD, WITNESS):
        strong.put(EAST, "a")

        assert strong.get(WEST, "a", strongly=True) == "1"


def test_eventual_table_goes_on_in_an_isolated_region(aws: EmbeddedAws, eventual: Ledger) -> None:
    """What needs no majority does not ask for one."""
    with broken(aws.state, FaultKind.ISOLATED, EAST):
        eventual.put_once(EAST, "a")

        assert eventual.get(EAST, "a", strongly=True) == "1"


def test_conflicting_writes_are_refused_at_the_rate_asked_for(aws: EmbeddedAws, strong: Ledger, eventual: Ledger) -> None:
    """So that callers try again; only writes of strong tables."""
    fault_control.set_write_conflict_rate(aws.state, 1.0)
    try:
        with refused("ReplicatedWriteConflictException"):
            strong.put(EAST, "a")
        eventual.put(EAST, "a")
        assert strong.get(EAST, "a", strongly=True) is None
    finally:
        fault_control.set_write_conflict_rate(aws.state, 0.0)

    strong.put(EAST, "a")


def test_strong_table_takes_no_transaction(strong: Ledger, eventual: Ledger) -> None:
    """An eventual one does (F1.7)."""
    for ledger, works in ((strong, False), (eventual, True)):
        items = [{"Put": {"TableName": ledger.name, "Item": {"id": {"S": "a"}, "value": {"S": "1"}}}}]
        if works:
            ledger.clients[EAST].transact_write_items(TransactItems=items)
        else:
            with refused("ValidationException"):
                ledger.clients[EAST].transact_write_items(TransactItems=items)


@pytest.mark.parametrize(("seconds", "region"), [(-1.0, None), (1e9, None), (1.0, "us-west-1")])
def test_lag_that_makes_no_sense_is_refused(aws: EmbeddedAws, seconds: float, region: str | None) -> None:
    """And changes nothing."""
    before = fault_control.replication(aws.state).lag_seconds

    with pytest.raises(InputRefused):
        fault_control.set_lag(aws.state, seconds, region)
    assert fault_control.replication(aws.state).lag_seconds == before
