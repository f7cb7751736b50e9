"""`cost`: a table, or one record; nothing asked of AWS; a resource without a price ends it."""

from __future__ import annotations

import pytest

from tests.support.command_line import CommandLine, FakeRooms, records

BODY = """
Resources:
  Zone:
    Type: AWS::Route53::HostedZone
    Properties: {Name: pay.example.test}
  PaymentsTable:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      BillingMode: PAY_PER_REQUEST
      Replicas: [{Region: us-east-1}, {Region: us-east-2}]
"""


def test_a_bill_asks_nothing_of_aws(deployer: CommandLine) -> None:
    """The templates are all it takes."""
    rooms = FakeRooms(bodies=BODY)

    ended = deployer.run("cost", deployer.params, rooms=rooms)

    assert ended.exit_code == 0
    assert rooms.asked == ["render"]
    assert "DNS and health checks" in ended.stdout
    assert "with 1,000,000 payments" in ended.stdout
    assert "item_bytes" in ended.stdout
    assert "PaymentsTable" not in ended.stdout


def test_each_line_is_shown_when_asked_for(deployer: CommandLine) -> None:
    """With its resource and its price."""
    shown = deployer.run("cost", deployer.params, "--each", rooms=FakeRooms(bodies=BODY)).stdout

    assert "PaymentsTable" in shown
    assert "0.000000625" in shown


def test_a_program_gets_one_record_with_every_line(deployer: CommandLine) -> None:
    """The lines come to the total, and each says where its price is from."""
    record = records(deployer.run("cost", deployer.params, "--json", "--payments", 2_000_000, rooms=FakeRooms(bodies=BODY)))[-1]

    assert record["event"] == "cost"
    assert record["payments"] == 2_000_000
    assert record["idle_usd"] == pytest.approx(sum(line["idle_usd"] for line in record["lines"]), abs=1e-3)
    assert record["month_usd"] == pytest.approx(record["idle_usd"] + 2 * record["usd_per_million_payments"], abs=1e-3)
    assert all(line["source"]["where"].startswith("https://") for line in record["lines"])


def test_fewer_payments_than_none_are_wrong_usage(deployer: CommandLine) -> None:
    """Nothing begins."""
    assert deployer.run("cost", deployer.params, "--payments", -1).exit_code == 2


def test_a_resource_without_a_price_ends_the_command(deployer: CommandLine) -> None:
    """A bill that leaves one out is worse than none."""
    body = "Resources:\n  Gateway: {Type: 'AWS::EC2::NatGateway', Properties: {}}\n"

    ended = deployer.run("cost", deployer.params, rooms=FakeRooms(bodies=body))

    assert ended.exit_code == 1
    assert "AWS::EC2::NatGateway has no price" in ended.stderr
    assert ended.stdout == ""
