"""The hold is one item in one Region: seen strongly, set once, cleared only as it was seen."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.aws.holds import Hold, clear_hold, read_hold, set_hold
from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.wire import refusal

TABLE, REGION = "payment-hold-test", "us-east-2"
HOLD = Hold(set_at="2026-11-22T18:00:00.000+00:00", set_by="arn:aws:iam::111122223333:user/ann", reason="a rehearsal")
OTHER = Hold(set_at="2026-11-22T18:01:00.000+00:00", set_by="failover latch", reason="an alarm rang")


class FakeHolds:
    """A DynamoDB client of one Region with one table that keeps the two conditions it knows."""

    def __init__(self, refuses: str = "") -> None:
        """Hold nothing; refuse everything with a code, if one is given."""
        self.item: dict[str, Any] | None = None
        self.regions: list[str] = []
        self._refuses = refuses

    def aws(self) -> Aws:
        """Return AWS that knows this client alone, in whatever Region."""

        def client(service: str, region: str) -> FakeHolds:
            assert service == "dynamodb"
            self.regions.append(region)
            return self

        return Aws(AwsAccess(), make_client=client)

    def get_item(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool) -> dict[str, Any]:
        """Return the item, read strongly or not at all."""
        assert (TableName, Key, ConsistentRead) == (TABLE, {"hold_id": {"S": "primary"}}, True)
        self._refuse()
        return {"Item": self.item} if self.item else {}

    def put_item(self, *, TableName: str, Item: dict[str, Any], ConditionExpression: str) -> None:
        """Put the item unless one is there."""
        assert ConditionExpression == "attribute_not_exists(hold_id)"
        self._refuse()
        if self.item:
            raise refusal("ConditionalCheckFailedException")
        self.item = Item

    def delete_item(
        self, *, TableName: str, Key: dict[str, Any], ConditionExpression: str, ExpressionAttributeValues: dict[str, Any]
    ) -> None:
        """Delete the item if it was set at the moment given."""
        assert ConditionExpression == "attribute_exists(hold_id) AND (set_at = :seen OR attribute_not_exists(set_at))"
        self._refuse()
        if not self.item or self.item.get("set_at", ExpressionAttributeValues[":seen"]) != ExpressionAttributeValues[":seen"]:
            raise refusal("ConditionalCheckFailedException")
        self.item = None

    def _refuse(self) -> None:
        if self._refuses:
            raise refusal(self._refuses)


def test_hold_comes_back_as_it_was_set() -> None:
    """Who, when and why, from that Region alone."""
    holds = FakeHolds()
    aws = holds.aws()

    assert read_hold(aws, table=TABLE, region=REGION) is None
    assert set_hold(aws, HOLD, table=TABLE, region=REGION)
    assert read_hold(aws, table=TABLE, region=REGION) == HOLD
    assert set(holds.regions) == {REGION}


def test_second_hold_leaves_the_first() -> None:
    """Who held first is who is asked."""
    aws = FakeHolds().aws()
    set_hold(aws, HOLD, table=TABLE, region=REGION)

    assert not set_hold(aws, OTHER, table=TABLE, region=REGION)
    assert read_hold(aws, table=TABLE, region=REGION) == HOLD


def test_hold_is_cleared_only_as_it_was_seen() -> None:
    """One that was set meanwhile, by the latch for one, is nobody's to clear unseen."""
    holds = FakeHolds()
    aws = holds.aws()
    set_hold(aws, OTHER, table=TABLE, region=REGION)

    assert not clear_hold(aws, HOLD, table=TABLE, region=REGION)
    assert clear_hold(aws, OTHER, table=TABLE, region=REGION)
    assert not clear_hold(aws, OTHER, table=TABLE, region=REGION)


def test_hold_written_by_hand_holds_too() -> None:
    """An item of the key alone, put with nothing but the console, has no reasons, holds all the same, and can be cleared."""
    holds = FakeHolds()
    holds.item = {"hold_id": {"S": "primary"}}
    seen = read_hold(holds.aws(), table=TABLE, region=REGION)

    assert seen == Hold(set_at="", set_by="", reason="")
    assert clear_hold(holds.aws(), seen, table=TABLE, region=REGION)


@pytest.mark.parametrize(
    "call", [read_hold, lambda aws, **where: set_hold(aws, HOLD, **where), lambda aws, **where: clear_hold(aws, HOLD, **where)]
)
def test_any_other_refusal_is_raised(call: Any) -> None:
    """ "There is none" and "nobody knows" are two answers."""
    with pytest.raises(AwsRefused, match="AccessDeniedException"):
        call(FakeHolds(refuses="AccessDeniedException").aws(), table=TABLE, region=REGION)
