"""The reconciliation on the embedded AWS: a Region is lost with its part of the log, and the other Region's log is made whole."""

from __future__ import annotations

import json

import pytest

from tests.support.audit import HERE, THERE, an_item
from tests.support.embedded import EmbeddedAws
from tests.support.outbox import Outbox, a_table, an_outbox, put, until


@pytest.fixture(scope="module")
def survivor(embedded_aws: EmbeddedAws) -> Outbox:
    """The outbox of the Region that is left: the other one took half of the payments and never wrote them."""
    name = a_table(embedded_aws)
    put(embedded_aws, name, [an_item(number, region=(HERE, THERE)[number % 2]) for number in range(10)])
    box = an_outbox(embedded_aws, name)
    until(lambda: len(box.ids()) >= 5)
    return box


def test_the_lost_regions_payments_are_found_written_and_proved(survivor: Outbox) -> None:
    """By calls an hour apart."""
    outcomes = [survivor.invoke("reconciliation", {})[0] for _ in range(3)]

    assert [(one["outcome"], one.get("missing"), one.get("days_unproved")) for one in outcomes] == [
        ("proved", 5, 1),
        ("proved", 0, 0),
        ("nothing-due", None, None),
    ]
    lines = [json.loads(line) for lines in survivor.objects().values() for line in lines]
    assert {line["id"]: line["item"] for line in lines} == {
        an_item(number)["transaction_id"]["S"]: an_item(number, region=(HERE, THERE)[number % 2]) for number in range(10)
    }
    assert len(lines) == 10
    assert {line["item"]["region"]["S"] for line in lines if line.get("reconciled")} == {THERE}


@pytest.mark.parametrize("without", ["dynamodb:Scan", "s3:ListBucket", "s3:GetObject", "s3:PutObject"])
def test_the_reconciliation_needs_each_of_its_actions(embedded_aws: EmbeddedAws, without: str) -> None:
    """Without one it fails, or leaves the day unproved, and says AccessDenied."""
    name = a_table(embedded_aws)
    put(embedded_aws, name, [an_item(1), an_item(2, region=THERE)])
    box = an_outbox(embedded_aws, name)
    until(lambda: len(box.ids()) >= 1)
    client = embedded_aws.clients("iam")
    function = embedded_aws.clients("lambda", HERE).get_function_configuration(FunctionName=box.functions["reconciliation"])
    role = function["Role"].rpartition("/")[2]
    document = client.get_role_policy(RoleName=role, PolicyName="needs")["PolicyDocument"]
    document["Statement"] = [one for one in document["Statement"] if without not in one["Action"]]
    client.put_role_policy(RoleName=role, PolicyName="needs", PolicyDocument=json.dumps(document))

    answer, _ = box.invoke("reconciliation", {})

    told = json.dumps(answer)
    assert "AccessDenied" in told or (answer["days_unproved"], answer["missing"]) == (1, 0)
