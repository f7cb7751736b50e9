"""Faults as clients, functions and health checkers meet them; each is healed again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPException

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from deployer.local import fault_control
from deployer.local.faults import Fault, FaultKind
from deployer.vocabulary.errors import InputRefused
from tests.support.edges import deploy_echo_api
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.faults import SILENT_SECONDS, WAIT_SECONDS_MAX, broken, connected, knock, request_on, spoken_to, until

NAME = "api.faults.example.test"
EAST, WEST = "us-east-1", "us-east-2"


def any_fault(chance: random.Random) -> Fault:
    """Return a fault of any kind."""
    kind, region = chance.choice(tuple(FaultKind)), chance.choice((EAST, WEST))
    match kind:
        case FaultKind.PARTITION:
            return Fault(kind=kind, region=region, peer=chance.choice(("us-west-2", WEST if region == EAST else EAST)))
        case FaultKind.SLOW:
            return Fault(kind=kind, region=region, latency_seconds=chance.choice((0.1, 5.0)))
        case FaultKind.FAILING:
            return Fault(kind=kind, region=region, rate=chance.choice((0.3, 1.0)))
        case FaultKind.SERVICE_OUT:
            return Fault(kind=kind, region=region, service=chance.choice(("dynamodb", "lambda", "execute-api", "sts")))
        case FaultKind.CANARY_BROKEN:
            return Fault(kind=kind, service="canary")
        case _:
            return Fault(kind=kind, region=region)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """An embedded AWS of its own, with an API in both Regions and checkers whose seconds pass twenty times faster."""
    with running_embedded_aws(tmp_path_factory.mktemp("faults"), time_scale=20) as running:
        for region in (EAST, WEST):
            deploy_echo_api(running, region, NAME, f"{region}.{NAME}")
        yield running


@pytest.mark.parametrize(
    ("fault", "met"),
    [
        pytest.param({"kind": FaultKind.DEAD}, "refused", id="dead"),
        pytest.param({"kind": FaultKind.BLACK_HOLE}, "silent handshake", id="black hole"),
        pytest.param({"kind": FaultKind.SLOW, "latency_seconds": 30.0}, "silent", id="slow"),
        pytest.param({"kind": FaultKind.FAILING, "rate": 1.0}, "500", id="failing"),
        pytest.param({"kind": FaultKind.SERVICE_OUT, "service": "execute-api"}, "503", id="API Gateway out"),
        pytest.param({"kind": FaultKind.SERVICE_OUT, "service": "dynamodb"}, "200", id="another service out"),
        pytest.param({"kind": FaultKind.PARTITION, "peer": WEST}, "200", id="partition"),
        pytest.param({"kind": FaultKind.ISOLATED}, "200", id="isolated"),
    ],
)
def test_client_meets_the_fault_at_one_edge_until_it_is_healed(aws: EmbeddedAws, fault: dict[str, object], met: str) -> None:
    """The other Region's edge answers all the time."""
    with broken(aws.state, region=EAST, **fault):  # type: ignore[arg-type]
        assert knock(aws.state, EAST, NAME, SILENT_SECONDS if met.startswith("silent") else WAIT_SECONDS_MAX) == met
        assert knock(aws.state, WEST, NAME) == "200"

    assert knock(aws.state, EAST, NAME) == "200"


def test_slow_edge_answers_late(aws: EmbeddedAws) -> None:
    """But it answers."""
    with broken(aws.state, FaultKind.SLOW, EAST, latency_seconds=0.5):
        began = time.monotonic()

        assert knock(aws.state, EAST, NAME) == "200"
        assert time.monotonic() - began >= 0.5


def test_open_connection_ends_with_its_region(aws: EmbeddedAws) -> None:
    """A client that keeps its connection alive learns of the death too."""
    with spoken_to(aws.state, EAST, NAME) as kept:
        assert request_on(kept, NAME) == 200
        with broken(aws.state, FaultKind.DEAD, EAST), pytest.raises((OSError, HTTPException)):
            request_on(kept, NAME)


def test_open_connection_goes_silent_and_is_dropped_at_healing(aws: EmbeddedAws) -> None:
    """A black hole swallows requests on connections it let in before, and what waited is never answered."""
    with spoken_to(aws.state, EAST, NAME) as kept:
        assert request_on(kept, NAME) == 200
        kept.settimeout(SILENT_SECONDS)
        with broken(aws.state, FaultKind.BLACK_HOLE, EAST):
            with pytest.raises(TimeoutError):
                request_on(kept, NAME)
            waiting = connected(aws.state, EAST)
        with waiting, pytest.raises(ConnectionResetError):
            waiting.recv(1)


def test_lost_zone_resets_some_connections_and_passes(aws: EmbeddedAws) -> None:
    """With a share of all, none gets through for some seconds; nobody has to heal it."""
    with broken(aws.state, FaultKind.ZONE_LOST, EAST, rate=1.0) as fault_id:
        assert knock(aws.state, EAST, NAME) == "reset"
        assert knock(aws.state, WEST, NAME) == "200"
        until(lambda: fault_control.active(aws.state) == ())
    fault_control.heal(aws.state, fault_id)

    assert knock(aws.state, EAST, NAME) == "200"


