"""The checkers at work: real sockets, a world by hand, seconds that pass twenty times faster."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from deployer.local.health_checkers import CHECKER_REGIONS, HealthCheckers, Place, Surroundings, phase_of

SCALE = 20.0
_WAIT_SECONDS_MAX = 20


@dataclass
class FakeWorld:
    """Endpoints by host that answer with a status of their own, checks, metrics, and checker Regions that see every endpoint as failing."""

    configs: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: dict[str, int] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    metrics: dict[str, str] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    async def serve(self, host: str) -> None:
        """Answer for `host` on a free port, 200 until `status` says otherwise."""

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(head)
            writer.write(f"HTTP/1.1 {self.status.get(host, 200)} Said\r\nConnection: close\r\n\r\n".encode())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        self.places[host] = Place(address="127.0.0.1", port=server.sockets[0].getsockname()[1])

    def checkers(self) -> HealthCheckers:
        """Return checkers that look at this world."""
        around = Surroundings(
            configs=lambda: {name: dict(config) for name, config in self.configs.items()},
            locate=lambda host, port: self.places.get(host),
            metric_state=lambda alarm, region: self.metrics[alarm],
            is_wrong=lambda region: region in self.wrong,
        )
        return HealthCheckers(around, SCALE)


def http(host: str, **more: Any) -> dict[str, Any]:
    """Return a plain HTTP check of a host from all Regions, every 10 seconds, threshold 2."""
    return {"Type": "HTTP", "FullyQualifiedDomainName": host, "RequestInterval": 10, "FailureThreshold": 2, **more}


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, within bounds."""
    async with asyncio.timeout(_WAIT_SECONDS_MAX):
        while not condition():
            await asyncio.sleep(0.02)


def play(world: FakeWorld, scene: Callable[[HealthCheckers], Any]) -> None:
    """Run a scene beside the checkers of a world."""

    async def run() -> None:
        await world.serve("api.test")
        checkers = world.checkers()
        working = asyncio.create_task(checkers.run())
        try:
            await scene(checkers)
            assert not working.done()
        finally:
            working.cancel()
            await asyncio.wait([working])

    asyncio.run(run())


def test_endpoint_that_fails_turns_unhealthy_and_recovers() -> None:
    """Seen by every Region, told by the status questions, and over again."""
    world = FakeWorld(configs={"c": http("api.test")})

    async def scene(checkers: HealthCheckers) -> None:
        await until(lambda: len(checkers.observations("c", failures=False)) == len(CHECKER_REGIONS))
        assert checkers.is_healthy("c")
        assert checkers.observations("c", failures=True) == ()
        world.status["api.test"] = 503
        await until(lambda: not checkers.is_healthy("c"))
        assert "503" in checkers.observations("c", failures=False)[0].status
        world.status["api.test"] = 200
        await until(lambda: checkers.is_healthy("c"))
        assert "503" in checkers.observations("c", failures=True)[0].status

    play(world, scene)
    assert world.requests[0].startswith("GET / HTTP/1.1\r\nHost: api.test\r\n")
    assert "Amazon-Route53-Health-Check-Service (ref c;" in world.requests[0]


def test_name_that_does_not_resolve_is_unhealthy() -> None:
    """No address, no health."""
    world = FakeWorld(configs={"c": http("nobody.test")})

    async def scene(checkers: HealthCheckers) -> None:
        await until(lambda: not checkers.is_healthy("c"))
        assert "DNS resolution failed" in checkers.observations("c", failures=True)[0].status

    play(world, scene)


@pytest.mark.parametrize(("wrong_count", "healthy"), [(1, True), (6, True), (7, False)])
def test_checker_regions_that_are_wrong_decide_only_together(wrong_count: int, healthy: bool) -> None:
    """With more than 18 % of them saying healthy, it is; those that are wrong ask nobody."""
    wrong = set(CHECKER_REGIONS[:wrong_count])
    world = FakeWorld(configs={"c": http("api.test")}, wrong=wrong)

    async def scene(checkers: HealthCheckers) -> None:
        def verdicts() -> dict[str, bool]:
            return dict(checkers.standings()[0].checkers) if checkers.standings() else {}

        await until(lambda: [region for region, well in verdicts().items() if not well] == list(CHECKER_REGIONS[:wrong_count]))
        await until(lambda: len(verdicts()) == len(CHECKER_REGIONS))
        await until(lambda: checkers.is_healthy("c") is healthy)

    play(world, scene)


def test_calculated_and_metric_checks_follow_what_they_are_made_of() -> None:
    """A calculated check of an endpoint and an inverted alarm."""
    checks = {
        "own": http("api.test"),
        "hold": {"Type": "CLOUDWATCH_METRIC", "AlarmIdentifier": {"Name": "hold", "Region": "us-east-2"}},
        "sum": {"Type": "CALCULATED", "ChildHealthChecks": ["own", "hold"], "HealthThreshold": 2},
    }
    world = FakeWorld(configs=checks, metrics={"hold": "OK"})

    async def scene(checkers: HealthCheckers) -> None:
        await until(lambda: len(checkers.observations("own", failures=False)) > 0)
        assert checkers.is_healthy("sum")
        world.metrics["hold"] = "ALARM"
        await until(lambda: not checkers.is_healthy("sum"))
        world.metrics["hold"] = "INSUFFICIENT_DATA"
        await asyncio.sleep(1)
        assert not checkers.is_healthy("hold"), "the last known status stays"
        world.metrics["hold"] = "OK"
        await until(lambda: checkers.is_healthy("sum"))

    play(world, scene)


def test_checks_may_come_change_and_go() -> None:
    """A new one counts as healthy, an inverted new one does not; a disabled one is not asked for any more."""
    world = FakeWorld(configs={"c": http("api.test", Regions=list(CHECKER_REGIONS[:3]))})
    world.status["api.test"] = 500

    async def scene(checkers: HealthCheckers) -> None:
        assert checkers.is_healthy("c")
        await until(lambda: not checkers.is_healthy("c"))
        assert [one.region for one in checkers.observations("c", failures=False)] == list(CHECKER_REGIONS[:3])
        world.configs["c"]["Disabled"] = True
        await until(lambda: checkers.is_healthy("c"))
        asked = len(world.requests)
        await asyncio.sleep(1.5)
        assert len(world.requests) <= asked + 3, "those on their way may arrive"
        world.configs["turned"] = http("nobody.test", Inverted=True)
        del world.configs["c"]
        await until(lambda: checkers.is_healthy("turned"))
        assert checkers.observations("c", failures=False) == ()

    play(world, scene)


@pytest.mark.parametrize("check_id", ["a", "b"])
def test_checkers_do_not_ask_all_at_once(check_id: str) -> None:
    """Each Region has its own phase, always the same one."""
    phases = [phase_of(check_id, region) for region in CHECKER_REGIONS]

    assert len(set(phases)) == len(CHECKER_REGIONS)
    assert phases == [phase_of(check_id, region) for region in CHECKER_REGIONS]
    assert all(0 <= phase < 1 for phase in phases)
