"""Builders of traffic's facts: Regions that are well or not, name servers that lead somewhere, a hold; and an outside that answers so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deployer.aws.health_checks import CheckerReport
from deployer.aws.holds import Hold
from deployer.outside.names import NameAnswer, NameServer
from deployer.outside.view import HttpAnswer
from deployer.planning.traffic import RegionHealth, Traffic

NAME = "api.pay.example.test"
EAST, OHIO = "us-east-1", "us-east-2"
HOLD = Hold(set_at="2026-11-22T18:00:00.000+00:00", set_by="arn:aws:iam::111122223333:user/ann", reason="a rehearsal")
LATCHED = Hold(set_at="2026-11-22T18:00:00.000+00:00", set_by="failover latch", reason="payment-peer-lost-secondary-test rang")


def a_server(number: int = 1) -> NameServer:
    """Return one of several name servers."""
    return NameServer(address=f"192.0.2.{number}")


def leads_to(region: str, server: int = 1) -> NameAnswer:
    """Return the answer of a name server that leads to a Region's API."""
    return NameAnswer(server=a_server(server), target=f"d-0123456789.execute-api.{region}.amazonaws.com", ttl_seconds=10)


def silent(server: int = 1) -> NameAnswer:
    """Return what becomes of a question that nobody answers."""
    return NameAnswer(server=a_server(server), problem="The DNS operation timed out.")


def a_region(region: str, role: str, *, status: int | None = 200, said: str = "", passing: int | None = 8) -> RegionHealth:
    """Return a Region's health; `passing` is how many of eight checkers pass it, None when they cannot be asked."""
    reports = tuple(
        CheckerReport(region=f"checker-{number}", passed=number < passing, status="Success" if number < passing else "Failure: x")
        for number in range(0 if passing is None else 8)
        if passing is not None
    )
    return RegionHealth(
        region=region,
        role=role,
        status=status,
        said=said or f"HTTP {status}",
        reports=reports,
        checkers_problem="" if reports else "refused",
    )


def a_traffic(
    *answers: NameAnswer,
    hold: Hold | None = None,
    hold_problem: str = "",
    primary: RegionHealth | None = None,
    standby: RegionHealth | None = None,
) -> Traffic:
    """Return traffic of a system that is well and leads to the primary, but for what is given."""
    return Traffic(
        name=NAME,
        answers=answers or (leads_to(EAST),),
        regions=(primary or a_region(EAST, "primary"), standby or a_region(OHIO, "secondary")),
        hold=hold,
        hold_problem=hold_problem,
    )


@dataclass(slots=True)
class FakeOutside:
    """An outside whose name servers lead to what `region()` says and whose standby tells `held()`; keeps what it was asked.

    Regions are well but for what `health` has them answer.
    """

    region: Callable[[], str]
    held: Callable[[], bool]
    servers: tuple[NameServer, ...] = (a_server(1), a_server(2))
    health: dict[str, HttpAnswer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def authorities(self, zone: str) -> tuple[NameServer, ...]:
        """Return the two name servers."""
        return self.servers

    def answers(self, name: str, servers: tuple[NameServer, ...]) -> tuple[NameAnswer, ...]:
        """Return the same Region from each."""
        self.asked.append(name)
        return tuple(leads_to(self.region(), number) for number in range(1, len(servers) + 1))

    def get(self, region: str, host: str, path: str, **limits: Any) -> HttpAnswer:
        """Return what the hold's route answers; every other is well."""
        self.asked.append(f"{host}{path}")
        if path == "/hold":
            return HttpAnswer(status=200 if self.held() else 404)
        return self.health.get(region, HttpAnswer(status=200, body='{"status": "pass", "checks": {}}'))
