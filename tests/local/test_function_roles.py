"""Each function works with the role the template gives it, and each action of that role is needed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.embedded import EmbeddedAws
from tests.support.function_events import a_payment_event, a_read_event, an_authorizer_event, recorded
from tests.support.function_stack import API_KEY, FunctionStack, create_function_stack

ACTIONS = {
    "payment": ("dynamodb:PutItem", "dynamodb:GetItem"),
    "health": ("dynamodb:GetItem", "secretsmanager:DescribeSecret"),
    "authorizer": ("secretsmanager:GetSecretValue",),
}


@pytest.fixture(scope="module")
def stack(embedded_aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> FunctionStack:
    """Every function of the rendered template, with its role whole and once without each action."""
    return create_function_stack(embedded_aws, tmp_path_factory.mktemp("build"))


def test_every_action_of_every_role_is_tried_here(stack: FunctionStack) -> None:
    """An action added to the template must be shown to be needed, or not be there."""
    assert {name: set(actions) for name, actions in stack.actions.items()} == {name: set(actions) for name, actions in ACTIONS.items()}


def test_a_payment_is_taken_replayed_refused_and_read(stack: FunctionStack) -> None:
    """The whole of the payment function's contract, on a table that keeps the condition itself."""
    taken = stack.invoke("payment", a_payment_event(key="whole", request_id="r-1")).answer
    replayed = stack.invoke("payment", a_payment_event(key="whole", request_id="r-2")).answer
    other = stack.invoke("payment", a_payment_event({"amount": 1, "currency": "JPY", "customerId": "c"}, key="whole")).answer
    read = stack.invoke("payment", a_read_event(json.loads(taken["body"])["transactionId"])).answer

    assert [answer["statusCode"] for answer in (taken, replayed, other, read)] == [201, 201, 422, 200]
    assert taken["body"] == replayed["body"] == read["body"]
    assert "Idempotent-Replayed" not in taken["headers"]
    assert replayed["headers"]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("amount", ["0.01", "9999999999999.99", "123.40", "100"])
def test_amounts_come_back_from_the_table_to_the_digit(amount: str, stack: FunctionStack) -> None:
    """Also the largest there is."""
    body = f'{{"amount": {amount}, "currency": "USD", "customerId": "c"}}'
    taken = stack.invoke("payment", a_payment_event(body, key=f"amount-{amount}", request_id="r-1")).answer
    replayed = stack.invoke("payment", a_payment_event(body, key=f"amount-{amount}", request_id="r-2")).answer

    assert taken["body"] == replayed["body"]
    assert f'"amount": {float(amount):.2f},' in taken["body"]


def test_a_region_with_table_and_secret_is_healthy(stack: FunctionStack) -> None:
    """200, with both checks passed."""
    answer = stack.invoke("health", recorded("get_health")).answer

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["checks"] == {"table": {"status": "pass"}, "secret": {"status": "pass"}}


@pytest.mark.parametrize(("key", "effect"), [(API_KEY, "Allow"), ("guess", "Deny")])
def test_the_secrets_key_is_allowed_and_another_denied(key: str, effect: str, stack: FunctionStack) -> None:
    """By a policy for the whole stage."""
    answer = stack.invoke("authorizer", an_authorizer_event(key)).answer

    assert answer["policyDocument"]["Statement"][0]["Effect"] == effect


def test_a_missing_key_is_unauthorized(stack: FunctionStack) -> None:
    """By the message API Gateway goes by."""
    invocation = stack.invoke("authorizer", an_authorizer_event(None))

    assert (invocation.failed, invocation.answer["errorMessage"]) == (True, "Unauthorized")


@pytest.mark.parametrize(
    ("without", "event"), [("dynamodb:PutItem", a_payment_event(key="denied")), ("dynamodb:GetItem", recorded("get_payment"))]
)
def test_the_payment_function_needs_each_of_its_actions(without: str, event: dict[str, Any], stack: FunctionStack) -> None:
    """Without one it says no, and the log says AccessDenied."""
    invocation = stack.invoke("payment", event, without=without)

    assert invocation.answer["statusCode"] == 503
    assert '"error": "AccessDeniedException"' in invocation.log


def test_taking_and_replaying_need_no_read_permission(stack: FunctionStack) -> None:
    """The put that fails its condition brings the payment along."""
    answers = [
        stack.invoke("payment", a_payment_event(key="no-read", request_id=f"r-{number}"), without="dynamodb:GetItem").answer
        for number in (1, 2)
    ]

    assert [answer["statusCode"] for answer in answers] == [201, 201]
    assert answers[1]["headers"]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(("without", "check"), [("dynamodb:GetItem", "table"), ("secretsmanager:DescribeSecret", "secret")])
def test_the_health_function_needs_each_of_its_actions(without: str, check: str, stack: FunctionStack) -> None:
    """Without one it calls the Region unhealthy, and the log says AccessDenied for that check alone."""
    invocation = stack.invoke("health", recorded("get_health"), without=without)

    assert invocation.answer["statusCode"] == 503
    assert json.loads(invocation.answer["body"])["checks"][check] == {"status": "fail", "reason": "refused"}
    assert f'"failed": {{"{check}": "AccessDeniedException"}}' in invocation.log


def test_the_authorizer_needs_to_read_the_secret(stack: FunctionStack) -> None:
    """Without that it gives no verdict at all, for the right key either."""
    invocation = stack.invoke("authorizer", an_authorizer_event(API_KEY), without="secretsmanager:GetSecretValue")

    assert (invocation.failed, invocation.answer["errorMessage"]) == (True, "AccessDeniedException")
