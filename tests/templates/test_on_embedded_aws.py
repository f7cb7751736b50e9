"""The bodies applied for real, on the embedded AWS with rights enforced: what they make takes payments in both Regions."""

from __future__ import annotations

import gzip
import json

import pytest

from deployer.rendering.render import render_system
from tests.support.embedded import EmbeddedAws
from tests.support.outbox import until
from tests.support.plain_stacks import PlainStacks
from tests.support.rendering import PROJECT, an_environment

ZONE = "templates.example.test"


@pytest.fixture(scope="module")
def stacks(embedded_aws: EmbeddedAws) -> PlainStacks:
    """A whole environment, live."""
    environment = an_environment(
        suffix="templates", zone={"name": ZONE}, retention={"on_tear_down": "delete"}, table={"deletion_protection": False}
    )
    system = render_system(environment, source=PROJECT, build=PROJECT / "build")
    made = PlainStacks(aws=embedded_aws, environment=environment, system=system)
    made.apply_all()
    return made


def _pay(stacks: PlainStacks, region: str, key: str) -> tuple[int, dict[str, str], str]:
    headers = {
        "x-api-key": json.loads(stacks.api_key(region))["api_key"],
        "Idempotency-Key": key,
        "Content-Type": "application/json",
    }
    body = json.dumps({"amount": 100, "currency": "USD", "customerId": "test-123"})
    return stacks.ask(region, "POST", "/payment", host=f"api.{ZONE}", body=body, headers=headers)


@pytest.mark.parametrize("region", ["us-east-1", "us-east-2"])
def test_each_region_is_healthy_under_its_own_name(stacks: PlainStacks, region: str):
    """Table and secret are there, and the function may look at both."""
    status, _headers, body = stacks.ask(region, "GET", "/health", host=f"{region}.api.{ZONE}")

    assert status == 200, body
    assert json.loads(body)["region"] == region


def test_each_regions_payments_reach_the_audit_log_of_both(stacks: PlainStacks):
    """By the table's stream, under the rights of the templates and no others, once; then the reconciliation proves what it can."""
    taken = {}
    for region in ("us-east-1", "us-east-2"):
        _hurry(stacks, region)
        status, _headers, body = _pay(stacks, region, f"audited-{region}")
        assert status == 201, body
        taken[region] = json.loads(body)["transactionId"]

    for region in taken:
        wanted = set(taken.values())
        until(lambda region=region, wanted=wanted: wanted <= set(_audited(stacks, region)), seconds_max=60)  # type: ignore[misc]
        assert len(_audited(stacks, region)) == len(set(_audited(stacks, region)))
        answer = stacks.aws.clients("lambda", region).invoke(FunctionName=f"payment-reconciliation-{_role(stacks, region)}-templates:live")
        assert json.load(answer["Payload"])["outcome"] in ("proved", "nothing-due")


def _role(stacks: PlainStacks, region: str) -> str:
    return next(one.role for one in stacks.environment.regions if one.name == region)


def _hurry(stacks: PlainStacks, region: str) -> None:
    """Let the mapping wait for no minute to pass."""
    client = stacks.aws.clients("lambda", region)
    function = f"payment-audit-{_role(stacks, region)}-templates:live"
    [mapping] = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    assert mapping["FunctionArn"].endswith(f":{function}")
    client.update_event_source_mapping(UUID=mapping["UUID"], MaximumBatchingWindowInSeconds=0)


def _audited(stacks: PlainStacks, region: str) -> list[str]:
    """Return the id of every line in a Region's bucket, copies of the other's included."""
    s3, bucket = stacks.aws.clients("s3", region), f"payment-audit-logs-{_role(stacks, region)}-templates"
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix="payments/").get("Contents", [])]
    lines = [line for key in keys for line in gzip.decompress(s3.get_object(Bucket=bucket, Key=key)["Body"].read()).decode().splitlines()]
    return [json.loads(line)["id"] for line in lines]


