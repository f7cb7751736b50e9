"""What the rolled-out API refuses, and who refuses it: API Gateway by itself or the function, always by a problem document."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from tests.support.edges import Answer, ask
from tests.support.main_job import ROOT, Copy, a_system
from tests.support.raw_http import ask_raw

pytestmark = pytest.mark.whole_system

ZONE = "pay.example.test"
NAME = f"us-east-1.api.{ZONE}"
PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A system that was rolled out as the README says."""
    with a_system(tmp_path_factory.mktemp("project")) as copy:
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
    own_id = document["requestId"] == document["instance"].rpartition(":")[2] == answer.headers["x-amz-apigw-id"]
    return (answer.status, document["status"], answer.headers["content-type"]) == (status, status, "application/problem+json") and own_id


def test_api_gateway_refuses_by_problem_documents(system: Copy, key: str) -> None:
    """No key, a wrong key, no such route, no idempotency key: none of them reaches the payment function."""
    nowhere = ask(system.state, "us-east-1", NAME, "/nowhere")

    assert is_problem(pay(system, Idempotency_Key="k"), 401)
    assert is_problem(pay(system, x_api_key="wrong", Idempotency_Key="k"), 403)
    assert is_problem(nowhere, 404)
    assert is_problem(pay(system, x_api_key=key), 400)


def test_made_up_keys_wake_nobody(system: Copy, key: str) -> None:
    """Those that come too close upon each other get a 401, for which the authorizer has to raise; the alarm's metric counts none."""
    refused = [pay(system, x_api_key=f"made-up-{number}", Idempotency_Key="k").status for number in range(6)]

    assert 401 in refused
    assert set(refused) <= {401, 403}
    assert authorizer_failures(system) == 0


