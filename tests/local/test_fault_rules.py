"""What follows from faults, and which service a request is for: pure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from deployer.local.called_service import CalledService, Whereabouts, called_service
from deployer.local.faults import MEANINGS, ZONE_SECONDS, Fault, FaultKind, RegionFaults, Way, fault_of
from deployer.vocabulary.errors import InputRefused

EAST, WEST, WITNESS = "us-east-1", "us-east-2", "us-west-2"


class HandClock:
    """Seconds that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def some_faults(*faults: Fault, clock: HandClock | None = None) -> RegionFaults:
    """Return the faults of an embedded AWS with two Regions and a witness, with these injected."""
    region_faults = RegionFaults(edges=(EAST, WEST), known=(EAST, WEST, WITNESS), now=clock or HandClock())
    for fault in faults:
        region_faults.inject(fault)
    return region_faults


def test_every_kind_says_what_it_means() -> None:
    """The documentation is made of it."""
    assert set(MEANINGS) == set(FaultKind)
    assert all(meaning.endswith(".") for meaning in MEANINGS.values())


@pytest.mark.parametrize("kind", [FaultKind.DEAD, FaultKind.BLACK_HOLE])
def test_lost_region_is_connected_to_nobody(kind: FaultKind) -> None:
    """Not even to itself; the others are to each other."""
    faults = some_faults(Fault(kind=kind, region=EAST))

    assert not faults.alive(EAST)
    assert not faults.connected(EAST, EAST)
    assert not faults.connected(EAST, WEST)
    assert not faults.connected(WEST, EAST)
    assert faults.connected(WEST, WITNESS)


def test_partition_parts_two_and_no_more() -> None:
    """In both directions; both live and are reached from outside."""
    faults = some_faults(Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST))

    assert not faults.connected(EAST, WEST)
    assert not faults.connected(WEST, EAST)
    assert faults.connected(EAST, WITNESS)
    assert faults.connected(WEST, WEST)
    assert faults.alive(EAST)
    assert faults.way(EAST) is Way.OPEN


def test_call_from_a_function_needs_its_own_region_and_the_way() -> None:
    """From outside it needs neither; what is parted is swallowed, what a dead Region's function says is refused."""
    parted = some_faults(Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST))
    dead = some_faults(Fault(kind=FaultKind.DEAD, region=EAST))

    assert [parted.way_between(caller, WEST) for caller in (None, EAST, WEST)] == [Way.OPEN, Way.SILENT, Way.OPEN]
    assert [dead.way_between(caller, WEST) for caller in (None, EAST, WEST)] == [Way.OPEN, Way.SHUT, Way.OPEN]
    assert dead.way_between(WEST, EAST) is Way.SHUT


def test_isolated_region_reaches_itself_alone() -> None:
    """Every partition at once."""
    faults = some_faults(Fault(kind=FaultKind.ISOLATED, region=WEST))

    assert [faults.connected(WEST, other) for other in (WEST, EAST, WITNESS)] == [True, False, False]
    assert faults.connected(EAST, WITNESS)


def test_what_is_refused_is_not_swallowed_as_well() -> None:
    """Dead is stronger than a black hole, in either order."""
    dead, hole = Fault(kind=FaultKind.DEAD, region=EAST), Fault(kind=FaultKind.BLACK_HOLE, region=EAST)

    assert some_faults(dead, hole).way(EAST) is Way.SHUT
    assert some_faults(hole, dead).way(EAST) is Way.SHUT
    assert some_faults(hole).way(EAST) is Way.SILENT


def test_faults_add_up() -> None:
    """Delays become longer; of two shares the larger counts."""
    faults = some_faults(
        Fault(kind=FaultKind.SLOW, region=EAST, latency_seconds=1.0),
        Fault(kind=FaultKind.SLOW, region=EAST, latency_seconds=0.5),
        Fault(kind=FaultKind.FAILING, region=EAST, rate=0.2),
        Fault(kind=FaultKind.FAILING, region=EAST, rate=0.1),
    )

    assert (faults.latency_seconds(EAST), faults.failing_share(EAST)) == (1.5, 0.2)
    assert (faults.latency_seconds(WEST), faults.failing_share(WEST)) == (0.0, 0.0)


