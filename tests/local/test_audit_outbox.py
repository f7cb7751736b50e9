"""The audit outbox on the embedded AWS: a real stream, mapping, functions, buckets and queue, under exactly the permissions they name."""

from __future__ import annotations

import json

import pytest

from tests.support.audit import HERE, THERE, an_item
from tests.support.embedded import EmbeddedAws
from tests.support.outbox import Outbox, a_table, an_outbox, put, until
from tests.support.stacks import StackFailed


def id_of(number: int) -> str:
    """Return the id of a payment by its number."""
    return an_item(number)["transaction_id"]["S"]


@pytest.fixture(scope="module")
def table(embedded_aws: EmbeddedAws) -> str:
    """A table with twelve payments of each Region, and one item that is no payment."""
    name = a_table(embedded_aws)
    items = [an_item(number, region=(HERE, THERE)[number % 2]) for number in range(24)]
    put(embedded_aws, name, [*items[:9], an_item(99, created_at=None), *items[9:]])
    return name


@pytest.fixture(scope="module")
def outboxes(embedded_aws: EmbeddedAws, table: str) -> dict[str, Outbox]:
    """Both Regions' outboxes, once they have settled."""
    both = {region: an_outbox(embedded_aws, table, region) for region in (HERE, THERE)}
    until(lambda: all(len(box.ids()) >= 12 for box in both.values()) and bool(both[HERE].dead_letters()))
    return both


def test_each_payment_is_in_the_bucket_of_the_region_that_took_it_once(outboxes: dict[str, Outbox]) -> None:
    """Both Regions' streams hold all of them; an item that is no payment among them costs no other its line."""
    assert outboxes[HERE].ids() == [id_of(number) for number in range(0, 24, 2)]
    assert outboxes[THERE].ids() == [id_of(number) for number in range(1, 24, 2)]


def test_a_line_holds_what_the_table_holds(outboxes: dict[str, Outbox]) -> None:
    """To the letter, from the stream."""
    lines = [json.loads(line) for lines in outboxes[HERE].objects().values() for line in lines]

    assert {line["id"]: line["item"] for line in lines} == {id_of(number): an_item(number) for number in range(0, 24, 2)}


def test_what_is_no_payment_is_given_up_alone(outboxes: dict[str, Outbox]) -> None:
    """Halved until it was alone, tried again, and left in the queue: no payment was given up with it."""
    [letter] = outboxes[HERE].dead_letters()

    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert letter["DDBStreamBatchInfo"]["batchSize"] == 1
    assert outboxes[THERE].dead_letters() == []


def test_a_redrive_reads_the_batch_back_and_names_what_is_no_payment(outboxes: dict[str, Outbox]) -> None:
    """The queue's message is the event."""
    [letter] = outboxes[HERE].dead_letters()
    before = outboxes[HERE].objects()

    answer, _ = outboxes[HERE].invoke("audit", letter)

    assert answer == {"batchItemFailures": [{"itemIdentifier": letter["DDBStreamBatchInfo"]["startSequenceNumber"]}]}
    assert outboxes[HERE].objects() == before


def test_a_whole_batch_redriven_repeats_nothing(outboxes: dict[str, Outbox]) -> None:
    """It is written where it was."""
    lines = [json.loads(line) for lines in outboxes[THERE].objects().values() for line in lines]
    first, last = min(line["sequence_number"] for line in lines), max(line["sequence_number"] for line in lines)
    stream = outboxes[THERE].aws.clients("dynamodb", THERE).describe_table(TableName=outboxes[THERE].table)["Table"]["LatestStreamArn"]
    shard = "shardId-00000000000000000000-00000000"
    whole = {"streamArn": stream, "shardId": shard, "startSequenceNumber": first, "endSequenceNumber": last, "batchSize": 12}

    answer, _ = outboxes[THERE].invoke("audit", {"DDBStreamBatchInfo": whole})

    assert answer == {"batchItemFailures": []}
    assert set(outboxes[THERE].ids()) == {id_of(number) for number in range(1, 24, 2)}
    assert len({line for lines in outboxes[THERE].objects().values() for line in lines}) == 12


def test_a_change_and_a_removal_are_kept_by_both_regions(embedded_aws: EmbeddedAws) -> None:
    """They must not happen, and are told under each witness's name."""
    name = a_table(embedded_aws)
    both = [an_outbox(embedded_aws, name, region) for region in (HERE, THERE)]
    put(embedded_aws, name, [an_item(1), an_item(1, amount={"N": "2"})])
    embedded_aws.clients("dynamodb", HERE).delete_item(TableName=name, Key={"transaction_id": an_item(1)["transaction_id"]})

    until(lambda: all(len(box.ids("changes/")) == 2 for box in both))
    kinds = {json.loads(line)["kind"] for box in both for lines in box.objects("changes/").values() for line in lines}
    assert kinds == {"MODIFY", "REMOVE"}
    assert len({name for box in both for name in box.ids("changes/")}) == 4


def test_a_bucket_that_refuses_for_a_while_costs_no_line(embedded_aws: EmbeddedAws) -> None:
    """The batch comes again as a whole, and its object is one."""
    name = a_table(embedded_aws)
    box = an_outbox(embedded_aws, name, MaximumRetryAttempts=100)
    s3 = embedded_aws.clients("s3", HERE)
    closed = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{box.bucket}/*"}
    s3.put_bucket_policy(Bucket=box.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [closed]}))
    put(embedded_aws, name, [an_item(number) for number in range(5)])
    until(lambda: "not-written" in _log_of(box))
    assert box.ids() == []

    s3.delete_bucket_policy(Bucket=box.bucket)

    until(lambda: len(box.ids()) >= 5)
    assert box.ids() == [id_of(number) for number in range(5)]
    assert box.dead_letters() == []


@pytest.mark.parametrize("without", ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"])
def test_a_mapping_needs_each_of_the_streams_actions(embedded_aws: EmbeddedAws, table: str, without: str) -> None:
    """Without one there is no mapping, as Lambda says."""
    with pytest.raises(StackFailed) as failure:
        an_outbox(embedded_aws, table, without=without)

    assert "Cannot access stream" in failure.value.reasons["Mapping"]


def test_the_audit_function_needs_to_put_objects(embedded_aws: EmbeddedAws, table: str) -> None:
    """Without that nothing is written, and what could not be is given up, with where to find it."""
    box = an_outbox(embedded_aws, table, without="s3:PutObject", MaximumRetryAttempts=0)

    until(lambda: len(box.dead_letters()) >= 2)
    assert box.ids() == []
    assert '"error": "AccessDenied"' in _log_of(box)


def test_giving_up_needs_to_send_to_the_queue(embedded_aws: EmbeddedAws, table: str) -> None:
    """Without that the batch is not passed in silence."""
    box = an_outbox(embedded_aws, table, without="sqs:SendMessage")

    until(lambda: "sqs:sendmessage" in box.last_result().lower())
    assert box.dead_letters() == []


def _log_of(box: Outbox) -> str:
    logs = box.aws.clients("logs", box.region)
    try:
        events = logs.filter_log_events(logGroupName=f"/aws/lambda/{box.functions['audit']}")["events"]
    except logs.exceptions.ResourceNotFoundException:
        return ""
    return "\n".join(event["message"] for event in events)
