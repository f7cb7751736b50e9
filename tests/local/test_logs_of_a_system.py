"""What a rolled-out system logs of hostile requests: an id by which each is found, and nothing that its caller chose."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests.support.card_data import CARDS, as_printed, card_numbers_in, traces_of
from tests.support.edges import Answer, ask
from tests.support.main_job import Copy, a_system

pytestmark = pytest.mark.whole_system

ZONE = "pay.example.test"
REGIONS = ("us-east-1", "us-east-2")
PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}
EXPECTED = [201, *[400] * 8, 415, "denied", "denied", 404, 404, 404, 200]
VISA, AMEX, MASTERCARD = CARDS["visa"], as_printed(CARDS["american express"], "-"), as_printed(CARDS["mastercard"], " ")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A system that was rolled out as the README says."""
    with a_system(tmp_path_factory.mktemp("project")) as copy:
        yield copy


@pytest.fixture(scope="module")
def key(system: Copy) -> str:
    """The API key in force."""
    return system.run("local", "api-key", system.params).stdout.strip()


def send(system: Copy, region: str, path: str, *, method: str = "GET", body: object = None, **headers: str) -> Answer:
    """Send one request; in header names an underscore stands for a hyphen."""
    sent = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    text = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else None
    return ask(system.state, region, f"{region}.api.{ZONE}", path, method=method, body=text, headers=sent)


def hostile_answers(system: Copy, region: str, key: str) -> list[Answer]:
    """Send a card's number, and keys, wherever a request has room for them; return what came back."""

    def pay(body: object = PAYMENT, **headers: str) -> Answer:
        given = {"x_api_key": key, "Idempotency_Key": f"hostile-{region}"} | headers
        return send(system, region, "/payment", method="POST", body=body, **given)

    chosen = {
        "X_Amzn_RequestId": VISA,
        "X_Request_Id": VISA,
        "User_Agent": VISA,
        "X_Amzn_Trace_Id": f"Root={VISA}",
        "X_Forwarded_For": VISA,
    }
    return [
        pay(**chosen),
        pay(PAYMENT | {"customerId": VISA}),
        pay(PAYMENT | {"customerId": AMEX}),
        pay(PAYMENT | {"card": MASTERCARD}),
        pay(PAYMENT | {VISA: 1}),
        pay(b'{"card": "' + VISA.encode()),
        pay(MASTERCARD),
        pay(Idempotency_Key=VISA),
        pay(Idempotency_Key=AMEX),
        pay(Content_Type=f"application/json; card={VISA}"),
        pay(x_api_key=VISA),
        pay(x_api_key=f"{key}x"),
        send(system, region, f"/payment/{VISA}", x_api_key=key),
        send(system, region, f"/payment/{AMEX}?card={VISA}", x_api_key=key),
        send(system, region, f"/{VISA}", x_api_key=key),
        send(system, region, f"/health?card={VISA}", Cookie=f"card={VISA}"),
    ]


def spellings(key: str) -> set[str]:
    """Return a key as it is, inside a JSON text, inside one that is a member of another, and inside an address."""
    once = json.dumps(key)[1:-1]
    return {key, once, json.dumps(once)[1:-1], quote(key)}


def logged(system: Copy, region: str) -> dict[str, list[str]]:
    """Return the messages of every log group of a Region."""
    logs = system.client("logs", region)
    groups = [group["logGroupName"] for page in logs.get_paginator("describe_log_groups").paginate() for group in page["logGroups"]]
    pages = logs.get_paginator("filter_log_events")
    return {group: [event["message"] for page in pages.paginate(logGroupName=group) for event in page["events"]] for group in groups}


@pytest.mark.parametrize("region", REGIONS)
def test_no_log_of_a_region_holds_what_a_caller_chose(system: Copy, key: str, region: str) -> None:
    """Function logs and access log, of either Region; and the numbers went no further than to a refusal."""
    answers = hostile_answers(system, region, key)

    groups = logged(system, region)
    text = "\n".join(message for messages in groups.values() for message in messages)
    # A second wrong key in a moment is 401: the authorizer is not sure of it so soon after it last looked.
    assert ["denied" if answer.status in (401, 403) else answer.status for answer in answers] == EXPECTED
    for function in ("payment-processor", "authorizer", "health"):
        assert any(function in group and messages for group, messages in groups.items()), sorted(groups)
    assert card_numbers_in(text) == []
    assert not [number for number in CARDS.values() if traces_of(number, text)]
    assert not [spelled for spelled in spellings(key) if spelled in text]


def test_a_request_is_found_in_every_log_by_the_id_its_answer_carries(system: Copy, key: str) -> None:
    """One id: header, problem document, access log, function log; also for a caller that sends an id of its own."""
    own = {"X_Amzn_RequestId": "mine", "x_api_key": key, "Idempotency_Key": "found"}
    taken = send(system, "us-east-1", "/payment", method="POST", body=PAYMENT, **own)
    refused = send(system, "us-east-1", "/payment", method="POST", body={}, **own)

    groups = logged(system, "us-east-1")
    problem = json.loads(refused.body)
    assert (taken.status, refused.status, taken.headers["x-amzn-requestid"]) == (201, 400, "mine")
    assert problem["requestId"] == problem["instance"].rpartition(":")[2] == refused.headers["x-amz-apigw-id"]
    for answer, outcome in ((taken, "taken"), (refused, "invalid-request")):
        request_id = answer.headers["x-amz-apigw-id"]
        lines = {group: [json.loads(line) for line in lines if request_id in line] for group, lines in groups.items()}
        (access,) = next(found for group, found in lines.items() if group.startswith("/aws/apigateway/"))
        (line,) = next(found for group, found in lines.items() if "payment-processor" in group)
        assert (access["extendedRequestId"], access["status"]) == (request_id, str(answer.status))
        assert (line["request_id"], line["outcome"], line["region"]) == (request_id, outcome, "us-east-1")


def test_the_embedded_aws_logs_no_secret_either(system: Copy, key: str) -> None:
    """What `deployer local logs` shows of all that was sent above."""
    hostile_answers(system, "us-east-1", key)

    shown = system.run("local", "logs").output

    assert shown.strip()
    assert not [spelled for spelled in spellings(key) if spelled in shown]
    assert not [number for number in CARDS.values() if traces_of(number, shown)]
