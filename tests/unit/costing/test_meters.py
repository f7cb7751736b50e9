"""What each kind of resource uses, figure by figure."""

from __future__ import annotations

import pytest

from deployer.costing.deployed import Resource
from deployer.vocabulary.errors import DeployerError
from tests.support.costs import (
    PRIMARY,
    SECONDARY,
    a_bill,
    a_canary,
    a_check,
    a_function,
    a_resource,
    a_stack,
    a_table,
    amounts,
    an_api,
    an_endpoint,
)

A_MONTH_SECONDS = 730 * 3600
SECRET = a_resource("S", "AWS::SecretsManager::Secret", ReplicaRegions=[{"Region": SECONDARY}])


def idle(*resources: Resource) -> float:
    """Return USD of an idle month of one stack."""
    return a_bill(a_stack(*resources)).idle_usd


def metric(name: str) -> dict:
    """Return a metric of an alarm's expression."""
    return {"Id": name, "MetricStat": {"Period": "300", "Metric": {"MetricName": name}}}


@pytest.mark.parametrize(
    ("resource", "usd"),
    [
        pytest.param(an_endpoint(zones=2), 14.60, id="an endpoint in two zones"),
        pytest.param(an_endpoint(zones=3), 21.90, id="in three"),
        pytest.param(an_endpoint(kind="Gateway"), 0.0, id="a gateway endpoint"),
        pytest.param(a_resource("Alarm", "AWS::CloudWatch::Alarm", MetricName="Errors", Period="60"), 0.10, id="an alarm"),
        pytest.param(a_resource("Alarm", "AWS::CloudWatch::Alarm", MetricName="Errors", Period=10), 0.30, id="a quick alarm"),
        pytest.param(
            a_resource("Alarm", "AWS::CloudWatch::Alarm", Metrics=[{"Id": "e", "Expression": "a+b"}, metric("a"), metric("b")]),
            0.20,
            id="an alarm on an expression of two metrics",
        ),
        pytest.param(a_resource("Lost", "AWS::CloudWatch::CompositeAlarm"), 0.50, id="a composite alarm"),
        pytest.param(a_resource("Dashboard", "AWS::CloudWatch::Dashboard"), 3.00, id="a dashboard"),
        pytest.param(a_check(RequestInterval="30"), 1.50, id="a check over HTTPS"),
        pytest.param(a_check(RequestInterval="10"), 2.50, id="a quick check over HTTPS"),
        pytest.param(a_check(RequestInterval="30", Type="HTTPS_STR_MATCH", MeasureLatency=True), 3.50, id="with a string and latency"),
        pytest.param(a_resource("P", "AWS::Route53::HealthCheck", HealthCheckConfig={"Type": "CALCULATED"}), 0.50, id="a calculated one"),
        pytest.param(a_resource("Zone", "AWS::Route53::HostedZone"), 0.50, id="a zone"),
        pytest.param(a_resource("TopicKey", "AWS::KMS::Key"), 1.00, id="a key"),
        pytest.param(SECRET, 0.80, id="a replicated secret"),
        pytest.param(a_resource("Firewall", "AWS::WAFv2::WebACL", Rules=[{}] * 6), 11.00, id="a web ACL of six rules"),
        pytest.param(a_resource("ArtifactBucket", "AWS::S3::Bucket"), 0.0115, id="packages"),
    ],
)
def test_what_stands_costs_by_the_month(resource: Resource, usd: float) -> None:
    """Whoever comes."""
    assert idle(resource) == pytest.approx(usd)


def test_requests_are_paid_by_who_sends_them() -> None:
    """Checkers by the second, canaries by the run, payments one by one."""
    bill = a_bill(a_stack(an_api(), a_check(), a_canary()))

    assert amounts(bill, "api request") == {
        (PRIMARY, "requests of health checks"): (pytest.approx(1.6 * A_MONTH_SECONDS), 0),
        (PRIMARY, "requests of canaries"): (4 * 8760.0, 0),
        (PRIMARY, "requests of payments"): (0, 1_000_000),
    }