def test_payment_taken_in_one_region_is_shown_by_the_other(stacks: PlainStacks):
    """The whole path with the rights of the templates and no others: key, table, both Regions, both names."""
    status, _headers, body = _pay(stacks, "us-east-1", "shown-by-the-other")
    assert status == 201, body
    payment = json.loads(body)
    key = json.loads(stacks.api_key("us-east-2"))["api_key"]

    shown = stacks.ask("us-east-2", "GET", f"/payment/{payment['transactionId']}", host=f"us-east-2.api.{ZONE}", headers={"x-api-key": key})

    assert shown[0] == 200
    assert json.loads(shown[2]) == payment


def test_payment_sent_again_to_the_other_region_is_not_taken_again(stacks: PlainStacks):
    """What a caller does whose Region was lost before it answered."""
    first = _pay(stacks, "us-east-1", "sent-again")
    again = _pay(stacks, "us-east-2", "sent-again")

    assert (first[0], again[0]) == (201, 201)
    assert again[2] == first[2]
    assert again[1]["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(("headers", "status"), [({}, 401), ({"x-api-key": "wrong"}, 403)], ids=["no key", "wrong key"])
def test_nobody_pays_without_the_key(stacks: PlainStacks, headers: dict[str, str], status: int):
    """The authorizer stands before every route but health."""
    assert stacks.ask("us-east-1", "GET", "/payment/any", host=f"api.{ZONE}", headers=headers)[0] == status


def test_payment_fails_when_its_role_lacks_the_right_to_put(stacks: PlainStacks):
    """Rights are enforced here: a statement that the templates forget is found, not passed over."""
    iam, role = stacks.aws.clients("iam"), "payment-processor-primary-templates"
    document = iam.get_role_policy(RoleName=role, PolicyName="payment")["PolicyDocument"]
    taken_away = json.loads(json.dumps(document).replace('"dynamodb:PutItem", ', ""))
    assert taken_away != document
    try:
        iam.put_role_policy(RoleName=role, PolicyName="payment", PolicyDocument=json.dumps(taken_away))
        without = _pay(stacks, "us-east-1", "without-the-right")[0]
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="payment", PolicyDocument=json.dumps(document))

    assert without >= 500
    assert _pay(stacks, "us-east-1", "without-the-right")[0] == 201


def test_audit_buckets_replicate_to_each_other_once_live(stacks: PlainStacks):
    """Both ways, each under its own role."""
    for region, own, peer in (("us-east-1", "primary", "secondary"), ("us-east-2", "secondary", "primary")):
        bucket = f"payment-audit-logs-{own}-templates"
        configuration = stacks.aws.clients("s3", region).get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]

        assert configuration["Rules"][0]["Destination"]["Bucket"] == f"arn:aws:s3:::payment-audit-logs-{peer}-templates"
        assert configuration["Role"].endswith(f"role/{bucket}")


def test_every_region_tells_who_it_is(stacks: PlainStacks):
    """The configuration parameter is JSON, and true in its own Region."""
    for region, role in (("us-east-1", "primary"), ("us-east-2", "secondary")):
        parameter = stacks.aws.clients("ssm", region).get_parameter(Name="/payment-processing/templates/config")["Parameter"]
        said = json.loads(parameter["Value"])

        assert (said["role"], said["activation"], said["apiUrl"]) == (role, "Live", f"https://{region}.api.{ZONE}")


def test_failover_records_answer_with_both_regions_domains(stacks: PlainStacks):
    """Primary and secondary under one name, each to its own Region's domain with its own health check."""
    zone_id = stacks.outputs["payment-bootstrap-templates", "us-east-2"]["HostedZoneId"]
    records = stacks.aws.clients("route53").list_resource_record_sets(HostedZoneId=zone_id)["ResourceRecordSets"]
    pair = {one["Failover"]: one for one in records if one["Name"] == f"api.{ZONE}." and "Failover" in one}

    for role, region in (("PRIMARY", "us-east-1"), ("SECONDARY", "us-east-2")):
        target = stacks.outputs["payment-regional-templates", region]["RegionalDomainName"]
        assert [one["Value"] for one in pair[role]["ResourceRecords"]] == [target]
    assert pair["PRIMARY"]["HealthCheckId"] != pair["SECONDARY"]["HealthCheckId"]
