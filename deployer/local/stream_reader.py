"""A DynamoDB stream as Lambda's poller reads it, and the queue it leaves messages in: both in the name of the function's role.

Everything goes through the endpoint under enforcement, so a permission the role lacks is refused by the embedded AWS itself.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Mapping
from datetime import datetime
from threading import Lock
from typing import Any, Final

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

from deployer.local.attach_stack_sets import service_session
from deployer.local.attach_streams import StreamMapping

_SERVICE: Final = "lambda.amazonaws.com"
_config: Final = Config(connect_timeout=5, read_timeout=60, retries={"total_max_attempts": 1, "mode": "standard"}, proxies={})
# One session for all clients: botocore's service models are read once. Making clients is not safe across threads.
_botocore: Final = botocore.session.Session()
_making_clients: Final = Lock()


class StreamReader:
    """Reads a mapping's stream from its starting position on, one record after the other's.

    A session lasts as long as one would on AWS; a reader is made anew before it ends. Raises botocore's ClientError, and PermissionError
    when the role does not let Lambda in.
    """

    def __init__(self, mapping: StreamMapping, after: str | None = None) -> None:
        self._mapping = mapping
        self._stream_arn = str(mapping.settings["EventSourceArn"])
        self._client = role_client("dynamodbstreams", mapping)
        self._after = after
        self._iterator: str | None = None
        self.shard_id = ""

    def read(self, records_max: int) -> list[dict[str, Any]]:
        """Return the next records, as Lambda's events hold them; none when there are none yet."""
        if self._iterator is None:
            self._iterator = self._start()
        try:
            page = self._client.get_records(ShardIterator=self._iterator, Limit=min(records_max, 1000))
        except self._client.exceptions.ExpiredIteratorException:
            self._iterator = None
            return []
        self._iterator = page.get("NextShardIterator")
        records = [as_in_events(record, self._stream_arn) for record in page["Records"]]
        if records:
            self._after = records[-1]["dynamodb"]["SequenceNumber"]
        return records

    @property
    def after(self) -> str | None:
        """Return the sequence number of the last record read."""
        return self._after

    def _start(self) -> str:
        shard = self._client.describe_stream(StreamArn=self._stream_arn)["StreamDescription"]["Shards"][0]
        self.shard_id = shard["ShardId"]
        position = {"ShardIteratorType": self._mapping.settings.get("StartingPosition", "LATEST")}
        if self._after:
            position = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._after}
        found = self._client.get_shard_iterator(StreamArn=self._stream_arn, ShardId=self.shard_id, **position)
        return str(found["ShardIterator"])


def refuse_unreadable(mapping: StreamMapping) -> None:
    """Raise ValueError, in Lambda's words, when the role may not read the stream or not send to the on-failure queue.

    Lambda asks before it makes a mapping, and makes none otherwise.
    """
    arn = str(mapping.settings["EventSourceArn"])
    try:
        client = role_client("dynamodbstreams", mapping)
        client.list_streams(TableName=arn.split("/")[1])
        StreamReader(mapping).read(1)
    except (ClientError, PermissionError) as error:
        raise ValueError(
            f"Cannot access stream {arn}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, "
            f"and ListStreams Actions on your stream in IAM. ({error})"
        ) from error


def role_client(service: str, mapping: StreamMapping) -> Any:
    """Return a client of `service` in the mapping's Region with a session of its function's role. Raises PermissionError."""
    name = str(mapping.settings["FunctionName"])[:64]
    keys = service_session(mapping.role_arn, _SERVICE, name, {"aws:SourceAccount": mapping.account_id})
    with _making_clients:
        return _botocore.create_client(
            service,
            region_name=mapping.region,
            endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            aws_access_key_id=keys.access_key_id,
            aws_secret_access_key=keys.secret_access_key,
            aws_session_token=keys.session_token,
            config=_config,
        )


def as_in_events(record: Mapping[str, Any], stream_arn: str) -> dict[str, Any]:
    """Return a record of GetRecords as an event holds it: times in seconds, bytes in base64, and the stream it is from."""
    return {**_plain(record), "eventSourceARN": stream_arn}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
