"""What a preview says in sentences: parameters, code, and the contract with callers."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from deployer.planning.preview_words import code_words, contract_of, contract_words, parameter_words, tag_words, told_once, unsettled_words
from tests.support.change_sets import changed, changed_at
from tests.support.previews import a_column, a_preview

OLD = "Parameters: {Level: {Type: String, Default: INFO}, Key: {Type: String, NoEcho: true}, Old: {Type: String}}\nResources: {}\n"
NEW = "Parameters: {Level: {Type: String, Default: INFO}, Key: {Type: String, NoEcho: true}, New: {Type: String}}\nResources: {}\n"

CONTRACT: dict[str, Any] = {
    "paths": {
        "/payment": {
            "post": {
                "operationId": "takePayment",
                "parameters": [{"name": "Idempotency-Key", "in": "header", "required": True}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Request"}}}},
                "responses": {"201": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Payment"}}}}},
            }
        }
    },
    "components": {
        "schemas": {
            "Request": {"required": ["amount"], "properties": {"amount": {}, "note": {}}},
            "Payment": {"properties": {"id": {}, "lines": {"items": {"properties": {"amount": {}}}}}},
        }
    },
}


def test_parameters_are_told_with_both_values() -> None:
    """Defaults are values too, and what AWS hides is nobody's to see."""
    said = [
        sentence
        for sentence, _ in parameter_words(
            a_column(), OLD, NEW, {"Level": "INFO", "Key": "****", "Old": "1"}, {"Level": "DEBUG", "Key": "x", "New": "2"}
        )
    ]

    assert said == [
        "Parameter Level of regional: INFO → DEBUG",
        "Parameter New of regional comes, as 2",
        "Parameter Old of regional goes",
    ]


def test_default_that_was_left_out_is_no_change() -> None:
    """Not given is given as the default says."""
    assert not list(parameter_words(a_column(), NEW, NEW, {"New": "1"}, {"New": "1", "Level": "INFO"}))


def test_tags_are_told_with_both_values() -> None:
    """No resource's own line shows them, and every resource gets them."""
    old, new = {"owner": "payments", "old": "1", "same": "x"}, {"owner": "ledger", "new": "2", "same": "x"}

    assert [sentence for sentence, _ in tag_words(a_column(), old, new)] == [
        "Tag new of regional and its resources comes, as 2",
        "Tag old of regional and its resources goes",
        "Tag owner of regional and its resources: payments → ledger",
    ]


def test_unsettled_parameter_is_said_to_be_one_and_not_compared() -> None:
    """Its value is the one that stands."""
    column = a_column(unsettled=(("New", "known only after x in us-east-2"),))

    assert not list(parameter_words(column, NEW, NEW, {"New": "1"}, {"New": "2"}))
    assert [sentence for sentence, _ in unsettled_words(column)] == [
        "New of regional is known only after x in us-east-2: previewed with the value that stands"
    ]


def test_new_code_is_told_by_function_and_digest() -> None:
    """Once for all Regions."""
    preview = a_preview(changed("PaymentFunction", changed_at("Code/S3Key", "functions/payment/1a.zip", "functions/payment/2b.zip")))

    assert told_once(list(code_words(preview))) == (
        "Code of PaymentFunction: functions/payment/1a → functions/payment/2b (us-east-2, us-east-1).",
    )


def with_schema(name: str, **schema: Any) -> dict[str, Any]:
    """Return the contract with something else in one of its schemas."""
    document = deepcopy(CONTRACT)
    document["components"]["schemas"][name] |= schema
    return document


def with_refund() -> dict[str, Any]:
    """Return the contract with another operation."""
    document = deepcopy(CONTRACT)
    document["paths"]["/refund"] = {"post": {"operationId": "refund", "responses": {"201": {}}}}
    return document


@pytest.mark.parametrize(
    ("new", "said"),
    [
        pytest.param(CONTRACT, (), id="same"),
        pytest.param(with_refund(), ("Contract: POST /refund comes",), id="operation"),
        pytest.param(
            with_schema("Request", required=["amount", "note"]),
            ("Contract: POST /payment request field note was optional, becomes required",),
            id="required",
        ),
        pytest.param(
            with_schema("Payment", properties={"id": {}}),
            ("Contract: POST /payment answer 201 field lines goes", "Contract: POST /payment answer 201 field lines[].amount goes"),
            id="field-of-an-answer",
        ),
    ],
)
def test_contract_is_told_operation_by_operation(new: dict[str, Any], said: tuple[str, ...]) -> None:
    """What callers would notice."""
    assert contract_words(CONTRACT, new) == said


def test_reader_of_a_contract_in_a_circle_comes_to_an_end() -> None:
    """A schema may hold itself."""
    circle = with_schema("Payment", properties={"again": {"$ref": "#/components/schemas/Payment"}})

    assert any("again.again" in one for one in contract_words(CONTRACT, circle))


def test_template_without_an_api_has_no_contract() -> None:
    """The global stack's, for one."""
    assert contract_of("Resources: {A: {Type: AWS::SQS::Queue}}") == {}
    assert contract_of("") == {}
