"""The stream lookup answers every request of CloudFormation, for a stack that gets no answer waits until its time is up."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from stream_lookup.handler import lookup_handler, put
from tests.support.fake_services import refused
from tests.support.function_events import FakeContext

STREAM = "arn:aws:dynamodb:us-east-1:111122223333:table/payments/stream/2026-11-01T00:00:00.000"
EVENT = {
    "RequestType": "Create",
    "ResponseURL": "https://cloudformation.example.test/answer?signature=1",
    "StackId": "stack-1",
    "RequestId": "request-1",
    "LogicalResourceId": "LedgerStream",
    "ResourceProperties": {"ServiceToken": "arn", "TableName": "payments"},
}


class Table:
    """A DynamoDB client that describes one table, or refuses to."""

    def __init__(self, described: dict[str, Any] | Exception) -> None:
        self._described = described

    def describe_table(self, *, TableName: str) -> dict[str, Any]:
        if isinstance(self._described, Exception):
            raise self._described
        return {"Table": {"TableName": TableName, **self._described}}


def asked(described: dict[str, Any] | Exception, **event: Any) -> tuple[str, dict[str, Any]]:
    """Return the address that was answered, and with what."""
    answers: list[tuple[str, bytes]] = []
    lookup_handler(Table(described), lambda url, body: answers.append((url, body)))({**EVENT, **event}, FakeContext())
    [(url, body)] = answers
    return url, json.loads(body)


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_a_stack_is_told_the_stream_of_its_region(request_type: str) -> None:
    """At the address it gave, under its own ids; an update keeps the physical id, or it would replace."""
    url, answer = asked({"LatestStreamArn": STREAM}, RequestType=request_type, PhysicalResourceId="LedgerStream")

    assert url == EVENT["ResponseURL"]
    assert answer == {
        "StackId": "stack-1",
        "RequestId": "request-1",
        "LogicalResourceId": "LedgerStream",
        "PhysicalResourceId": "LedgerStream",
        "Status": "SUCCESS",
        "Data": {"StreamArn": STREAM},
    }


def test_a_removal_asks_for_nothing() -> None:
    """The table may be gone by then."""
    _, answer = asked(refused("ResourceNotFoundException"), RequestType="Delete", PhysicalResourceId="LedgerStream")

    assert (answer["Status"], answer["PhysicalResourceId"]) == ("SUCCESS", "LedgerStream")


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        pytest.param(refused("AccessDeniedException"), "AccessDeniedException", id="refused"),
        pytest.param({}, "payments has no stream", id="no stream"),
    ],
)
def test_a_failure_is_an_answer_too(described: dict[str, Any] | Exception, reason: str) -> None:
    """With what the stack's events should say."""
    _, answer = asked(described)

    assert answer["Status"] == "FAILED"
    assert reason in answer["Reason"]


def test_a_request_that_makes_no_sense_is_answered_as_well() -> None:
    """Whatever it is."""
    _, answer = asked({"LatestStreamArn": STREAM}, ResourceProperties={})

    assert (answer["Status"], answer["Reason"]) == ("FAILED", "KeyError: 'TableName'")


@pytest.mark.parametrize("status", [200, 403])
def test_an_answer_is_put_without_a_content_type(status: int) -> None:
    """The address is signed without one; a refusal is no answer."""
    seen: list[tuple[str, str | None, bytes]] = []

    class Server(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((self.path, self.headers["Content-Type"], body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}/answer?signature=1%2F2"

    if status == 200:
        put(url, b"{}")
    else:
        with pytest.raises(OSError, match="403"):
            put(url, b"{}")
    thread.join(timeout=5)
    server.server_close()

    assert seen == [("/answer?signature=1%2F2", "", b"{}")]
