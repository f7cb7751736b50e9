"""A scenario's faults become the embedded AWS's, by role and in scaled seconds; on AWS they are refused with the way to FIS."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from deployer.aws.session import Aws, AwsAccess
from deployer.drill.embedded_hands import EmbeddedHands, fault_of_plan, words_of
from deployer.drill.hands import SystemHands
from deployer.drill.reach import hands_of, target_of
from deployer.local.faults import Fault, FaultKind, mistakes_in
from deployer.outside.view import Outside
from deployer.params.load import load_environment
from deployer.params.model import Environment
from deployer.params.scenario import FaultName, FaultPlan
from deployer.params.scenario_load import load_scenario, scenario_names
from deployer.vocabulary.clock import SystemClock
from deployer.vocabulary.errors import InputRefused
from tests.support.command_line import PARAMS, an_embedded

DRILLS = PARAMS.parents[1] / "drills"
REGIONS = ("us-east-1", "us-east-2")
KNOWN = (*REGIONS, "us-west-2", "sa-east-1")


@pytest.fixture(scope="module")
def environment() -> Environment:
    """The environment on this machine."""
    return load_environment(PARAMS)


def embedded(environment: Environment, time_scale: float = 1.0) -> EmbeddedHands:
    """Return hands that nobody uses on anything."""
    return EmbeddedHands(Aws(AwsAccess()), environment, lambda intent, reason: True, an_embedded(), time_scale=time_scale)


def a_fault(**fields: Any) -> FaultPlan:
    """Return a planned fault."""
    return FaultPlan.model_validate(fields)


def test_kinds_of_faults_are_the_embedded_aws_own() -> None:
    """A scenario can name every one, and no other."""
    assert set(get_args(FaultName)) == {kind.value for kind in FaultKind}


def test_every_scenarios_faults_can_be_injected(environment: Environment) -> None:
    """Each field is where the embedded AWS wants it."""
    hands = embedded(environment)
    faults = [fault_of_plan(one, hands) for name in scenario_names(DRILLS) for one in load_scenario(name, DRILLS).faults]

    assert [mistakes_in(one, REGIONS, KNOWN) for one in faults] == [()] * len(faults)


@pytest.mark.parametrize(
    ("plan", "fault"),
    [
        pytest.param({"kind": "dead", "region": "primary"}, {"region": "us-east-1"}, id="role"),
        pytest.param(
            {"kind": "partition", "region": "secondary", "peer": "witness"}, {"region": "us-east-2", "peer": "us-west-2"}, id="witness"
        ),
        pytest.param({"kind": "checker-wrong", "checker_region": "sa-east-1"}, {"region": "sa-east-1"}, id="checker"),
        pytest.param(
            {"kind": "canary-broken", "region": "secondary", "service": "peer canary"},
            {"service": "payment-peer-secondary-local"},
            id="canary by its name",
        ),
        pytest.param(
            {"kind": "slow", "region": "primary", "latency_seconds": 8}, {"region": "us-east-1", "latency_seconds": 2.0}, id="scaled"
        ),
    ],
)
def test_planned_fault_becomes_the_real_one(environment: Environment, plan: dict[str, Any], fault: dict[str, Any]) -> None:
    """Roles are Regions, and what lasts is as much faster as everything else."""
    assert fault_of_plan(a_fault(**plan), embedded(environment, 4.0)) == Fault(kind=FaultKind(plan["kind"]), **fault)


def test_fault_is_told_in_a_few_words() -> None:
    """For the timeline."""
    fault = Fault(kind=FaultKind.FAILING, region="us-east-1", rate=0.5)

    assert words_of(fault) == "failing in us-east-1 50%"


def test_faults_on_aws_are_fis_business(environment: Environment) -> None:
    """Refused before anything happens, with the way to do it."""
    hands = hands_of(Aws(AwsAccess()), environment, Outside(), SystemClock(), None)

    assert type(hands) is SystemHands
    with pytest.raises(InputRefused, match="does not inject `dead`") as refused:
        hands.break_it(a_fault(kind="dead", region="primary"))
    assert "FIS" in refused.value.hint


def test_clients_go_where_the_environment_is(environment: Environment, tmp_path: Path) -> None:
    """To edges and a name server of the embedded AWS, or where the internet says."""
    here, there = target_of(environment, "key", an_embedded()), target_of(environment, "key", None)

    assert here.name_server == ("127.0.0.1", 5300)
    assert here.ports == {"us-east-1": 8443, "us-east-2": 8443}
    assert (there.name_server, dict(there.ports), there.ca_bundle) == (None, {}, None)
    assert here.shared_name == there.shared_name == "api.pay.example.test"
    assert "key" not in repr(here)


def test_scale_is_the_embedded_aws_own(environment: Environment) -> None:
    """Nobody has to say it twice."""
    assert hands_of(Aws(AwsAccess()), environment, Outside(), SystemClock(), an_embedded()).time_scale == an_embedded().time_scale
