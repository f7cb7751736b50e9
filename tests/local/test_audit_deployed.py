"""The audit log of a system as it is rolled out: what is paid over HTTPS is in both Regions' logs, and what is lost is found again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.audit import HERE, THERE, an_item
from tests.support.embedded import EmbeddedAws
from tests.support.main_job import Copy, a_copy, call
from tests.support.outbox import Outbox, hasten, put, the_outbox, until

pytestmark = pytest.mark.whole_system

PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}
ROLES = {HERE: "primary", THERE: "secondary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """A system that took `paid`, a payment's id in each Region, and was updated while their records waited; what that update changed."""

    copy: Copy
    aws: EmbeddedAws
    paid: dict[str, str]
    mappings_before: dict[str, str]
    changes: set[tuple[str, str]]

    def outbox(self, region: str) -> Outbox:
        """Return a Region's outbox."""
        return the_outbox(self.aws, region, role=ROLES[region], suffix="local")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """Rolled out, paid in both Regions, and rolled out again with mappings that keep nobody waiting."""
    with a_copy(tmp_path_factory.mktemp("audited")) as copy:
        _roll_out(copy)
        aws = EmbeddedAws(state=copy.state)
        paid = {region: _pay(copy, region) for region in ROLES}
        mappings = {region: the_outbox(aws, region, role=role, suffix="local").mapping for region, role in ROLES.items()}
        hasten(copy.folder)
        plan = json.loads(copy.run("plan", copy.params, "--format", "json").stdout)["plan"]
        _roll_out(copy)
        changes = {(change["action"], change["logical_id"]) for step in plan["steps"] for change in step.get("changes", [])}
        yield Audited(copy=copy, aws=aws, paid=paid, mappings_before=mappings, changes=changes)


def test_a_mapping_is_updated_where_it_stands(system: Audited) -> None:
    """The update of a running system changes the mapping alone, in both Regions, and leaves nothing to do."""
    again = system.copy.run("roll-out", system.copy.params, "--yes")

    assert system.changes == {("Modify", "AuditMapping")}
    assert {region: system.outbox(region).mapping for region in ROLES} == system.mappings_before
    assert "Nothing to do." in again.stdout


def test_a_payment_is_in_both_logs_by_the_region_that_took_it(system: Audited) -> None:
    """Written once, by that Region, and copied to the other's bucket; payments that waited when the mapping was changed among them."""
    boxes = [system.outbox(region) for region in ROLES]
    until(lambda: all(set(box.ids()) >= set(system.paid.values()) for box in boxes), seconds_max=90)

    for box in boxes:
        lines = {(key.split("region=")[1].split("/")[0], json.loads(line)["id"]) for key, lines in box.objects().items() for line in lines}
        assert lines >= set(system.paid.items())
        assert [box.ids().count(one) for one in system.paid.values()] == [1, 1]


def test_what_is_no_payment_is_left_in_the_dead_letter_queue(system: Audited) -> None:
    """Of the Region whose name it bears; the message is what a redrive takes, and its answer names the record."""
    box = system.outbox(HERE)
    put(system.aws, box.table, [an_item(99, created_at=None)])
    until(lambda: bool(box.dead_letters()), seconds_max=90)
    [letter] = box.dead_letters()

    answer, _ = box.invoke("audit", letter)

    assert letter["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert answer == {"batchItemFailures": [{"itemIdentifier": letter["DDBStreamBatchInfo"]["startSequenceNumber"]}]}
    assert system.outbox(THERE).dead_letters() == []


def test_a_payment_that_a_region_never_wrote_is_found_by_the_other(system: Audited) -> None:
    """Its own consumer stands still; the other Region's proof finds the gap, fills it, and both logs have the payment."""
    here, there = system.outbox(HERE), system.outbox(THERE)
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    lost = an_item(7, region=THERE, day=day)
    system.aws.clients("lambda", THERE).update_event_source_mapping(UUID=there.mapping, Enabled=False)
    put(system.aws, here.table, [lost])

    outcomes = [here.invoke("reconciliation", {})[0] for _ in range(3)]

    assert [(one["outcome"], one.get("missing"), one.get("days_unproved")) for one in outcomes] == [
        ("proved", 1, 1),
        ("proved", 0, 0),
        ("nothing-due", None, None),
    ]
    until(lambda: lost["transaction_id"]["S"] in there.ids(), seconds_max=90)
    assert there.invoke("reconciliation", {})[0]["missing"] == 0


def _roll_out(copy: Copy) -> None:
    ended = copy.run("roll-out", copy.params, "--yes")
    assert ended.exit_code == 0, ended.output


def _pay(copy: Copy, region: str) -> str:
    """Return the id of a payment taken in `region`, over TLS."""
    key = copy.run("local", "api-key", copy.params).stdout.strip()
    headers = {"x-api-key": key, "Idempotency-Key": f"audited-{region}"}
    answer = call(copy.state, region, "POST", f"https://{region}.api.pay.example.test/payment", headers=headers, body=PAYMENT)
    assert answer.status == 201
    return str(answer.body["transactionId"])
