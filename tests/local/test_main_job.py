"""The main job, end to end: one parameter file, two Regions taking payments, on the embedded AWS, through the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from deployer.aws.functions import release_broken, release_good
from deployer.local.faults import FaultKind
from deployer.planning.gates import CHECKS
from deployer.vocabulary.errors import GateFailed
from tests.support.embedded import EmbeddedAws
from tests.support.faults import broken
from tests.support.gates import a_way_in, stand_at_gate
from tests.support.main_job import Copy, a_copy, call
from tests.support.outbox import hasten, the_outbox, until
from tests.support.what_is_left import what_is_left

pytestmark = pytest.mark.whole_system

PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}
ZONE = "pay.example.test"


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Copy]:
    """A system that was rolled out as the README says; the tests below leave it as it is."""
    with a_copy(tmp_path_factory.mktemp("project")) as copy:
        ended = copy.run_alone("roll-out", "params/local.yaml", "--yes")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        (copy.folder / "first-roll-out.txt").write_text(ended.stdout)
        yield copy


def test_the_last_lines_are_the_outputs(system: Copy) -> None:
    """A person finds where the system answers without looking for it."""
    lines = (system.folder / "first-roll-out.txt").read_text().splitlines()

    assert [line.split()[0] for line in lines[-4:]] == ["primaryApiUrl", "secondaryApiUrl", "failoverDomain", "hostedZoneNameServers"]
    assert lines[-4].split()[1] == f"https://us-east-1.api.{ZONE}"


def test_a_payment_sent_to_the_primary_is_read_from_the_secondary(system: Copy) -> None:
    """Over TLS, by name, with a key the command line prints; and the same request again is the same payment."""
    key = system.run("local", "api-key", system.params).stdout.strip()
    headers = {"x-api-key": key, "Idempotency-Key": "main-job-1"}

    taken = call(system.state, "us-east-1", "POST", f"https://us-east-1.api.{ZONE}/payment", headers=headers, body=PAYMENT)
    again = call(system.state, "us-east-2", "POST", f"https://us-east-2.api.{ZONE}/payment", headers=headers, body=PAYMENT)
    url = f"https://us-east-2.api.{ZONE}/payment/{taken.body['transactionId']}"
    read = call(system.state, "us-east-2", "GET", url, headers={"x-api-key": key})

    assert (taken.status, again.status, read.status) == (201, 201, 200)
    assert read.body["transactionId"] == again.body["transactionId"] == taken.body["transactionId"]
    assert (again.headers["idempotent-replayed"], read.body["region"]) == ("true", "us-east-1")


def test_the_shared_name_answers_in_both_regions(system: Copy) -> None:
    """Whichever Region the failover record leads to, the certificate and the mapping are there."""
    answers = [call(system.state, region, "GET", f"https://api.{ZONE}/health") for region in ("us-east-1", "us-east-2")]

    assert [(answer.status, answer.body["region"]) for answer in answers] == [(200, "us-east-1"), (200, "us-east-2")]


def test_a_second_roll_out_changes_nothing(system: Copy) -> None:
    """It says so, and every call it makes only reads."""
    system.calls.clear()

    result = system.run("roll-out", system.params, "--yes")

    assert result.exit_code == 0, result.output
    assert "Nothing to do." in result.stdout
    assert system.calls, "the observer hears nothing"
    assert system.mutating_calls == []


def test_a_changed_function_is_all_that_a_plan_would_change(system: Copy, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One package to each Region, the function's code, and the version that the alias leads to; a gate after each Region."""
    with a_copy(tmp_path_factory.mktemp("edited")) as edited:
        with (edited.folder / "functions" / "payment" / "handler.py").open("a") as handler:
            handler.write("\n# Another line.\n")
        result = edited.run_at(system.home, "plan", edited.params, "--format", "json", "--exit-code")

    assert result.exit_code == 10, result.output
    to_do = [step for step in json.loads(result.stdout)["plan"]["steps"] if step["action"] != "none"]
    uploads = [step for step in to_do if step["kind"] == "ArtifactUpload"]
    assert [step["region"] for step in uploads] == ["us-east-2", "us-east-1"]
    assert all(step["key"].startswith("functions/payment/") for step in uploads)
    order = [(step["kind"], region["region"] if step["kind"] == "Gate" else region) for step in to_do for region in step.get("regions", ())]
    assert order == [("StackSetRollout", "us-east-2"), ("Gate", "us-east-2"), ("StackSetRollout", "us-east-1"), ("Gate", "us-east-1")]
    for wave in [step for step in to_do if step["kind"] == "StackSetRollout"]:
        changes = {(change["action"], change["logical_id"].partition("Version")[0], *change["paths"]) for change in wave["changes"]}
        assert changes == {
            ("Modify", "PaymentFunction", "Properties.Code.S3Key"),
            ("Add", "PaymentFunction"),
            ("Remove", "PaymentFunction"),
            ("Modify", "PaymentFunctionAlias", "Properties.FunctionVersion"),
        }
    assert {step["kind"] for step in to_do} == {"ArtifactUpload", "RolloutOpening", "StackSetRollout", "Gate", "RolloutClosing"}


