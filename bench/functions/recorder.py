"""Stands between a function and the embedded AWS, and counts what it asks of DynamoDB: requests, and the capacity units they use.

Units are those the embedded AWS reports (ReturnConsumedCapacity, asked for here in the request's name). A write whose condition fails
uses what the item that stands there would (Amazon DynamoDB Developer Guide, "Read and write operations"); its report says nothing, so
the item in the refusal is counted: each attribute's name and value in UTF-8, a unit for each 1 KB begun.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

WRITES: Final = frozenset({"PutItem", "UpdateItem", "DeleteItem"})
_UNIT_BYTES: Final = 1024
_SECONDS_MAX: Final = 30
REGION: Final = "us-east-1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to DynamoDB: the operation, the capacity units it used, and whether its condition failed."""

    operation: str
    units: float
    condition_failed: bool

    @property
    def is_write(self) -> bool:
        """Return whether it is billed as a write."""
        return self.operation in WRITES


class Recorder:
    """A recording server at `url`; `requests` are those since `clear`."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._requests: list[Request] = []
        self._lock = threading.Lock()

    @property
    def requests(self) -> tuple[Request, ...]:
        """Return what was asked so far."""
        with self._lock:
            return tuple(self._requests)

    def add(self, request: Request) -> None:
        """Note one request."""
        with self._lock:
            self._requests.append(request)

    def clear(self) -> None:
        """Forget what was asked."""
        with self._lock:
            self._requests.clear()


@contextmanager
def recording(endpoint: str, *, access_key_id: str, secret_access_key: str) -> Iterator[Recorder]:
    """Run a recorder in front of the AWS endpoint `endpoint` (a URL), on a free port of this machine; it signs what it passes on."""
    signer = SigV4Auth(Credentials(access_key_id, secret_access_key), "dynamodb", REGION)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(endpoint, signer))
    server.daemon_threads = True
    recorder = Recorder(f"http://127.0.0.1:{server.server_address[1]}")
    server.recorder = recorder  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        server.server_close()
        thread.join(_SECONDS_MAX)


def request_of(operation: str, answer: Mapping[str, Any]) -> Request:
    """Return what one exchange comes to; `answer` is DynamoDB's JSON document, of success or refusal."""
    failed = str(answer.get("__type", "")).endswith("ConditionalCheckFailedException")
    reported = answer.get("ConsumedCapacity") or {}
    units = float(reported.get("CapacityUnits", 0))
    if failed:
        units = float(max(1, -(-item_bytes(answer.get("Item") or {}) // _UNIT_BYTES)))
    return Request(operation=operation, units=units, condition_failed=failed)


def item_bytes(item: Mapping[str, Mapping[str, str]]) -> int:
    """Return the size of an item of texts and numbers, in bytes; a number counts a byte for two digits and one more."""
    size = 0
    for name, value in item.items():
        ((kind, text),) = value.items()
        size += len(name.encode()) + ((len(text) + 1) // 2 + 1 if kind == "N" else len(text.encode()))
    return size


def _handler(endpoint: str, signer: SigV4Auth) -> type[BaseHTTPRequestHandler]:
    class Forward(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            target = self.headers["X-Amz-Target"]
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            headers = {"X-Amz-Target": target, "Content-Type": self.headers["Content-Type"]}
            asked = AWSRequest("POST", endpoint + self.path, headers, json.dumps(body | {"ReturnConsumedCapacity": "TOTAL"}).encode())
            signer.add_auth(asked)
            connection = HTTPConnection(urlsplit(endpoint).netloc, timeout=_SECONDS_MAX)
            try:
                connection.request("POST", self.path, asked.data, dict(asked.headers))
                response = connection.getresponse()
                answer = response.read()
            finally:
                connection.close()
            document = json.loads(answer)
            self.server.recorder.add(request_of(target.rpartition(".")[2], document))  # type: ignore[attr-defined]
            document.pop("ConsumedCapacity", None)
            self._answer(response.status, json.dumps(document).encode())

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing: what is asked is noted."""

    return Forward