def test_faults_of_watchers_touch_what_they_name() -> None:
    """One checker Region, one canary, the canaries of one Region; nothing else."""
    faults = some_faults(
        Fault(kind=FaultKind.CHECKER_WRONG, region=WITNESS),
        Fault(kind=FaultKind.CANARY_BROKEN, service="peer-health"),
        Fault(kind=FaultKind.WATCHER_CUT_OFF, region=WEST),
    )

    assert [faults.checker_is_wrong(region) for region in (WITNESS, EAST)] == [True, False]
    assert [faults.canary_broken(name) for name in ("peer-health", "own-health")] == [True, False]
    assert [faults.watcher_is_cut_off(region) for region in (WEST, EAST)] == [True, False]
    assert faults.connected(EAST, WEST)


@pytest.mark.parametrize(("said", "signed"), [("dynamodb", "dynamodb"), ("cloudwatch", "monitoring"), ("eventbridge", "events")])
def test_service_is_known_by_what_it_is_signed_with(said: str, signed: str) -> None:
    """People call some by another name."""
    faults = some_faults(Fault(kind=FaultKind.SERVICE_OUT, region=EAST, service=said))

    assert faults.service_is_out(EAST, signed)
    assert not faults.service_is_out(WEST, signed)
    assert not faults.service_is_out(EAST, "s3")


def test_lost_zone_passes_by_itself() -> None:
    """A third of the connections, for some seconds."""
    clock = HandClock()
    faults = some_faults(Fault(kind=FaultKind.ZONE_LOST, region=EAST), clock=clock)

    assert faults.zone_share(EAST) == pytest.approx(1 / 3)
    clock.seconds = ZONE_SECONDS
    assert faults.zone_share(EAST) == 0
    assert faults.active() == ()


def test_watchers_hear_of_every_change() -> None:
    """And of nothing when nothing was healed."""
    faults, heard = some_faults(), []
    faults.watch(lambda: heard.append(len(faults.active())))

    fault_id = faults.inject(Fault(kind=FaultKind.DEAD, region=EAST))
    assert not faults.heal("fault-9")
    assert faults.heal(fault_id)
    assert not faults.heal()
    assert heard == [1, 0]


@pytest.mark.parametrize(
    ("fault", "mistake"),
    [
        pytest.param(Fault(kind=FaultKind.DEAD), "region: dead needs one", id="no Region"),
        pytest.param(Fault(kind=FaultKind.PARTITION, region=EAST), "peer: partition needs one", id="no peer"),
        pytest.param(Fault(kind=FaultKind.PARTITION, region=EAST, peer=EAST), "no partition with itself", id="itself"),
        pytest.param(Fault(kind=FaultKind.SLOW, region=WITNESS, latency_seconds=1), "us-west-2 is no Region of", id="no edge there"),
        pytest.param(Fault(kind=FaultKind.SLOW, region=EAST, latency_seconds=-1), "above 0", id="negative latency"),
        pytest.param(Fault(kind=FaultKind.FAILING, region=EAST, rate=1.5), "a share is above 0 and at most 1", id="share too large"),
        pytest.param(Fault(kind=FaultKind.FAILING, region=EAST, rate=float("nan")), "a share is above 0", id="no number"),
        pytest.param(Fault(kind=FaultKind.DEAD, region="us-east-11"), "did you mean us-east-1?", id="unknown Region"),
        pytest.param(Fault(kind=FaultKind.SERVICE_OUT, region=WEST, service="iam"), "served from us-east-1 alone", id="global service"),
        pytest.param(Fault(kind=FaultKind.CANARY_BROKEN, service="x", region=EAST), "canary-broken takes none", id="too much"),
    ],
)
def test_fault_that_makes_no_sense_is_refused(fault: Fault, mistake: str) -> None:
    """And breaks nothing."""
    faults = some_faults()

    with pytest.raises(InputRefused) as refused:
        faults.inject(fault)
    assert mistake in refused.value.detail
    assert faults.active() == ()


