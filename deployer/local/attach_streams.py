"""Where the embedded AWS holds on to MiniStack's event source mappings of DynamoDB streams.

MiniStack delivers such a batch until it succeeds: it does not halve, count retries, hear which records failed, or read the stream
in the function's name. `stream_delivery` does, in its place.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.iam_actions", ("extract_resource_arn",)),
    ("ministack.core.responses", ("request_scope",)),
    ("ministack.services.dynamodb_streams", ("_decode_iterator",)),
    (
        "ministack.services.lambda_svc",
        ("_poll_dynamodb_streams", "_iter_all_esms", "_apply_filter_criteria", "_get_func_record_for_qualifier"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMapping:
    """An event source mapping of a DynamoDB stream: whose it is, its settings as the API shows them, and its function's role."""

    account_id: str
    region: str
    settings: Mapping[str, Any]
    role_arn: str


def stop_own_delivery() -> None:
    """Let MiniStack deliver no batch of a DynamoDB stream by itself."""
    from ministack.services import lambda_svc

    lambda_svc._poll_dynamodb_streams = lambda: False


def name_streams_as_policies_do() -> None:
    """Judge calls of DynamoDB Streams by the stream's ARN, which MiniStack leaves out of its judgement.

    Source: "Using IAM with Amazon DynamoDB Streams", Amazon DynamoDB Developer Guide; ListStreams goes by the table's streams.
    """
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def extract_for_policies(service: str, *request: Any) -> Any:
        return _stream_of(*request[3:]) if service == "dynamodbstreams" else extract(service, *request)

    iam_actions.extract_resource_arn = extract_for_policies


def stream_mappings() -> tuple[StreamMapping, ...]:
    """Return every mapping of a DynamoDB stream to a function that exists, enabled or not."""
    from ministack.core.responses import request_scope
    from ministack.services import lambda_svc

    found = []
    for account_id, region, settings in lambda_svc._iter_all_esms():
        if ":dynamodb:" not in settings.get("EventSourceArn", ""):
            continue
        with request_scope(account_id, region):
            function, config = lambda_svc._get_func_record_for_qualifier(settings["FunctionName"], settings.get("Qualifier"))
        if function is not None:
            role_arn = str((config or function["config"])["Role"])
            found.append(StreamMapping(account_id=account_id, region=region, settings=dict(settings), role_arn=role_arn))
    return tuple(found)


def note_result(mapping: StreamMapping, result: str) -> None:
    """Let GetEventSourceMapping show `result` as the mapping's LastProcessingResult."""
    from ministack.services import lambda_svc

    for account_id, region, settings in lambda_svc._iter_all_esms():
        if (account_id, region, settings["UUID"]) == (mapping.account_id, mapping.region, mapping.settings["UUID"]):
            settings["LastProcessingResult"] = result


def passing(mapping: StreamMapping) -> Callable[[Sequence[dict[str, Any]]], list[dict[str, Any]]]:
    """Return what the mapping's FilterCriteria leave of records."""
    from ministack.services import lambda_svc

    return lambda records: lambda_svc._apply_filter_criteria(list(records), dict(mapping.settings))


def _stream_of(body: bytes, _: object, region: str, account_id: str) -> str:
    """Return the ARN of the stream a request is about."""
    from ministack.services import dynamodb_streams

    asked = json.loads(body or b"{}")
    if asked.get("ShardIterator"):
        return str((dynamodb_streams._decode_iterator(asked["ShardIterator"]) or {}).get("arn", "*"))
    if asked.get("StreamArn"):
        return str(asked["StreamArn"])
    return f"arn:aws:dynamodb:{region}:{account_id}:table/{asked.get('TableName', '*')}/stream/*"