def test_an_api_nobody_asks_costs_nothing() -> None:
    """As in a spare."""
    assert a_bill(a_stack(an_api(), region=SECONDARY)).lines == ()


def test_a_stage_pays_for_the_metrics_of_methods_that_are_called() -> None:
    """Five each, and /payment has two methods; health checks leave no trace."""
    stage = a_resource("ApiStage", "AWS::ApiGateway::Stage", MethodSettings=[{"MetricsEnabled": True}], TracingEnabled=True)
    bill = a_bill(a_stack(stage, a_check(), a_canary()))

    assert amounts(bill, "metric") == {(PRIMARY, "metrics of each method"): (15, 0)}
    assert amounts(bill, "trace") == {(PRIMARY, "traces of canaries"): (3 * 8760.0, 0), (PRIMARY, "traces of payments"): (0, 1_000_000)}


def test_a_function_pays_for_calls_and_for_memory_by_time() -> None:
    """A quarter of a gigabyte for 60 ms, a million times."""
    bill = a_bill(a_stack(a_function()), payment_call_milliseconds=60)

    assert amounts(bill, "lambda request") == {(PRIMARY, "calls for payments"): (0, 1_000_000)}
    assert amounts(bill, "lambda second arm64") == {(PRIMARY, "time for payments"): (0, pytest.approx(15_000))}


def test_a_function_on_the_other_processor_has_the_other_price() -> None:
    """The default of Lambda is x86_64."""
    bill = a_bill(a_stack(a_function(Architectures=["x86_64"])))

    assert amounts(bill, "lambda second x86_64")
    assert not amounts(bill, "lambda second arm64")


def test_the_authorizer_is_called_beside_the_payment_function() -> None:
    """Once a request, however often its answer may be kept."""
    bill = a_bill(a_stack(a_function("AuthorizerFunction", MemorySize="128"), a_function()))

    calls = [line.logical_id for line in bill.lines if line.what == "calls for payments"]
    assert sorted(calls) == ["AuthorizerFunction", "PaymentFunction"]


def test_the_authorizer_looks_for_keys_once_a_minute_at_most() -> None:
    """Three versions each time: at every run of a canary, and in every minute that payments share."""
    bill = a_bill(a_stack(a_function("AuthorizerFunction"), a_canary()), payments_per_minute_count=10)

    assert amounts(bill, "secret call")[(PRIMARY, "looks for keys")] == (3 * 8760.0, 300_000)


def test_what_is_kept_warm_is_paid_by_the_second() -> None:
    """Two environments of a quarter of a gigabyte."""
    warm = {"ProvisionedConcurrentExecutions": 2}
    alias = a_resource("A", "AWS::Lambda::Alias", FunctionName={"Ref": "PaymentFunction"}, ProvisionedConcurrencyConfig=warm)
    bill = a_bill(a_stack(a_function(), alias))

    assert amounts(bill, "provisioned second arm64") == {(PRIMARY, "2 environments kept warm"): (0.5 * A_MONTH_SECONDS, 0)}
    assert "functions.payment.provisioned_concurrency_count" in {line.decided_by for line in bill.lines}