def test_status_shows_both_regions_live(system: Copy) -> None:
    """Everything current, nothing outdated, the second pass done."""
    result = system.run("status", system.params, "--json")

    status = json.loads(result.stdout.splitlines()[-1])
    assert (result.exit_code, status["sound"]) == (0, True)
    assert [part["facts"]["activation"] for part in status["parts"] if part["name"] == "regional"] == ["Live", "Live"]


def test_running_system_passes_its_gate(system: Copy) -> None:
    """Both Regions, by their own names: healthy, a cent taken once, nothing rings; the payments are in the ledger as synthetic ones."""
    told = stand_at_gate(system, "us-east-2", "us-east-1")
    last = {(one.region, one.check): one for one in told}
    paid = {(one.region, one.detail) for one in last.values() if one.check == "payment"}
    key = system.run("local", "api-key", system.params).stdout.strip()
    region, detail = sorted(paid)[0]
    url = f"https://us-east-2.api.{ZONE}/payment/{detail.rpartition('(')[2].rstrip(')')}"
    read = call(system.state, "us-east-2", "GET", url, headers={"x-api-key": key})

    assert all(one.is_good for one in last.values()), told
    assert last.keys() == {(one, check) for one in ("us-east-1", "us-east-2") for check in CHECKS}
    assert (read.status, read.body["customerId"], read.body["amount"]) == (200, f"canary-gate-{region}", 0.01)


def test_region_without_its_ledger_does_not_pass(system: Copy) -> None:
    """It says itself that it is not well."""
    with broken(system.state, FaultKind.SERVICE_OUT, "us-east-2", service="dynamodb"), pytest.raises(GateFailed) as failed:
        stand_at_gate(system, "us-east-2")

    assert failed.value.summary.startswith("us-east-2 did not pass its gate: health: ")
    assert "payment: bad" in failed.value.detail


def test_version_that_takes_no_payment_does_not_pass_however_healthy(system: Copy) -> None:
    """What health checks do not see."""
    aws, name = a_way_in(system), "payment-processor-secondary-local"
    version, handler = release_broken(aws, name=name, region="us-east-2")
    try:
        with pytest.raises(GateFailed) as failed:
            stand_at_gate(system, "us-east-2")
    finally:
        release_good(aws, name=name, region="us-east-2", version=version, handler=handler)

    assert failed.value.summary.startswith("us-east-2 did not pass its gate: payment: the payment was not taken: HTTP 502")
    assert "us-east-2, health: good, healthy" in failed.value.detail


