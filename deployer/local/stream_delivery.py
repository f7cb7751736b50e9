"""Event source mappings of DynamoDB streams, delivered as Lambda delivers them: filtered, batched, retried, halved and given up.

Each mapping has a thread of its own, so that a function that takes its time holds up no other. The window a mapping gives a batch to
fill is kept. Not imitated: several shards (the embedded stream has one), ParallelizationFactor, tumbling windows, and destinations other
than queues.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from deployer.local import attach, attach_streams
from deployer.local.attach_streams import StreamMapping, note_result, passing, stream_mappings
from deployer.local.own_calls import own_client
from deployer.local.stream_attempts import Attempt, after_answer, after_error, discarded, policy_of, why_given_up
from deployer.local.stream_reader import StreamReader, refuse_unreadable, role_client

MAPPING: Final = "AWS::Lambda::EventSourceMapping"
POLL_SECONDS: Final = 0.25  # "at a base rate of four times per second"
PAUSE_SECONDS_FIRST: Final = 0.1
PAUSE_SECONDS_MAX: Final = 5.0
SESSION_SECONDS: Final = 1800.0

Key = tuple[str, str, str]


@dataclass(slots=True)
class _Delivery:
    """Where one mapping stands: what was read and not yet delivered, what is being tried, and since when records wait."""

    reader: StreamReader
    reader_since: float
    waiting: list[dict[str, Any]] = field(default_factory=list)
    waiting_since: float = 0.0
    attempts: deque[Attempt] = field(default_factory=deque)
    pause_until: float = 0.0


def register() -> None:
    """Take the delivery of DynamoDB streams over from MiniStack, and refuse mappings that could not be delivered."""
    attach.verify(attach_streams.SEAMS)
    attach_streams.stop_own_delivery()
    attach_streams.name_streams_as_policies_do()
    attach.amend_resource_type(MAPPING, _settle)
    threading.Thread(target=_look_after_mappings, name="stream-mappings", daemon=True).start()


def _settle(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Refuse a mapping as Lambda does when its role may not read the stream."""
    for mapping in stream_mappings():
        if mapping.settings["UUID"] == physical_id:
            refuse_unreadable(mapping)
    return {}


def _look_after_mappings() -> None:
    """Give every mapping a thread; one that is gone ends its own."""
    known: dict[Key, threading.Thread] = {}
    while True:
        for mapping in stream_mappings():
            key = _key(mapping)
            if key not in known or not known[key].is_alive():
                known[key] = threading.Thread(target=_deliver, args=(key,), name=f"stream-{key[2]}", daemon=True)
                known[key].start()
        time.sleep(POLL_SECONDS)


def _deliver(key: Key) -> None:
    """Deliver one mapping until it is deleted; what goes wrong is shown as its last result and tried again."""
    delivery: _Delivery | None = None
    while True:
        mapping = next((one for one in stream_mappings() if _key(one) == key), None)
        if mapping is None:
            return
        try:
            delivery = _reading(mapping, delivery)
            busy = str(mapping.settings.get("Enabled", True)).lower() == "true" and _go_on(mapping, delivery)
        except (ClientError, PermissionError) as error:
            note_result(mapping, f"PROBLEM: {error}")
            busy = False
        except BotoCoreError as error:
            note_result(mapping, f"PROBLEM: internal Lambda error. {type(error).__name__}")
            busy = False
        if not busy:
            time.sleep(POLL_SECONDS)


def _reading(mapping: StreamMapping, delivery: _Delivery | None) -> _Delivery:
    """Return the delivery with a reader whose session is good for a while."""
    if delivery is None:
        return _Delivery(reader=StreamReader(mapping), reader_since=time.monotonic())
    if time.monotonic() - delivery.reader_since > SESSION_SECONDS:
        delivery.reader, delivery.reader_since = StreamReader(mapping, delivery.reader.after), time.monotonic()
    return delivery


def _go_on(mapping: StreamMapping, delivery: _Delivery) -> bool:
    """Take one step; returns whether the next one is worth taking at once."""
    if delivery.attempts:
        if time.monotonic() < delivery.pause_until:
            return False
        _try(mapping, delivery)
        return True
    size = int(mapping.settings.get("BatchSize", 100))
    found = passing(mapping)(delivery.reader.read(size - len(delivery.waiting)))
    if found and not delivery.waiting:
        delivery.waiting_since = time.monotonic()
    delivery.waiting += found
    window = float(mapping.settings.get("MaximumBatchingWindowInSeconds", 0))
    full = len(delivery.waiting) >= size or time.monotonic() - delivery.waiting_since >= window
    if delivery.waiting and full:
        delivery.attempts.append(Attempt(records=tuple(delivery.waiting)))
        delivery.waiting = []
    return bool(delivery.attempts)


def _try(mapping: StreamMapping, delivery: _Delivery) -> None:
    """Try the first batch that waits, or give it up."""
    attempt, policy = delivery.attempts[0], policy_of(mapping.settings)
    condition = why_given_up(attempt, policy, time.time())
    if condition:
        _discard(mapping, attempt, condition, delivery.reader.shard_id)
        delivery.attempts.popleft()
        return
    answer = _client("lambda", mapping.region).invoke(
        FunctionName=mapping.settings["FunctionArn"], Payload=json.dumps({"Records": attempt.records}).encode()
    )
    told = json.loads(answer["Payload"].read() or b"null")
    failed = "FunctionError" in answer
    following = after_error(attempt, policy) if failed else after_answer(attempt, told, policy)
    delivery.attempts.popleft()
    delivery.attempts.extendleft(reversed(following))
    if following:
        pause = min(PAUSE_SECONDS_MAX, PAUSE_SECONDS_FIRST * 2 ** following[0].failures)
        delivery.pause_until = time.monotonic() + pause
    note_result(mapping, "PROBLEM: Function call failed" if failed else "OK")


def _discard(mapping: StreamMapping, attempt: Attempt, condition: str, shard_id: str) -> None:
    """Leave word of a batch that is given up in the mapping's queue, in the role's name."""
    destination = ((mapping.settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
    if not destination:
        return
    message = discarded(
        attempt,
        condition,
        function_arn=str(mapping.settings["FunctionArn"]),
        stream_arn=str(mapping.settings["EventSourceArn"]),
        shard_id=shard_id,
        now=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    )
    with attach.scope(mapping.account_id, mapping.region):
        url = own_client("sqs").get_queue_url(QueueName=destination.rsplit(":", 1)[-1])["QueueUrl"]
    role_client("sqs", mapping).send_message(QueueUrl=url, MessageBody=message)


_INVOKE: Final = Config(connect_timeout=5, read_timeout=900, retries={"total_max_attempts": 1, "mode": "standard"}, proxies={})
_clients: Final[dict[tuple[str, str], Any]] = {}
_botocore: Final = botocore.session.Session()
_making_clients: Final = threading.Lock()


def _client(service: str, region: str) -> Any:
    """Return a client that waits as long as a function may take."""
    with _making_clients:
        if (service, region) not in _clients:
            _clients[service, region] = _botocore.create_client(
                service,
                region_name=region,
                endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
                aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
                config=_INVOKE,
            )
        return _clients[service, region]


def _key(mapping: StreamMapping) -> Key:
    return mapping.account_id, mapping.region, str(mapping.settings["UUID"])