def test_dead_regions_apis_refuse_and_the_others_answer(aws: EmbeddedAws) -> None:
    """By the Region a call is signed for."""
    with broken(aws.state, FaultKind.DEAD, WEST):
        with pytest.raises(ConnectionClosedError):
            aws.clients("dynamodb", WEST).list_tables()
        assert aws.clients("dynamodb", EAST).list_tables()["TableNames"] == []

    assert aws.clients("dynamodb", WEST).list_tables()["TableNames"] == []


def test_control_planes_in_us_east_1_die_with_it(aws: EmbeddedAws) -> None:
    """IAM and Route 53 from everywhere, and changes of buckets anywhere; what a bucket holds is served on."""
    with broken(aws.state, FaultKind.DEAD, EAST):
        for service in ("iam", "route53"):
            with pytest.raises(ConnectionClosedError):
                getattr(aws.clients(service, WEST), {"iam": "list_users", "route53": "list_hosted_zones"}[service])()
        place = {"CreateBucketConfiguration": {"LocationConstraint": WEST}}
        with pytest.raises(ClientError, match="ServiceUnavailable"):
            aws.clients("s3", WEST).create_bucket(Bucket="not-now", **place)
        aws.clients("s3", WEST).put_object(Bucket=f"code-{WEST}", Key="now", Body=b"1")

    aws.clients("s3", WEST).create_bucket(Bucket="not-now", **place)


def test_black_holes_apis_never_answer(aws: EmbeddedAws) -> None:
    """Until the fault is healed; then the call fails rather than be done late."""
    client = aws.clients("dynamodb", EAST)
    ended: list[Exception] = []

    def call() -> None:
        try:
            client.list_tables()
        except (ConnectionClosedError, ReadTimeoutError) as error:
            ended.append(error)

    with broken(aws.state, FaultKind.BLACK_HOLE, EAST):
        calling = threading.Thread(target=call)
        calling.start()
        calling.join(timeout=1)
        assert calling.is_alive()
    calling.join(timeout=10)

    assert not calling.is_alive()
    # botocore tries once more, and by then the Region is well.
    assert len(ended) <= 1
    assert aws.clients("dynamodb", EAST).list_tables()["TableNames"] == []


@pytest.mark.parametrize(
    ("service", "ask"),
    [("dynamodb", "list_tables"), ("s3", "list_buckets"), ("secretsmanager", "list_secrets"), ("sts", "get_caller_identity")],
)
def test_service_that_is_out_answers_503_in_its_own_protocol(aws: EmbeddedAws, service: str, ask: str) -> None:
    """In one Region; boto3 understands it."""
    with broken(aws.state, FaultKind.SERVICE_OUT, EAST, service=service):
        with pytest.raises(ClientError) as refused:
            getattr(aws.clients(service, EAST), ask)()
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
        assert refused.value.response["Error"]["Code"].startswith("ServiceUnavailable")
        getattr(aws.clients(service, WEST), ask)()

    getattr(aws.clients(service, EAST), ask)()


def test_each_of_several_faults_is_healed_by_itself(aws: EmbeddedAws) -> None:
    """Healing one never heals what another still breaks; healing all leaves none."""
    fault_control.inject(aws.state, Fault(kind=FaultKind.DEAD, region=EAST))
    again = fault_control.inject(aws.state, Fault(kind=FaultKind.DEAD, region=EAST))
    fault_control.inject(aws.state, Fault(kind=FaultKind.FAILING, region=EAST, rate=1.0))
    fault_control.inject(aws.state, Fault(kind=FaultKind.BLACK_HOLE, region=WEST))
    try:
        fault_control.heal(aws.state, again)

        assert [fault.kind for fault in fault_control.active(aws.state)] == ["dead", "failing", "black-hole"]
        assert knock(aws.state, EAST, NAME) == "refused"
        assert knock(aws.state, WEST, NAME, SILENT_SECONDS) == "silent handshake"
        fault_control.heal(aws.state, fault_control.active(aws.state)[0].fault_id)
        assert knock(aws.state, EAST, NAME) == "500"
    finally:
        fault_control.heal(aws.state)
    assert fault_control.active(aws.state) == ()
    assert (knock(aws.state, EAST, NAME), knock(aws.state, WEST, NAME)) == ("200", "200")


