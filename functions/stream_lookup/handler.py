"""The stream lookup: a custom resource of CloudFormation whose attribute `StreamArn` is the stream of this Region's replica of the table.

A stream's ARN ends in the moment it was made, another one in each Region, and the stack that owns the table can name only the stream of its
own Region. So each Region's stack asks there, once, when the table stands. It makes nothing, so there is nothing to change or remove.

Lambda's handler is `stream_lookup.handler.handle`. Properties: TableName. Environment: REGION_ROLE (primary or secondary), LOG_LEVEL.
CloudFormation waits for an answer at a signed address and for nothing else, up to ServiceTimeout: every request is answered, a failure too.
Timeout 30 s, 128 MB, no VPC.

Permissions, in the function's own Region, and no others:
- dynamodb:DescribeTable on the table.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from functools import cache
from http.client import HTTPConnection, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from wire.log_line import log_line

SECONDS_MAX = 10

Handler = Callable[[Mapping[str, Any], Any], None]
Answer = Callable[[str, bytes], None]


def handle(event: Mapping[str, Any], context: Any) -> None:
    """Answer one request of CloudFormation; Lambda calls this."""
    _live_handler()(event, context)


def lookup_handler(dynamodb: Any, answer: Answer) -> Handler:
    """Return a handler that looks tables up with `dynamodb`, a DynamoDB client, and answers by `answer(url, body)`.

    It raises only what `answer` raises.
    """

    def answer_request(event: Mapping[str, Any], context: Any) -> None:
        told: dict[str, Any] = {
            **{name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")},
            "PhysicalResourceId": event.get("PhysicalResourceId") or event["LogicalResourceId"],
            "Status": "SUCCESS",
        }
        try:
            if event["RequestType"] != "Delete":
                told["Data"] = {"StreamArn": _stream_of(dynamodb, event["ResourceProperties"]["TableName"])}
        except Exception as error:  # unanswered, the stack would wait until its time is up
            told |= {"Status": "FAILED", "Reason": f"{type(error).__name__}: {error}"}
        failed = told["Status"] == "FAILED"
        log_line("ERROR" if failed else "INFO", told["Status"].lower(), request=event.get("RequestType"), reason=told.get("Reason"))
        answer(event["ResponseURL"], json.dumps(told).encode())

    return answer_request


def put(url: str, body: bytes) -> None:
    """Put `body` at the signed address `url`, without a content type: the signature knows none. Raises OSError or HTTPException."""
    parts = urlsplit(url)
    connection = (HTTPConnection if parts.scheme == "http" else HTTPSConnection)(parts.netloc, timeout=SECONDS_MAX)
    try:
        connection.request("PUT", f"{parts.path}?{parts.query}", body, {"Content-Type": ""})
        status = connection.getresponse().status
    finally:
        connection.close()
    if status >= 300:
        raise OSError(f"CloudFormation's address answered {status}")


def _stream_of(dynamodb: Any, table_name: str) -> str:
    table = dynamodb.describe_table(TableName=table_name)["Table"]
    if not table.get("LatestStreamArn"):
        raise LookupError(f"{table_name} has no stream")
    return str(table["LatestStreamArn"])


@cache
def _live_handler() -> Handler:
    """Build the handler on the real table, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=4, retries={"total_max_attempts": 3, "mode": "standard"})
    return lookup_handler(botocore.session.get_session().create_client("dynamodb", config=config), put)


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