def test_alarm_that_asked_for_more_than_one_fault_is_not_waited_for(system: Copy) -> None:
    """The gate ends at its first look."""
    cloudwatch, name = system.client("cloudwatch", "us-east-2"), "payment-server-errors-secondary-local"
    since = datetime.now(UTC).replace(microsecond=0)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a dozen answers of 500")
    try:
        with pytest.raises(GateFailed, match=f"alarms: {name} in ALARM since .*: a dozen answers of 500"):
            stand_at_gate(system, "us-east-2", since=since)
    finally:
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="mended")


def test_ambient_credentials_and_an_endpoint_find_the_same_system(system: Copy, tmp_path_factory: pytest.TempPathFactory) -> None:
    """`target: aws` with what `local env` prints: no code path needs to know that the endpoint is emulated."""
    variables = json.loads(system.run("local", "env", "--json").stdout)["variables"]
    with a_copy(tmp_path_factory.mktemp("ambient")) as ambient:
        text = ambient.params.read_text().replace("target: local", "target: aws")
        ambient.params.write_text(text.replace("burn_in_seconds: 3", "burn_in_seconds: 300"))
        ended = ambient.run_alone("status", "params/local.yaml", "--json", **variables)
        started = ambient.home.exists()

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert json.loads(ended.stdout.splitlines()[-1])["deployed"] is True
    assert not started


def test_every_mistake_is_reported_at_once_and_nothing_started(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A wrong key, overlapping networks, a suffix too long and a missing address: four mistakes, exit 2, no embedded AWS."""
    with a_copy(tmp_path_factory.mktemp("mistaken")) as copy:
        text = copy.params.read_text().replace("10.1.0.0/16", "10.0.128.0/17").replace("suffix: local", f"suffix: {'long' * 12}")
        copy.params.write_text(text.replace("  email: payments-oncall@example.com", "  {}") + "regoins: []\n")
        before = sorted(copy.folder.rglob("*"))
        ended = copy.run_alone("roll-out", "params/local.yaml", "--yes", "--json")
        after = sorted(copy.folder.rglob("*"))

    (error,) = map(json.loads, ended.stdout.splitlines())
    sentences = " ".join(mistake["sentence"] for mistake in error["mistakes"])
    assert (ended.returncode, error["exit_code"], len(error["mistakes"])) == (2, 2, 4), ended.stdout
    for word in ("regoins", "10.0.128.0/17", "suffix", "email"):
        assert word in sentences, ended.stdout
    assert after == before


def test_a_tear_down_leaves_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Refused until every full bucket is named, the audit log's too; then nothing of the system is left in any Region."""
    with a_copy(tmp_path_factory.mktemp("torn-down")) as copy:
        hasten(copy.folder)
        rolled_out = copy.run("roll-out", copy.params, "--yes")
        assert rolled_out.exit_code == 0, rolled_out.output
        key = copy.run("local", "api-key", copy.params).stdout.strip()
        headers = {"x-api-key": key, "Idempotency-Key": "main-job-2"}
        call(copy.state, "us-east-1", "POST", f"https://us-east-1.api.{ZONE}/payment", headers=headers, body=PAYMENT)
        aws = EmbeddedAws(state=copy.state)
        logs = [
            the_outbox(aws, region, role=role, suffix="local") for region, role in (("us-east-1", "primary"), ("us-east-2", "secondary"))
        ]
        until(lambda: all(log.ids() for log in logs), seconds_max=90)
        stands = what_is_left(copy.client, "local")

        copy.calls.clear()
        unnamed = copy.run("tear-down", copy.params, "--confirm", "local", "--json")
        refused_calls = copy.mutating_calls
        error = json.loads(unnamed.stdout.splitlines()[-1])
        named = [mistake["sentence"].split()[3].rstrip(":") for mistake in error["mistakes"]]
        torn_down = copy.run("tear-down", copy.params, "--confirm", "local", *(f"--empty-bucket={name}" for name in named))
        left = what_is_left(copy.client, "local")

    assert stands, "the search finds nothing even while the system stands"
    assert (unnamed.exit_code, refused_calls) == (2, [])
    assert torn_down.exit_code == 0, torn_down.output
    assert left == []