def test_a_schedule_calls_the_function_that_it_names() -> None:
    """And no other."""
    rule = a_resource("R", "AWS::Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[{"Arn": {"Ref": "RotationFunctionAlias"}}])
    bill = a_bill(a_stack(a_function("RotationFunction"), a_function("ReconciliationFunction"), rule))

    assert amounts(bill, "lambda request") == {(PRIMARY, "calls for its schedule"): (730.0, 0)}


def test_a_canary_is_paid_by_the_run_and_by_what_it_leaves() -> None:
    """Every minute is five times as dear as every five."""
    often, seldom = (a_bill(a_stack(a_canary(minutes=minutes))) for minutes in (1, 5))

    assert amounts(seldom, "canary run") == {(PRIMARY, "runs"): (8760.0, 0)}
    assert often.idle_usd == pytest.approx(5 * seldom.idle_usd)
    assert {line.decided_by for line in seldom.lines} == {"canaries.interval_minutes"}


def test_every_replica_pays_for_every_write() -> None:
    """And for what it stores, for recovery, and for reads of its own."""
    bill = a_bill(a_stack(a_table(), a_check()), months_stored_count=1, item_bytes=1024)

    assert amounts(bill, "table write") == {(region, "writes"): (0, 1_000_000) for region in (PRIMARY, SECONDARY)}
    gigabyte = pytest.approx(1_000_000 * 1024 / 1024**3)
    assert amounts(bill, "table storage") == {(region, "storage"): (0, gigabyte) for region in (PRIMARY, SECONDARY)}
    assert amounts(bill, "table recovery").keys() == {(region, "point-in-time recovery") for region in (PRIMARY, SECONDARY)}
    assert (PRIMARY, "reads of health checks") in amounts(bill, "table read")
    assert (SECONDARY, "reads of health checks") not in amounts(bill, "table read")


def test_an_item_beyond_a_kilobyte_takes_two_units() -> None:
    """DynamoDB rounds up."""
    assert amounts(a_bill(a_stack(a_table()), item_bytes=1025), "table write")[(PRIMARY, "writes")] == (0, 2_000_000)


def test_backups_are_whole_copies() -> None:
    """Ten days, ten times what the ledger holds; and one restored a week."""
    plan = {"BackupPlanRule": [{"Lifecycle": {"DeleteAfterDays": "10"}}]}
    backup = a_resource("BackupPlan", "AWS::Backup::BackupPlan", BackupPlan=plan)
    bill = a_bill(a_stack(a_table(), backup, a_resource("T", "AWS::Backup::RestoreTestingPlan")))

    [(_, stored)] = [amounts(bill, "table storage")[(PRIMARY, "storage")]]
    assert amounts(bill, "backup storage") == {(PRIMARY, "10 daily copies of the ledger"): (0, pytest.approx(10 * stored))}
    assert amounts(bill, "backup restore") == {(PRIMARY, "a restore a week"): (0, pytest.approx(stored * 365 / 12 / 7))}


def test_logs_are_paid_by_the_gigabyte_and_kept_compressed() -> None:
    """A gigabyte of lines, for half a month."""
    group = a_resource("PaymentFunctionLogGroup", "AWS::Logs::LogGroup", RetentionInDays="14")
    bill = a_bill(a_stack(a_function(), group), function_log_bytes=1024**3 / 1_000_000)

    assert amounts(bill, "log") == {(PRIMARY, "lines of calls for payments"): (0, pytest.approx(1))}
    assert amounts(bill, "log storage") == {(PRIMARY, "lines kept of calls for payments"): (0, pytest.approx(0.15 * 14 / (365 / 12)))}


@pytest.mark.parametrize(
    "resource",
    [
        pytest.param(a_function("NewFunction"), id="a function"),
        pytest.param(a_resource("NewBucket", "AWS::S3::Bucket"), id="a bucket"),
        pytest.param(a_resource("NewTable", "AWS::DynamoDB::Table", BillingMode="PAY_PER_REQUEST"), id="a table"),
        pytest.param(a_resource("NewLogGroup", "AWS::Logs::LogGroup", RetentionInDays="7"), id="a log group"),
        pytest.param(a_resource("NewFunctionLogGroup", "AWS::Logs::LogGroup", RetentionInDays="7"), id="a log group of no function"),
        pytest.param(a_table(BillingMode="PROVISIONED"), id="a table paid by the hour"),
    ],
)
def test_what_nobody_has_said_anything_about_is_refused(resource: Resource) -> None:
    """Its type has a price, but nobody can say how much it does."""
    with pytest.raises(DeployerError):
        a_bill(a_stack(resource))