def authorizer_failures(system: Copy) -> float:
    """Return how many callers in the primary Region got no answer about their key within the hour; fails when no call was looked at."""
    now = datetime.now(UTC)
    [found] = system.client("cloudwatch", "us-east-1").get_metric_statistics(
        Namespace="Payments/local",
        MetricName="AuthorizerFailures",
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=86_400,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(found["Sum"])


def fields_of(answer: Answer) -> set[tuple[str, str]]:
    """Return where and in which field a problem document finds mistakes."""
    return {(error["in"], error["field"]) for error in json.loads(answer.body)["errors"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        pytest.param(b"{", "", id="no JSON"),
        pytest.param(b"", "", id="nothing"),
        pytest.param(b"[" * 4000, "", id="nested without end"),
        pytest.param(b"\xff\xfe{}", "", id="no UTF-8"),
        pytest.param(json.dumps(PAYMENT | {"amount": "100"}).encode(), "amount", id="amount as text"),
        pytest.param(json.dumps(PAYMENT | {"amount": -1}).encode(), "amount", id="negative"),
        pytest.param(json.dumps(PAYMENT | {"amount": 0}).encode(), "amount", id="zero"),
        pytest.param(json.dumps(PAYMENT | {"amount": 1.001}).encode(), "amount", id="too precise"),
        pytest.param(json.dumps(PAYMENT | {"amount": 10**15}).encode(), "amount", id="too large"),
        pytest.param(b'{"amount": 1e400, "currency": "USD", "customerId": "c"}', "amount", id="huge exponent"),
        pytest.param(b'{"amount": 1E-400, "currency": "USD", "customerId": "c"}', "amount", id="tiny exponent"),
        pytest.param(b'{"amount": NaN, "currency": "USD", "customerId": "c"}', "amount", id="not a number"),
        pytest.param(b'{"amount": -Infinity, "currency": "USD", "customerId": "c"}', "amount", id="infinity"),
        pytest.param(b'{"amount": 1, "amount": 1, "currency": "USD", "customerId": "c"}', "amount", id="given twice"),
        pytest.param(json.dumps(PAYMENT | {"currency": "ZZZ"}).encode(), "currency", id="unknown currency"),
        pytest.param(json.dumps(PAYMENT | {"currency": "usd"}).encode(), "currency", id="small letters"),
        pytest.param(json.dumps(PAYMENT | {"customerId": "\ud800"}).encode(), "customerId", id="half a character"),
        pytest.param(b'{"amount": 1, "currency": "USD", "customerId": "\xff"}', "customerId", id="no UTF-8 in a field"),
        pytest.param(json.dumps(PAYMENT | {"surprise": 1}).encode(), "surprise", id="unknown field"),
    ],
)
def test_body_that_is_no_payment_is_refused_and_the_field_named(system: Copy, key: str, body: bytes, field: str) -> None:
    """With 400, and that field alone."""
    answer = pay(system, body, x_api_key=key, Idempotency_Key="k")

    assert is_problem(answer, 400)
    assert fields_of(answer) == {("body", field)}


@pytest.mark.parametrize("size", [4097, 11 * 1024 * 1024])
def test_body_too_long_is_a_413(system: Copy, key: str, size: int) -> None:
    """Refused by the function, and from 10 MB on by API Gateway (F3.11)."""
    assert is_problem(pay(system, b" " * size, x_api_key=key, Idempotency_Key="k"), 413)


def raw(system: Copy, *headers: tuple[str, bytes | str]) -> Answer:
    """Send a sound payment under exactly these headers."""
    return ask_raw(system.state, "us-east-1", NAME, "/payment", headers=headers, body=json.dumps(PAYMENT).encode())


@pytest.mark.parametrize(
    "values",
    [
        pytest.param(["a", "b"], id="twice"),
        pytest.param(["a", "a"], id="twice the same"),
        pytest.param(["a, b"], id="joined on the way"),
        pytest.param(["\u00e9"], id="UTF-8"),
        pytest.param([b"\xe9"], id="Latin-1"),
        pytest.param([b"a\r\n b"], id="folded over lines"),
        pytest.param([b"a\tb"], id="tab"),
        pytest.param(["x" * 256], id="too long"),
    ],
)
def test_malformed_idempotency_key_is_refused_by_name(system: Copy, key: str, values: list[bytes | str]) -> None:
    """Whichever of two keys were taken, the caller might mean the other."""
    keys = [("Idempotency-Key", value) for value in values]
    answer = raw(system, ("Content-Type", "application/json"), ("x-api-key", key), *keys)

    assert is_problem(answer, 400)
    assert fields_of(answer) == {("header", "Idempotency-Key")}


def test_missing_idempotency_key_is_named(system: Copy, key: str) -> None:
    """By API Gateway, which has a sentence for it."""
    answer = raw(system, ("Content-Type", "application/json"), ("x-api-key", key))

    assert is_problem(answer, 400)
    assert "Idempotency-Key" in json.loads(answer.body)["detail"]


@pytest.mark.parametrize("types", [["text/plain"], ["application/json", "text/plain"], []])
def test_content_type_that_is_not_json_alone_is_a_415(system: Copy, key: str, types: list[str]) -> None:
    """API Gateway has no model for it and so lets it through (F3.9); the function does not."""
    answer = raw(system, ("x-api-key", key), ("Idempotency-Key", "k"), *(("Content-Type", one) for one in types))

    assert is_problem(answer, 415)
    assert fields_of(answer) == {("header", "Content-Type")}


@pytest.mark.parametrize("keys", [["{key}", "{key}"], ["wrong", "{key}"], [""], []])
def test_api_key_that_is_not_there_once_is_a_401(system: Copy, key: str, keys: list[str]) -> None:
    """Sent twice it is not sent: API Gateway might remember the answer under the other one."""
    sent = [("x-api-key", one.format(key=key)) for one in keys]
    answer = raw(system, ("Content-Type", "application/json"), ("Idempotency-Key", "k"), *sent)

    assert is_problem(answer, 401)
    assert "x-api-key" in json.loads(answer.body)["detail"]


def other_methods() -> Iterator[tuple[str, str, str]]:
    """Yield path, method and what is allowed, for every method that a path of the contract does not name."""
    paths = yaml.safe_load((ROOT / "templates" / "contract" / "openapi.yaml").read_text("utf-8"))["paths"]
    for path, item in paths.items():
        named = sorted(method.upper() for method in item)
        for method in sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"} - set(named)):
            yield path.format(transactionId="x"), method, ", ".join(named)


@pytest.mark.parametrize(("path", "method", "allowed"), tuple(other_methods()))
def test_method_that_a_path_does_not_name_is_a_405(system: Copy, key: str, path: str, method: str, allowed: str) -> None:
    """With the methods it has (RFC 9110 section 15.5.6)."""
    answer = ask(system.state, "us-east-1", NAME, path, method=method, headers={"x-api-key": key})

    assert (answer.status, answer.headers["allow"]) == (405, allowed)
    assert method == "HEAD" or is_problem(answer, 405)


@pytest.mark.parametrize("path", ["/", "/nowhere", "/payment/a/b", "/payment/%00", "/payment/..%2f", "/payment/%ff"])
def test_nothing_at_an_address_is_a_404(system: Copy, key: str, path: str) -> None:
    """Whether API Gateway knows no such path or the function no such payment."""
    assert is_problem(ask(system.state, "us-east-1", NAME, path, headers={"x-api-key": key}), 404)


def test_payment_says_where_it_is(system: Copy, key: str) -> None:
    """Location leads to the payment (RFC 9110 section 10.2.2)."""
    taken = pay(system, x_api_key=key, Idempotency_Key="where")
    shown = ask(system.state, "us-east-2", f"us-east-2.api.{ZONE}", taken.headers["location"], headers={"x-api-key": key})

    assert (taken.status, shown.status) == (201, 200)
    assert shown.body == taken.body


def test_every_call_is_in_the_access_log(system: Copy, key: str) -> None:
    """Refused or taken, one line of JSON each, and none holds the key."""
    answers = [pay(system, x_api_key="wrong", Idempotency_Key="log"), pay(system, x_api_key=key, Idempotency_Key="log")]

    (group,) = [
        found["logGroupName"]
        for found in system.client("logs", "us-east-1").describe_log_groups(logGroupNamePrefix="/aws/apigateway/")["logGroups"]
    ]
    messages = [event["message"] for event in system.client("logs", "us-east-1").filter_log_events(logGroupName=group)["events"]]
    statuses = {line["extendedRequestId"]: line["status"] for line in map(json.loads, messages)}
    assert [statuses[answer.headers["x-amz-apigw-id"]] for answer in answers] == ["403", "201"]
    assert not [message for message in messages if key in message]
