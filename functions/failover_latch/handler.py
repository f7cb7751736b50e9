"""The failover latch: an action of the standby's alarm on a lost primary, called by CloudWatch when that alarm changes its state.

Lambda's handler is `failover_latch.handler.handle`. Environment: HOLD_TABLE, PEER_LOST_ALARM (the name of the one alarm it obeys),
REGION_ROLE (primary or secondary), LOG_LEVEL. A hold that is there already, an operator's for one, is left as it is. What fails raises:
Lambda tries twice more, and the function's alarm tells. Timeout 10 s, 128 MB, no VPC.

Permissions, in the function's own Region, and no others:
- dynamodb:PutItem on the hold's table. It can neither read nor clear a hold.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from failover_latch.latch import hold_for, item_of
from wire.log_line import log_line

Handler = Callable[[Mapping[str, Any], Any], None]


def handle(event: Mapping[str, Any], context: Any) -> None:
    """Obey one alarm's event; Lambda calls this."""
    _live_handler()(event, context)


def latch_handler(client: Any, table_name: str, alarm_name: str, *, clock: Callable[[], datetime]) -> Handler:
    """Return a handler that sets the hold in `table_name` with a DynamoDB client when `alarm_name` rings.

    It raises what botocore raises when the hold cannot be set, and KeyError or TypeError for an event that is no alarm's.
    """

    def obey(event: Mapping[str, Any], context: Any) -> None:
        hold = hold_for(event, alarm_name=alarm_name, now=clock().isoformat(timespec="milliseconds"))
        alarm = event["alarmData"]["alarmName"]
        if hold is None:
            log_line("INFO", "ignored", alarm=alarm, state=event["alarmData"]["state"]["value"])
            return
        try:
            client.put_item(TableName=table_name, Item=item_of(hold), ConditionExpression="attribute_not_exists(hold_id)")
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            log_line("INFO", "held_already", alarm=alarm)
            return
        log_line("WARNING", "latched", alarm=alarm, reason=hold.reason)

    return obey


@cache
def _live_handler() -> Handler:
    """Build the handler on the real table, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 3, "mode": "standard"})
    client = botocore.session.get_session().create_client("dynamodb", config=config)
    return latch_handler(client, os.environ["HOLD_TABLE"], os.environ["PEER_LOST_ALARM"], clock=lambda: datetime.now(UTC))


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
