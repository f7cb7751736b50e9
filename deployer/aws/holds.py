"""The hold on traffic: one item in the standby Region's own table, seen, set and cleared by calls to that Region alone.

Nothing here asks a control plane or another Region, so it works while the primary is gone (F2.13, F2.14). The item is the one that
`functions/failover_latch` writes and `functions/hold` answers by. Source: DynamoDB API Reference (GetItem, PutItem, DeleteItem).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import AwsRefused

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

HOLD_ID: Final = "primary"
_KEY: Final[dict[str, AttributeValueTypeDef]] = {"hold_id": {"S": HOLD_ID}}
_NOT_AS_THOUGHT: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Traffic held in the standby: since when (ISO 8601, UTC), by whom (an ARN, or the latch), and why."""

    set_at: str
    set_by: str
    reason: str


def read_hold(aws: Aws, *, table: str, region: str) -> Hold | None:
    """Return the hold by a strong read, None when there is none. Raises AwsRefused (`ResourceNotFoundException` without the table)."""
    with asking("dynamodb", "GetItem", region):
        answer = aws.client("dynamodb", region).get_item(TableName=table, Key=_KEY, ConsistentRead=True)
    return _hold_of(answer["Item"]) if "Item" in answer else None


def set_hold(aws: Aws, hold: Hold, *, table: str, region: str) -> bool:
    """Set the hold; return False when one is there already, which stays as it is. Raises AwsRefused."""
    try:
        with asking("dynamodb", "PutItem", region):
            aws.client("dynamodb", region).put_item(
                TableName=table,
                Item=_KEY | {"set_at": {"S": hold.set_at}, "set_by": {"S": hold.set_by}, "reason": {"S": hold.reason}},
                ConditionExpression="attribute_not_exists(hold_id)",
            )
    except AwsRefused as refused:
        if refused.code == _NOT_AS_THOUGHT:
            return False
        raise
    return True


def clear_hold(aws: Aws, seen: Hold, *, table: str, region: str) -> bool:
    """Clear the hold that was seen; return False when it is gone or another one by now, which stays. Raises AwsRefused."""
    try:
        with asking("dynamodb", "DeleteItem", region):
            aws.client("dynamodb", region).delete_item(
                TableName=table,
                Key=_KEY,
                # One put by hand may have no moment of its own.
                ConditionExpression="attribute_exists(hold_id) AND (set_at = :seen OR attribute_not_exists(set_at))",
                ExpressionAttributeValues={":seen": {"S": seen.set_at}},
            )
    except AwsRefused as refused:
        if refused.code == _NOT_AS_THOUGHT:
            return False
        raise
    return True


def _hold_of(item: Mapping[str, Any]) -> Hold:
    """Return the hold in an item; what somebody wrote by hand may lack its reasons and holds all the same."""

    def text(name: str) -> str:
        return str(item.get(name, {}).get("S", ""))

    return Hold(set_at=text("set_at"), set_by=text("set_by"), reason=text("reason"))
