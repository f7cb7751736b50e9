"""Builders of gates, of the world that one is passed in, and of samples."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event as Flag
from typing import Any

from deployer.aws.session import Aws, AwsAccess
from deployer.outside.view import Outside
from deployer.params.load import load_environment
from deployer.planning.gates import Check, Gate, plan_gate
from deployer.rollout.context import RolloutContext
from deployer.rollout.gate import pass_gate
from deployer.rollout.gate_finding import Finding, Sample
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.events import Event, GateSampled
from tests.support.main_job import Copy
from tests.support.rendering import an_environment
from tests.support.rollout.clock import FakeClock
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.fake_watch import FakeApi
from tests.support.rollout.plans import a_plan

EAST, OHIO = "us-east-1", "us-east-2"
BOUNDS = {"gate_burn_in_seconds": 60, "gate_sample_seconds": 10, "gate_bad_seconds_max": 30, "gate_seconds_max": 200}


def a_gate(*regions: str, **different: Any) -> Gate:
    """Return a gate of one minute's burn-in with a look every ten seconds; of the standby unless Regions are named."""
    return replace(plan_gate(an_environment(rollout=BOUNDS), regions or (OHIO,), reason="a wave"), **different)


def a_sample(check: Check = "health", *, good: bool = True, region: str = OHIO, is_final: bool = False, refused: bool = False) -> Sample:
    """Return one look's finding."""
    why = AwsRefused(service="cloudwatch", operation="DescribeAlarms", region=region, code="InternalFailure", message="later")
    finding = Finding(is_good=good, detail="seen", is_final=is_final, refused=why if refused else None)
    return Sample(region=region, check=check, finding=finding, took_seconds=0.1)


@dataclass(slots=True)
class GatedWorld:
    """A system on a hand-made AWS with somebody at its gate; `events` is what was told, `began` when the roll-out did."""

    clock: FakeClock = field(default_factory=FakeClock)
    events: list[Event] = field(default_factory=list)
    aws: FakeAws = field(init=False)
    api: FakeApi = field(default_factory=FakeApi)
    began: datetime = field(init=False)
    stopped: Flag = field(default_factory=Flag)

    def __post_init__(self) -> None:
        self.aws = FakeAws(self.clock)
        self.began = self.clock.now()

    def passes(self, gate: Gate, outside: Outside | None = None) -> None:
        """Stand at a gate until it ends; raises what it raises."""
        context = RolloutContext(plan=a_plan(), aws=self.aws.aws(), clock=self.clock, listener=self.events.append, stopped=self.stopped)
        pass_gate(gate, context, outside=outside or self.api, since=self.began)

    def sampled(self, check: str, region: str = OHIO) -> list[GateSampled]:
        """Return what was told of one check."""
        return [one for one in self.events if isinstance(one, GateSampled) and (one.check, one.region) == (check, region)]

    @property
    def passed_seconds(self) -> float:
        """Seconds since the roll-out began."""
        return (self.clock.now() - self.began).total_seconds()


def sick_between(world: GatedWorld, what: str, begins: float, ends: float, region: str = OHIO) -> FakeApi:
    """Return the API of a world in which `what` of one Region fails from one second to before another."""

    def sick(asked: str) -> str:
        return what if asked == region and begins <= world.passed_seconds < ends else ""

    return FakeApi(sick=sick)


def a_way_in(copy: Copy) -> Aws:
    """Return the deployer's way to a copy's embedded AWS."""
    state = copy.state
    return Aws(AwsAccess(endpoint_url=state.endpoint, access_key_id=state.access_key_id, secret_access_key=state.secret_access_key))


def stand_at_gate(copy: Copy, *regions: str, since: datetime | None = None) -> list[GateSampled]:
    """Stand at the gate of a deployed system's Regions, a burn-in of two seconds, and return what was told; raises what it raises.

    `since` is when the roll-out began, now unless given.
    """
    state, clock, told = copy.state, SystemClock(), list[Event]()
    edges = {region: (place.rpartition(":")[0], int(place.rpartition(":")[2])) for region, place in state.edges.items()}
    gate = replace(
        plan_gate(load_environment(copy.params), regions, reason="a wave"),
        burn_in_seconds=2.0,
        sample_seconds=0.5,
        payment_seconds=1.0,
        bad_seconds_max=3.0,
        seconds_max=60.0,
    )
    context = RolloutContext(plan=a_plan(), aws=a_way_in(copy), clock=clock, listener=told.append)
    pass_gate(gate, context, outside=Outside(edges=edges, ca_bundle=state.ca_bundle), since=since or clock.now())
    return [one for one in told if isinstance(one, GateSampled)]
