"""The hold: one item in a table of the standby Region. While it is there, traffic is held in the standby.

Whether it is there is read strongly: a hold just set or cleared counts from the next question on. What cannot be read is told as
unknown and never remembered, for the table is out of reach in a Region that could not take payments either.
"""

from __future__ import annotations

from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

HOLD_ID: Final = "primary"

HELD: Final = 200
NOT_HELD: Final = 404
UNKNOWN: Final = 503


class HoldUnknown(Exception):
    """Nobody can say whether traffic is held; `reason` is AWS's error code or the transport error's name, for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_held(client: Any, table_name: str) -> bool:
    """Return whether the hold is there, by one strong read with a DynamoDB client; False without a table's name, as in the primary.

    Raises HoldUnknown when the table does not answer or refuses to.
    """
    if not table_name:
        return False
    try:
        answer = client.get_item(TableName=table_name, Key={"hold_id": {"S": HOLD_ID}}, ConsistentRead=True, ProjectionExpression="hold_id")
    except ClientError as error:
        raise HoldUnknown(str(error.response.get("Error", {}).get("Code", "unknown"))) from error
    except BotoCoreError as error:
        raise HoldUnknown(type(error).__name__) from error
    return "Item" in answer
