"""What the rolled-out API refuses, and who refuses it: API Gateway by itself or the function, always by a problem document."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.support.edges import Answer, ask
from tests.support.main_job import Copy, a_copy

ZONE = "pay.example.test"
NAME = f"us-east-1.api.{ZONE}"
PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A system that was rolled out as the README says."""
    with a_copy(tmp_path_factory.mktemp("project")) as copy:
        ended = copy.run("roll-out", copy.params, "--yes")
        assert ended.exit_code == 0, ended.output
        yield copy


@pytest.fixture(scope="module")
def key(system: Copy) -> str:
    """The API key in force."""
    return system.run("local", "api-key", system.params).stdout.strip()


def pay(system: Copy, body: bytes = json.dumps(PAYMENT).encode(), **headers: str) -> Answer:
    """Send a payment; in header names an underscore stands for a hyphen."""
    sent = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(system.state, "us-east-1", NAME, "/payment", method="POST", body=body, headers=sent)


def is_problem(answer: Answer, status: int) -> bool:
    """Tell whether an answer is a problem document of this status with the call's own id (RFC 9457)."""
    document = json.loads(answer.body)
    own_id = document["requestId"] == answer.headers["x-amzn-requestid"]
    return (answer.status, document["status"], answer.headers["content-type"]) == (status, status, "application/problem+json") and own_id


def test_api_gateway_refuses_by_problem_documents(system: Copy, key: str) -> None:
    """No key, a wrong key, no such route, no idempotency key: none of them reaches the payment function."""
    nowhere = ask(system.state, "us-east-1", NAME, "/nowhere")

    assert is_problem(pay(system, Idempotency_Key="k"), 401)
    assert is_problem(pay(system, x_api_key="wrong", Idempotency_Key="k"), 403)
    assert is_problem(nowhere, 404)
    assert is_problem(pay(system, x_api_key=key), 400)


def test_content_type_that_is_no_json_is_refused_by_the_function(system: Copy, key: str) -> None:
    """API Gateway has no model for it and so lets it through (F3.9)."""
    answer = pay(system, b"amount=1", x_api_key=key, Idempotency_Key="k", Content_Type="text/plain")

    assert is_problem(answer, 415)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"{", id="no JSON"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(json.dumps(PAYMENT | {"amount": "100"}).encode(), id="amount as text"),
        pytest.param(json.dumps(PAYMENT | {"amount": -1}).encode(), id="negative"),
        pytest.param(json.dumps(PAYMENT | {"surprise": 1}).encode(), id="unknown field"),
    ],
)
def test_body_that_is_no_payment_is_refused(system: Copy, key: str, body: bytes) -> None:
    """With 400 and a problem document, whoever saw it first."""
    assert is_problem(pay(system, body, x_api_key=key, Idempotency_Key="k"), 400)


def test_every_call_is_in_the_access_log(system: Copy, key: str) -> None:
    """Refused or taken, one line of JSON each, and none holds the key."""
    answers = [pay(system, x_api_key="wrong", Idempotency_Key="log"), pay(system, x_api_key=key, Idempotency_Key="log")]

    (group,) = [
        found["logGroupName"]
        for found in system.client("logs", "us-east-1").describe_log_groups(logGroupNamePrefix="/aws/apigateway/")["logGroups"]
    ]
    messages = [event["message"] for event in system.client("logs", "us-east-1").filter_log_events(logGroupName=group)["events"]]
    statuses = {line["requestId"]: line["status"] for line in map(json.loads, messages)}
    assert [statuses[answer.headers["x-amzn-requestid"]] for answer in answers] == ["403", "201"]
    assert not [message for message in messages if key in message]
