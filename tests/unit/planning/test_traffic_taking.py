"""Traffic's facts are taken from whoever answers; what does not answer is told and holds nobody up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deployer.aws.session import Aws, AwsAccess
from deployer.outside.view import HttpAnswer
from deployer.planning.traffic_taking import take_traffic
from tests.support.rendering import an_environment
from tests.support.rollout.wire import refusal
from tests.support.traffic import EAST, HOLD, OHIO, FakeOutside

ENVIRONMENT = an_environment()
SICK = '{"status": "fail", "checks": {"table": {"status": "fail", "reason": "unreachable"}, "secret": {"status": "pass"}}}'


@dataclass
class World:
    """AWS in two Regions whose services answer unless they are out; an outside whose Regions answer what is given."""

    out: frozenset[tuple[str, str]] = frozenset()
    answers: dict[str, HttpAnswer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def aws(self) -> Aws:
        """Return AWS."""
        return Aws(AwsAccess(), make_client=lambda service, region: _Client(self, service, region))

    def outside(self) -> Any:
        """Return an outside that leads to the primary."""
        return FakeOutside(region=lambda: EAST, held=lambda: True, health=self.answers)


class _Client:
    def __init__(self, world: World, service: str, region: str) -> None:
        self._world, self._service, self._region = world, service, region

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self._world.asked.append((self._service, self._region))
            if (self._service, self._region) in self._world.out:
                raise refusal("EndpointConnectionError")
            return {"get_item": _held, "describe_stacks": _global_stack, "get_health_check_status": _status}[method](**arguments)

        return call


def _held(**_: Any) -> dict[str, Any]:
    return {"Item": {"set_at": {"S": HOLD.set_at}, "set_by": {"S": HOLD.set_by}, "reason": {"S": HOLD.reason}}}


def _global_stack(StackName: str) -> dict[str, Any]:
    outputs = [{"OutputKey": f"HealthCheckId{role}", "OutputValue": f"check-{role}"} for role in ("Primary", "Secondary")]
    return {"Stacks": [{"StackName": StackName, "StackId": "1", "StackStatus": "CREATE_COMPLETE", "Outputs": outputs}]}


def _status(HealthCheckId: str) -> dict[str, Any]:
    status = "Failure: x" if HealthCheckId == "check-Primary" else "Success: y"
    return {"HealthCheckObservations": [{"Region": "sa-east-1", "StatusReport": {"Status": status}}]}


def test_everything_that_answers_is_told() -> None:
    """The hold, the name, both Regions and who checks them, each its own checkers."""
    traffic = take_traffic(World().aws(), ENVIRONMENT, World().outside())

    assert (traffic.hold, traffic.hold_problem, traffic.name, traffic.led_to) == (HOLD, "", "api.pay.example.test", (EAST,))
    assert [(one.region, one.role, one.answers_well, one.seen_well) for one in traffic.regions] == [
        (EAST, "primary", True, False),
        (OHIO, "secondary", True, True),
    ]


def test_what_failed_is_told_in_the_regions_own_words() -> None:
    """Or why there are none."""
    answers = {EAST: HttpAnswer(status=503, body=SICK), OHIO: HttpAnswer(problem="connection refused")}
    traffic = take_traffic(World().aws(), ENVIRONMENT, World(answers=answers).outside())

    assert [(one.status, one.said) for one in traffic.regions] == [(503, "table unreachable"), (None, "connection refused")]


def test_answer_that_is_no_health_document_is_told_by_its_status() -> None:
    """A gateway's own page, for one."""
    answers = dict.fromkeys((EAST, OHIO), HttpAnswer(status=502, body="<html>"))

    assert [one.said for one in take_traffic(World().aws(), ENVIRONMENT, World(answers=answers).outside()).regions] == ["HTTP 502"] * 2


def test_control_plane_that_is_gone_costs_the_checkers_alone() -> None:
    """Route 53's is in us-east-1: with the primary lost nobody can ask it (F2.13)."""
    gone = frozenset((service, EAST) for service in ("route53", "cloudformation", "dynamodb"))
    traffic = take_traffic(World(out=gone).aws(), ENVIRONMENT, World().outside())

    assert (traffic.hold, traffic.led_to) == (HOLD, (EAST,))
    assert [one.seen_well for one in traffic.regions] == [None, None]
    assert "route53 refused GetHealthCheckStatus" in traffic.primary.checkers_problem


def test_home_stack_that_cannot_be_read_costs_the_checkers_alone() -> None:
    """Its outputs name the checks."""
    traffic = take_traffic(World(out=frozenset({("cloudformation", OHIO)})).aws(), ENVIRONMENT, World().outside())

    assert traffic.hold == HOLD
    assert "cloudformation refused DescribeStacks" in traffic.standby.checkers_problem


def test_hold_is_asked_of_the_standby_and_its_silence_told() -> None:
    """Nobody else has it."""
    world = World(out=frozenset({("dynamodb", OHIO)}))
    traffic = take_traffic(world.aws(), ENVIRONMENT, world.outside())

    assert ("dynamodb", EAST) not in world.asked
    assert (traffic.hold, traffic.hold_problem) == (None, "dynamodb refused GetItem in us-east-2: EndpointConnectionError: ")
