"""Traffic is moved on a whole system: by hand, by the latch, with every plane of the primary dead, and never to a sick standby."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from deployer.local import control, fault_control
from deployer.local.faults import FaultKind
from deployer.outside.names import NameServer, ask_for_alias
from tests.support.command_line import records
from tests.support.faults import broken
from tests.support.main_job import Copy, a_copy, call

pytestmark = pytest.mark.whole_system

ZONE = "pay.example.test"
EAST, OHIO = "us-east-1", "us-east-2"
TABLE = "payment-hold-local"
PEER_LOST = "payment-peer-lost-secondary-local"
TIME_SCALE = 3
WAIT_SECONDS_MAX = 90


@dataclass(frozen=True, slots=True)
class System:
    """A system that was rolled out, and how it is looked at."""

    copy: Copy

    @property
    def led_to(self) -> str:
        """The Region that the name server leads the shared name to."""
        address, port = str(self.copy.state.dns).split(":")
        return ask_for_alias(NameServer(address=address, port=int(port)), f"api.{ZONE}").region

    @property
    def is_calm(self) -> bool:
        """Whether every checker calls both Regions well and nobody holds, and names are answered by it."""
        checks = fault_control.check_states(self.copy.state)
        health = [check for check in checks if check.about.endswith("/health")]
        holds = [check for check in checks if check.about.endswith("/hold")]
        well = all(check.published_healthy for check in checks) and all(one for check in health for _, one in check.checkers)
        return well and not any(held for check in holds for _, held in check.checkers) and self.led_to == EAST

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, within bounds."""
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while not condition():
            assert time.monotonic() < deadline, f"it did not come to be; {self.led_to} is led to"
            time.sleep(0.2)

    def run(self, *words: str) -> tuple[int, dict[str, Any], list[dict[str, Any]]]:
        """Return a command's exit code, its last record, and all of them."""
        result = self.copy.run(*words, self.copy.params, "--json")
        told = records(result)
        return result.exit_code, told[-1], told

    @property
    def hold(self) -> dict[str, Any] | None:
        """The hold's item."""
        found = self.copy.client("dynamodb", OHIO).get_item(TableName=TABLE, Key={"hold_id": {"S": "primary"}}, ConsistentRead=True)
        item: dict[str, Any] | None = found.get("Item")
        return item


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system of params/local.yaml, whose checkers' seconds pass three times faster."""
    with a_copy(tmp_path_factory.mktemp("moved")) as copy:
        control.start(copy.home, (EAST, OHIO), port=0, edge_port=0, dns_port=0, time_scale=TIME_SCALE)
        rolled_out = copy.run("roll-out", copy.params, "--yes")
        assert rolled_out.exit_code == 0, rolled_out.output
        yield System(copy)


@pytest.fixture
def system(deployed: System) -> Iterator[System]:
    """The same, led to the primary by checkers that have looked and are content; let go afterwards."""
    deployed.until(lambda: deployed.is_calm)
    deployed.copy.calls.clear()
    yield deployed
    deployed.copy.client("dynamodb", OHIO).delete_item(TableName=TABLE, Key={"hold_id": {"S": "primary"}})


def test_traffic_is_moved_there_and_back(system: System) -> None:
    """Names follow, the Regions tell the hold to whoever asks, and a second time there is nothing to do."""
    over_code, over, _ = system.run("fail-over", "--yes", "--reason", "evacuation")
    held = [call(system.copy.state, region, "GET", f"https://{region}.api.{ZONE}/hold").status for region in (OHIO, EAST)]
    led = system.led_to
    again_code, again, _ = system.run("fail-over")
    back_code, back, told = system.run("fail-back", "--yes")

    assert (over_code, over.get("outcome"), over.get("region"), held, led) == (0, "done", OHIO, [200, 404], OHIO), over
    assert (again_code, again["outcome"]) == (0, "nothing_to_do")
    assert (back_code, back["outcome"], system.led_to, system.hold) == (0, "done", EAST, None)
    assert next(one for one in told if one["event"] == "hold_changed")["reason"] == "evacuation"


