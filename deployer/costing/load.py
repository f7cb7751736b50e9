"""What a system has to do in a month: who asks which Region for what, without payments and with them.

Health checkers and canaries ask day and night, so they are most of what an idle system does; payments go to the primary Region.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from deployer.costing.amount import HOURS_PER_MONTH, MILLION, SECONDS_PER_MONTH, Amount, total
from deployer.costing.assumptions import Assumptions
from deployer.costing.deployed import DeployedStack, Resource, words
from deployer.vocabulary.errors import DeployerError

Cause = Literal["health checks", "hold checks", "canaries", "payments"]
Route = Literal["/health", "/hold", "/payment"]

# The parameter that each cause hangs on.
DECIDED_BY: Final[dict[Cause, str]] = {
    "health checks": "failover.request_interval_seconds",
    "hold checks": "",
    "canaries": "canaries.interval_minutes",
    "payments": "",
}

# Which requests a canary's run makes, by its handler's file: canaries/payment_path.py, canaries/region_health.py.
_ASKED_IN_A_RUN: Final[dict[str, dict[Route, int]]] = {"payment_path": {"/health": 1, "/payment": 3}, "region_health": {"/health": 1}}
# Of the three, two write: a payment, and the same again.
_WRITES_IN_A_RUN: Final = 2

# All of Route 53's checker Regions, when a check names none [F2.5].
_CHECKER_REGIONS: Final = 8
_RATE: Final = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_HOURS: Final = {"minute": 1 / 60, "hour": 1.0, "day": 24.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """So many requests a month of one cause for one route of one Region's API."""

    cause: Cause
    region: str
    route: Route
    amount: Amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Everything that is asked of a system in a month, and how many canary runs pay in each Region."""

    requests: tuple[Requests, ...]
    paying_runs: tuple[tuple[str, float], ...]

    def of(self, region: str, *routes: Route) -> tuple[Requests, ...]:
        """Return what is asked of a Region, of all routes when none is named."""
        return tuple(one for one in self.requests if one.region == region and (not routes or one.route in routes))

    def payments(self, region: str) -> Amount:
        """Return the payments taken in a Region, the canaries' included."""
        taken = total(one.amount for one in self.of(region, "/payment") if one.cause == "payments")
        return taken + Amount(idle=dict(self.paying_runs).get(region, 0.0))

    @property
    def all_payments(self) -> Amount:
        """The payments taken in both Regions."""
        return Amount(idle=sum(runs for _, runs in self.paying_runs), per_million=MILLION)

    @property
    def writes(self) -> Amount:
        """The writes to the table: one a payment, and the canaries' replays, which meet what stands there."""
        return Amount(idle=_WRITES_IN_A_RUN * sum(runs for _, runs in self.paying_runs), per_million=MILLION)


def load_of(stacks: Sequence[DeployedStack], primary: str, assumed: Assumptions) -> Load:
    """Return the load of these stacks, payments sent to the Region `primary`."""
    requests, paying = [*_checked(stacks, assumed)], dict[str, float]()
    for stack in stacks:
        for canary in stack.of_type("AWS::Synthetics::Canary"):
            target = words(canary.properties["RunConfig"]["EnvironmentVariables"]["TARGET_REGION"])
            runs, asked = runs_of(canary), _asked_in_a_run(canary)
            requests += [Requests(cause="canaries", region=target, route=route, amount=Amount(runs * n)) for route, n in asked.items()]
            if "/payment" in asked:
                paying[target] = paying.get(target, 0.0) + runs
    requests.append(Requests(cause="payments", region=primary, route="/payment", amount=Amount(per_million=MILLION)))
    return Load(requests=tuple(requests), paying_runs=tuple(sorted(paying.items())))


def runs_of(canary: Resource) -> float:
    """Return how often a canary runs in a month."""
    return times_a_month(canary.properties["Schedule"]["Expression"])


def pays(canary: Resource) -> bool:
    """Return whether a canary's runs pay."""
    return "/payment" in _asked_in_a_run(canary)


def times_a_month(schedule: str) -> float:
    """Return how often a schedule comes round in a month; raises DeployerError for one that is no `rate(…)`."""
    found = _RATE.fullmatch(schedule)
    if found is None:
        raise DeployerError(
            f"Nobody can say how often {schedule} comes round in a month", hint="Teach deployer/costing/load.py to read it."
        )
    return HOURS_PER_MONTH / (int(found[1]) * _HOURS[found[2]])


def _asked_in_a_run(canary: Resource) -> dict[Route, int]:
    handler = words(canary.properties["Code"]["Handler"])
    asked = _ASKED_IN_A_RUN.get(handler.partition(".")[0])
    if asked is None:
        hint = "Say it in _ASKED_IN_A_RUN of deployer/costing/load.py."
        raise DeployerError(f"Nobody can say what a run of {handler} asks for", hint=hint)
    return asked


def _checked(stacks: Sequence[DeployedStack], assumed: Assumptions) -> Iterator[Requests]:
    """Yield what Route 53's checkers ask: each of them once in the interval, and none knows of the others."""
    for stack in stacks:
        for check in stack.of_type("AWS::Route53::HealthCheck"):
            config = check.properties["HealthCheckConfig"]
            if "FullyQualifiedDomainName" not in config:
                continue
            checkers = len(config.get("Regions") or range(_CHECKER_REGIONS)) * assumed.checkers_per_region_count
            asked = checkers * SECONDS_PER_MONTH / float(config.get("RequestInterval", 30))
            region = words(config["FullyQualifiedDomainName"]).partition(".")[0]
            route = config["ResourcePath"]
            cause: Cause = "hold checks" if route == "/hold" else "health checks"
            yield Requests(cause=cause, region=region, route=route, amount=Amount(idle=asked))
