"""A bad version of the payment function, rolled out on the embedded AWS: the standby's gate stops it, and it is undone by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.support.main_job import Copy, a_copy, call
from tests.support.outbox import hasten

pytestmark = pytest.mark.whole_system

PRIMARY, STANDBY = "us-east-1", "us-east-2"
STACK_SET = "payment-regional-local"
PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A system that takes payments, whose gates lose patience within seconds."""
    with a_copy(tmp_path_factory.mktemp("project")) as copy:
        hasten(copy.folder)
        values = yaml.safe_load(copy.params.read_text())
        values["rollout"] |= {"gate_burn_in_seconds": 2, "gate_bad_seconds_max": 4}
        copy.params.write_text(yaml.safe_dump(values))
        ended = copy.run("roll-out", copy.params, "--yes")
        assert ended.exit_code == 0, ended.output
        yield copy


def code_of(system: Copy, region: str) -> str:
    """Return the digest of the code that takes a Region's payments."""
    role = "primary" if region == PRIMARY else "secondary"
    return str(system.client("lambda", region).get_function(FunctionName=f"payment-processor-{role}-local")["Configuration"]["CodeSha256"])


def definition(system: Copy) -> dict[str, Any]:
    """Return the StackSet's own definition."""
    return dict(system.client("cloudformation", STANDBY).describe_stack_set(StackSetName=STACK_SET)["StackSet"])


def resources_moved_last(system: Copy) -> set[str]:
    """Return the Regions in which a resource moved during the last roll-out, its undo included."""
    events = [json.loads(line) for line in (system.folder / "build" / "local" / "events.jsonl").read_text().splitlines()]
    began = max(index for index, event in enumerate(events) if event["event"] == "rollout_started")
    moved = (event for event in events[began:] if event["event"] == "resource_moved")
    return {event["region"] for event in moved if event["resource_type"] != "AWS::CloudFormation::Stack"}


def test_bad_code_stops_at_the_standbys_gate_and_is_undone(system: Copy) -> None:
    """Exit 5: the primary was never touched, the definition is the old one, every instance is current, and payments are taken."""
    cloudformation = system.client("cloudformation", STANDBY)
    body, code = definition(system)["TemplateBody"], {region: code_of(system, region) for region in (PRIMARY, STANDBY)}
    handler = system.folder / "functions" / "payment" / "handler.py"
    good = handler.read_text()
    handler.write_text(
        good.replace(
            "def handle(event", "def handle(event: Any, context: Any) -> Any:\n    return {'statusCode': 500}\n\n\ndef _handle(event"
        )
    )

    undone = system.run("roll-out", system.params, "--yes")
    handler.write_text(good)
    whole = system.run("plan", system.params)

    assert undone.exit_code == 5, undone.output
    told = undone.stderr[undone.stderr.index("error: ") :]
    assert told.startswith(f"error: Failed and undone: {STANDBY} did not pass its gate: payment: ")
    assert f"{STANDBY}: put back, CURRENT" in told
    assert f"{PRIMARY}: was not touched, CURRENT" in told
    assert "way out: " in told
    assert definition(system)["TemplateBody"] == body
    assert {region: code_of(system, region) for region in code} == code
    instances = cloudformation.list_stack_instances(StackSetName=STACK_SET)["Summaries"]
    assert {(one["Region"], one["Status"]) for one in instances} == {(PRIMARY, "CURRENT"), (STANDBY, "CURRENT")}
    assert resources_moved_last(system) == {STANDBY}
    assert "Nothing to do." in whole.stdout
    key = system.run("local", "api-key", system.params).stdout.strip()
    for region in (STANDBY, PRIMARY):
        headers = {"x-api-key": key, "Idempotency-Key": f"after-{region}"}
        url = f"https://{region}.api.pay.example.test/payment"
        assert call(system.state, region, "POST", url, headers=headers, body=PAYMENT).status == 201