def test_edge_that_dies_again_and_again_comes_back_each_time(aws: EmbeddedAws) -> None:
    """At its own port, however quickly one follows the other."""
    for _ in range(5):
        for kind in (FaultKind.DEAD, FaultKind.BLACK_HOLE):
            with broken(aws.state, kind, EAST):
                pass
    with broken(aws.state, FaultKind.BLACK_HOLE, EAST), broken(aws.state, FaultKind.DEAD, EAST):
        assert knock(aws.state, EAST, NAME) == "refused"

    assert knock(aws.state, EAST, NAME) == "200"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_was_broken_healing_mends_it(aws: EmbeddedAws, seed: int) -> None:
    """Forty faults at random, some healed in between, while clients knock; then all is as if nothing had been."""
    chance = random.Random(seed)  # noqa: S311 (a test's dice)
    for _ in range(40):
        fault_control.inject(aws.state, any_fault(chance))
        if chance.random() < 0.5:
            fault_control.heal(aws.state, chance.choice(fault_control.active(aws.state)).fault_id)
        if chance.random() < 0.2:
            assert knock(aws.state, chance.choice((EAST, WEST)), NAME, seconds_max=0.2)
    fault_control.heal(aws.state)

    assert fault_control.active(aws.state) == ()
    for region in (EAST, WEST):
        until(lambda region=region: knock(aws.state, region, NAME) == "200")  # type: ignore[misc]
        assert aws.clients("dynamodb", region).list_tables()["TableNames"] == []


def test_faults_are_not_for_everybody(aws: EmbeddedAws) -> None:
    """Who does not know the root secret, as a page in a browser does not, changes nothing and learns nothing."""
    stranger = replace(aws.state, secret_access_key="a guess")

    for attempt in (
        lambda: fault_control.inject(stranger, Fault(kind=FaultKind.DEAD, region=EAST)),
        lambda: fault_control.heal(stranger),
        lambda: fault_control.active(stranger),
        lambda: fault_control.check_states(stranger),
    ):
        with pytest.raises(InputRefused, match="Forbidden"):
            attempt()
    assert fault_control.active(aws.state) == ()


def test_what_makes_no_sense_is_refused(aws: EmbeddedAws) -> None:
    """With the server's words, every mistake at once."""
    with pytest.raises(InputRefused, match=r"rate: dead takes none\nregion: us-est-1 is no Region of .*") as refused:
        fault_control.inject(aws.state, Fault(kind=FaultKind.DEAD, region="us-est-1", rate=0.5))
    for never in ("fault-0", "fault-1000000", "else"):
        with pytest.raises(InputRefused, match=f"No fault {never} was ever injected"):
            fault_control.heal(aws.state, never)

    assert "did you mean" in refused.value.detail


def test_check_that_follows_an_alarm_of_a_lost_region_has_no_data(aws: EmbeddedAws) -> None:
    """So its own setting for that decides; nothing else suffers."""
    alarm = {"Namespace": "Shop", "MetricName": "Errors", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1}
    alarm |= {"ComparisonOperator": "GreaterThanThreshold", "TreatMissingData": "notBreaching"}
    aws.clients("cloudwatch", WEST).put_metric_alarm(AlarmName="shop", **alarm)
    config = {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Name": "shop", "Region": WEST}, "InsufficientDataHealthStatus": "Unhealthy"}
    made = aws.clients("route53").create_health_check(CallerReference="2", HealthCheckConfig=config)["HealthCheck"]["Id"]

    def healthy() -> bool:
        return next((check.published_healthy for check in fault_control.check_states(aws.state) if check.check_id == made), False)

    until(healthy)
    with broken(aws.state, FaultKind.DEAD, WEST):
        until(lambda: not healthy())
    until(healthy)


def test_health_checkers_see_what_clients_see(aws: EmbeddedAws) -> None:
    """A dead edge refuses them, one wrong checker Region changes no verdict, and all is told without Route 53's control plane."""
    zone = aws.clients("route53").create_hosted_zone(Name="faults.example.test", CallerReference="1")["HostedZone"]["Id"]
    address = {"Name": f"{EAST}.{NAME}", "Type": "A", "TTL": 10, "ResourceRecords": [{"Value": aws.state.edges[EAST].split(":")[0]}]}
    changes = [{"Action": "CREATE", "ResourceRecordSet": address}]
    aws.clients("route53").change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    config = {"Type": "HTTPS", "FullyQualifiedDomainName": f"{EAST}.{NAME}", "ResourcePath": "/health", "EnableSNI": True}
    config |= {"RequestInterval": 10, "FailureThreshold": 2}
    made = aws.clients("route53").create_health_check(CallerReference="1", HealthCheckConfig=config)["HealthCheck"]["Id"]

    def standing() -> fault_control.CheckState:
        return next(check for check in fault_control.check_states(aws.state) if check.check_id == made)

    def verdicts() -> set[bool]:
        return {healthy for _, healthy in standing().checkers}

    until(lambda: made in [check.check_id for check in fault_control.check_states(aws.state)])
    until(lambda: len(standing().checkers) == 8 and verdicts() == {True})
    assert (standing().kind, standing().about) == ("HTTPS", f"{EAST}.{NAME}/health")
    with broken(aws.state, FaultKind.CHECKER_WRONG, "sa-east-1"):
        until(lambda: ("sa-east-1", False) in standing().checkers)
        assert standing().published_healthy
    with broken(aws.state, FaultKind.DEAD, EAST):
        until(lambda: verdicts() == {False} and not standing().published_healthy)
    until(lambda: verdicts() == {True} and standing().published_healthy)
    with broken(aws.state, FaultKind.BLACK_HOLE, EAST):
        until(lambda: verdicts() == {False} and not standing().published_healthy)
    until(lambda: verdicts() == {True} and standing().published_healthy)