@pytest.mark.parametrize(
    ("record", "mistake"),
    [
        ({"kind": "dread", "region": EAST}, "did you mean dead?"),
        ({"kind": "slow", "region": EAST, "latency_seconds": "1"}, "latency_seconds: not a number"),
        ({"kind": "dead", "region": EAST, "forever": True}, "forever: no field of a fault"),
        ({"kind": "dead", "region": ["a"]}, "region: not text"),
        ({}, "is no kind of fault"),
    ],
)
def test_record_that_is_no_fault_is_refused(record: dict[str, Any], mistake: str) -> None:
    """Whatever a client sends."""
    with pytest.raises(InputRefused) as refused:
        fault_of(record)

    assert mistake in refused.value.detail


def test_fault_goes_through_json_and_back() -> None:
    """As it was."""
    fault = Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST, fault_id="fault-1")

    assert fault_of(fault.record()) == fault


def asked(**given: Any) -> dict[str, Any]:
    """Return an HTTP request's scope."""
    headers = [(name.encode(), value.encode()) for name, value in given.pop("headers", {}).items()]
    return {"type": "http", "method": "GET", "path": "/", "query_string": b"", **given, "headers": headers}


def to(service: str, region: str, *, changes_bucket: bool = False) -> CalledService:
    """Return a service in a Region."""
    return CalledService(service=service, region=region, changes_bucket=changes_bucket)


def signed_for(region: str, service: str) -> dict[str, str]:
    """Return the header of a signed request."""
    return {"authorization": f"AWS4-HMAC-SHA256 Credential=AKIA/20260102/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"}


@pytest.mark.parametrize(
    ("request_scope", "called"),
    [
        pytest.param(asked(headers=signed_for(WEST, "dynamodb")), to("dynamodb", WEST), id="signed"),
        pytest.param(asked(headers=signed_for(WEST, "iam")), to("iam", EAST), id="global control plane"),
        pytest.param(
            asked(method="PUT", path="/bucket", query_string=b"versioning", headers=signed_for(WEST, "s3")),
            to("s3", WEST, changes_bucket=True),
            id="bucket changed",
        ),
        pytest.param(
            asked(method="PUT", path="/bucket/key", headers=signed_for(WEST, "s3")),
            to("s3", WEST),
            id="object put",
        ),
        pytest.param(asked(path="/eastern/key", headers=signed_for(WEST, "s3")), to("s3", EAST), id="bucket of another Region"),
        pytest.param(
            asked(headers={"authorization": "AWS4-HMAC-SHA256 Credential=ASIAWESTERN/20260102/us-east-1/lambda/aws4_request, Signature=0"}),
            CalledService(service="lambda", region=EAST, caller=WEST),
            id="function of another Region",
        ),
        pytest.param(
            asked(query_string=b"X-Amz-Credential=AKIA%2F20260102%2Fus-east-2%2Fs3%2Faws4_request&X-Amz-Expires=60"),
            to("s3", WEST),
            id="presigned",
        ),
        pytest.param(
            asked(headers={"host": "ab12.execute-api.us-east-2.amazonaws.com"}),
            to("execute-api", WEST),
            id="host",
        ),
        pytest.param(asked(headers={"host": "bucket.s3.us-east-2.amazonaws.com"}), to("s3", WEST), id="bucket host"),
        pytest.param(asked(path="/_aws/execute-api/ab12/live/x"), to("execute-api", WEST), id="path"),
        pytest.param(asked(path="/_aws/execute-api/unknown/live/x"), None, id="unknown API"),
        pytest.param(asked(path="/_ministack/health"), None, id="no AWS API"),
    ],
)
def test_request_is_for_the_service_it_is_signed_for(request_scope: dict[str, Any], called: CalledService | None) -> None:
    """Unsigned ones by host or path; some belong to no Region."""
    whereabouts = Whereabouts(
        region_of_api={"ab12": WEST}.get, region_of_bucket={"eastern": EAST}.get, region_of_function={"ASIAWESTERN": WEST}.get
    )

    assert called_service(request_scope, whereabouts) == called


def test_guide_says_what_each_kind_means() -> None:
    """In the words that stand beside the kinds."""
    guide = (Path(__file__).parents[2] / "docs" / "local.md").read_text()

    assert [kind for kind, meaning in MEANINGS.items() if f"| `{kind}` | {meaning} |" not in guide] == []