def test_status_says_who_takes_payments(system: System) -> None:
    """As name servers, checkers and Regions say it."""
    code, status, _ = system.run("status")
    traffic = status["traffic"]

    assert (code, status["event"], traffic["led_to"], traffic["hold"]) == (0, "status", [EAST], None)
    assert [(region["healthy"], region["checkers_healthy"], len(region["checkers"])) for region in traffic["regions"]] == [
        (True, True, 8)
    ] * 2


@pytest.mark.parametrize("kind", [FaultKind.DEAD, FaultKind.BLACK_HOLE])
def test_traffic_is_moved_with_every_plane_of_the_primary_gone(system: System, kind: FaultKind) -> None:
    """Its APIs, and the control planes of Route 53 and IAM with them; nothing that was needed was asked there."""
    with broken(system.copy.state, kind, EAST):
        code, ended, told = system.run("fail-over", "--yes", "--reason", "all dark")
        led, asked = system.led_to, {one.service for one in system.copy.calls if one.region == EAST}
        status_code, _, shown = system.run("status")
        refused_code, refused, _ = system.run("fail-back", "--yes")
    system.until(lambda: call(system.copy.state, EAST, "GET", f"https://{EAST}.api.{ZONE}/health").status == 200)
    system.until(lambda: system.run("fail-back", "--yes")[0] == 0)

    assert (code, ended["outcome"], led) == (0, "done", OHIO), told
    assert asked <= {"route53"}, "the checkers are nice to know; nothing else may be asked there"
    assert (status_code, [one["led_to"] for one in shown if one["event"] == "traffic"]) == (3, [[OHIO]])
    assert (refused_code, refused["mistakes"][0]["place"]) == (2, "fail-back")
    assert system.led_to == EAST


def test_lost_primary_is_latched_until_somebody_fails_back(system: System) -> None:
    """The standby's alarm calls the latch, the hold outlives the alarm, and fail-back tells its reason."""
    cloudwatch = system.copy.client("cloudwatch", OHIO)
    cloudwatch.set_alarm_state(AlarmName=PEER_LOST, StateValue="ALARM", StateReason="the canary cannot pay there")
    system.until(lambda: system.hold is not None)
    cloudwatch.set_alarm_state(AlarmName=PEER_LOST, StateValue="OK", StateReason="it can again")
    system.until(lambda: system.led_to == OHIO)
    code, _, told = system.run("fail-back", "--yes")

    planned = next(one for one in told if one["event"] == "move_planned")
    assert code == 0
    assert PEER_LOST in planned["cautions"][0]
    assert system.led_to == EAST


def test_hold_never_leads_to_a_sick_standby(system: System) -> None:
    """Both unhealthy: Route 53 answers the primary, whatever is held (F2.11); the standby well again, the hold holds."""
    route53 = system.copy.client("route53", EAST)
    [check] = [
        one["Id"]
        for one in route53.list_health_checks()["HealthChecks"]
        if one["HealthCheckConfig"].get("ResourcePath") == "/health" and OHIO in one["HealthCheckConfig"]["FullyQualifiedDomainName"]
    ]
    assert system.run("fail-over", "--yes")[0] == 0

    route53.update_health_check(HealthCheckId=check, FullyQualifiedDomainName=f"nobody.{ZONE}")
    system.until(lambda: system.led_to == EAST)
    held = system.hold
    route53.update_health_check(HealthCheckId=check, FullyQualifiedDomainName=f"{OHIO}.api.{ZONE}")
    system.until(lambda: system.led_to == OHIO)

    assert held is not None
    assert system.run("fail-back", "--yes")[0] == 0


def test_fail_over_to_a_sick_standby_is_refused(system: System) -> None:
    """With what forcing it would do; nothing is changed."""
    with broken(system.copy.state, FaultKind.FAILING, OHIO, rate=1.0):
        code, refused, _ = system.run("fail-over", "--yes")

    assert (code, system.hold) == (2, None)
    assert "If forced, callers that are led to us-east-2 are refused" in refused["mistakes"][0]["sentence"]
