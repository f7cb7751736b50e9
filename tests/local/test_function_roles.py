"""Each function works with the role the template gives it, and each action of that role is needed."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from deployer.local import fault_control
from deployer.local.faults import Fault, FaultKind
from tests.support.embedded import EmbeddedAws
from tests.support.function_events import a_payment_event, a_read_event, an_authorizer_event, recorded
from tests.support.function_stack import API_KEY, CONFIGURATION, REGION, TERMS, FunctionStack, create_function_stack
from tests.support.stacks import unique

# payment.configuration keeps what it read for as long; a busy machine takes its time on top.
FRESH_SECONDS = 30
PATIENCE_SECONDS = 30

ACTIONS = {
    "payment": ("dynamodb:PutItem", "dynamodb:GetItem", "ssm:GetParameter"),
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


@pytest.mark.parametrize(("without", "status"), [(None, 400), ("ssm:GetParameter", 201)])
def test_the_payment_function_needs_to_read_its_terms(without: str | None, status: int, stack: FunctionStack) -> None:
    """By a signed request of its own. Without the right it takes what the terms would refuse, and the log says why."""
    event = a_payment_event({"amount": 2, "currency": "CHF", "customerId": "c"}, key=f"terms-{without}")

    invocation = stack.invoke("payment", event, without=without)

    assert invocation.answer["statusCode"] == status
    assert ('"error": "AccessDeniedException"' in invocation.log) is bool(without)


def test_payments_go_on_while_parameter_store_is_out(stack: FunctionStack) -> None:
    """The function says so once in a while, and takes what it took before."""
    statuses, told = set(), False
    deadline = time.monotonic() + FRESH_SECONDS + PATIENCE_SECONDS
    fault_control.inject(stack.aws.state, Fault(kind=FaultKind.SERVICE_OUT, region=REGION, service="ssm"))
    try:
        while not told and time.monotonic() < deadline:
            invocation = stack.invoke("payment", a_payment_event(key=unique("out")))
            statuses.add(invocation.answer["statusCode"])
            told = "configuration_kept" in invocation.log
            time.sleep(1)
    finally:
        fault_control.heal(stack.aws.state)

    assert (statuses, told) == ({201}, True)


def test_a_pause_is_obeyed_by_the_running_function_and_ends(stack: FunctionStack) -> None:
    """Without a roll-out, by what stands in the parameter, within the half minute that what was read is good; and back again."""
    configuration = stack.aws.clients("ssm", REGION)

    def until(status: int) -> dict[str, Any]:
        deadline = time.monotonic() + FRESH_SECONDS + PATIENCE_SECONDS
        while True:
            # A new payment each time: one that was taken is answered on any terms.
            answer = stack.invoke("payment", a_payment_event(key=unique("pause"))).answer
            if answer["statusCode"] == status or time.monotonic() > deadline:
                return answer
            time.sleep(1)

    configuration.put_parameter(Name=CONFIGURATION, Value='{"payments": {"paused": true}}', Overwrite=True)
    paused = until(503)
    configuration.put_parameter(Name=CONFIGURATION, Value=json.dumps({"payments": TERMS}), Overwrite=True)
    resumed = until(201)

    assert (paused["statusCode"], paused["headers"]["Retry-After"]) == (503, "60")
    assert resumed["statusCode"] == 201


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
