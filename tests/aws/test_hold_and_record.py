"""What is taken by a condition, and so by one alone: the hold in DynamoDB, and the roll-out's record in S3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from deployer.aws.holds import Hold, clear_hold, read_hold, set_hold
from deployer.aws.rollout_records import (
    Holder,
    RecordPlace,
    RolloutRecord,
    delete_rollout_record,
    put_rollout_record,
    read_rollout_record,
)
from tests.support.account import HOME, Account, artifact_bucket

HOLD = Hold(set_at="2026-11-22T10:00:00+00:00", set_by="somebody", reason="a contract")
RECORD = RolloutRecord(
    content_digest="d" * 64,
    holder=Holder(arn="arn:aws:iam::111122223333:user/somebody", host="here", pid=1),
    is_held=True,
    began_at="2026-11-22T10:00:00+00:00",
    renewed_at="2026-11-22T10:00:00+00:00",
    before=None,
)


@pytest.fixture
def table(account: Account) -> Iterator[str]:
    """Yield a table of holds, paid by the request."""
    dynamodb, name = account.client("dynamodb", HOME), account.name("holds")
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "hold_id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "hold_id", "KeyType": "HASH"}],
    )
    account.made.append(lambda: dynamodb.delete_table(TableName=name))
    account.awaited(f"table {name}", lambda: dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE" or None)
    return name


@pytest.fixture
def place(account: Account) -> RecordPlace:
    """Return where a roll-out's record may lie."""
    return RecordPlace(bucket=artifact_bucket(account), region=HOME)


def test_hold_is_set_once(account: Account, table: str) -> None:
    """A second one finds the first, which stays as it is."""
    first = set_hold(account.aws, HOLD, table=table, region=HOME)
    second = set_hold(account.aws, replace(HOLD, reason="another"), table=table, region=HOME)

    assert (first, second) == (True, False)
    assert read_hold(account.aws, table=table, region=HOME) == HOLD


def test_hold_is_cleared_by_who_has_seen_it(account: Account, table: str) -> None:
    """One set meanwhile by somebody else stays."""
    set_hold(account.aws, HOLD, table=table, region=HOME)

    by_somebody_late = clear_hold(account.aws, replace(HOLD, set_at="2026-11-22T09:00:00+00:00"), table=table, region=HOME)
    by_who_saw_it = clear_hold(account.aws, HOLD, table=table, region=HOME)

    assert (by_somebody_late, by_who_saw_it) == (False, True)
    assert read_hold(account.aws, table=table, region=HOME) is None


def test_record_is_put_by_one_alone(account: Account, place: RecordPlace) -> None:
    """S3's `If-None-Match: *`: of two deployers one is let through, and the other reads whose it is."""
    first = put_rollout_record(account.aws, place, RECORD, over=None)
    second = put_rollout_record(account.aws, place, replace(RECORD, content_digest="e" * 64), over=None)

    stands = read_rollout_record(account.aws, place)
    assert (first, second) == (stands, None)
    assert stands is not None
    assert stands.record == RECORD


def test_record_is_renewed_over_what_was_read(account: Account, place: RecordPlace) -> None:
    """S3's `If-Match`: who has not read the newest one does not overwrite it."""
    first = put_rollout_record(account.aws, place, RECORD, over=None)
    assert first is not None
    renewed = put_rollout_record(account.aws, place, replace(RECORD, renewed_at="2026-11-22T10:01:00+00:00"), over=first)

    late = put_rollout_record(account.aws, place, replace(RECORD, is_held=False), over=first)

    assert (late, read_rollout_record(account.aws, place)) == (None, renewed)


def test_deleted_record_can_be_put_again(account: Account, place: RecordPlace) -> None:
    """In a versioned bucket too: what is deleted does not lie there, and a put over it is refused."""
    first = put_rollout_record(account.aws, place, RECORD, over=None)
    delete_rollout_record(account.aws, place)

    over_what_is_gone = put_rollout_record(account.aws, place, RECORD, over=first)
    anew = put_rollout_record(account.aws, place, RECORD, over=None)

    assert over_what_is_gone is None
    assert anew == read_rollout_record(account.aws, place)
