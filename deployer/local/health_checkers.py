"""Route 53's health checkers: one in each checker Region and with a phase of its own, they ask endpoints and agree on what is healthy.

What they ask is `probe`'s, how they judge `health_rules`'. A check that comes, changes or goes is noticed within a second. Seconds are
divided by `time_scale`, so that tests need not wait; the rules stay.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from deployer.local import probe
from deployer.local.attach_route53 import Observation
from deployer.local.health_rules import CheckerState, HealthCheck, Observed, after, is_healthy

# HealthCheckRegion, Route 53 API Reference (F2.5).
CHECKER_REGIONS: Final = (
    *("us-east-1", "us-west-1", "us-west-2", "eu-west-1"),
    *("ap-northeast-1", "ap-southeast-1", "ap-southeast-2", "sa-east-1"),
)
# From the checkers' agreement to what the name servers answer by (F2.20).
PUBLICATION_SECONDS: Final = 5.0
_METRIC_SECONDS: Final = 10.0
_TICK_SECONDS_MAX: Final = 0.25
_ENDPOINT_KINDS: Final = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a name leads at the moment."""

    address: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the checkers see of the world.

    `configs()` is HealthCheckConfig by check id; `locate(host, port)` where a host is, None when its name does not resolve;
    `metric_state(alarm, region)` may block; `is_wrong(checker region)` tells whether the checkers there see every endpoint as failing.
    """

    configs: Callable[[], Mapping[str, Mapping[str, Any]]]
    locate: Callable[[str, int], Place | None]
    metric_state: Callable[[str, str], str]
    is_wrong: Callable[[str], bool] = lambda region: False


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckStanding:
    """Where a check stands: its id, its type, what it is about in a word, each checker's Region and verdict, what the name servers go by.

    A checker that has not asked yet has no verdict; checks without checkers have none at all.
    """

    check_id: str
    kind: str
    about: str
    checkers: tuple[tuple[str, bool], ...]
    published_healthy: bool


class HealthCheckers:
    """All checkers of one account. `run` works until it is cancelled; everything else only looks."""

    def __init__(self, surroundings: Surroundings, time_scale: float = 1.0) -> None:
        self._around = surroundings
        self._scale = time_scale
        self._checks: dict[str, HealthCheck] = {}
        self._tasks: dict[tuple[str, str], tuple[Mapping[str, Any], asyncio.Task[None]]] = {}
        self._states: dict[tuple[str, str], CheckerState] = {}
        self._seen: dict[tuple[str, str], tuple[Observation, Observation | None]] = {}
        self._metrics: dict[str, str] = {}
        self._last_known: dict[str, bool] = {}
        self._published: dict[str, bool] = {}
        self._to_publish: deque[tuple[float, dict[str, bool]]] = deque()

    def is_healthy(self, check_id: str) -> bool:
        """Tell what the name servers go by; a check they have not heard of yet counts as it does before its first data."""
        self._publish()
        known = self._published.get(check_id)
        return is_healthy(check_id, self._checks, Observed()) if known is None else known

    def observations(self, check_id: str, failures: bool) -> tuple[Observation, ...]:
        """Return each checker's last observation of a check, or its last failure, in the order of Regions."""
        seen = [self._seen.get((check_id, region)) for region in CHECKER_REGIONS]
        return tuple(one for pair in seen if pair is not None and (one := pair[1] if failures else pair[0]) is not None)

    def standings(self) -> tuple[CheckStanding, ...]:
        """Return where every check stands."""
        configs = self._around.configs()
        return tuple(
            CheckStanding(
                check_id=check_id,
                kind=check.kind,
                about=about(configs.get(check_id, {})),
                checkers=tuple(
                    (region, self._states[check_id, region].healthy) for region in CHECKER_REGIONS if (check_id, region) in self._seen
                ),
                published_healthy=self.is_healthy(check_id),
            )
            for check_id, check in self._checks.items()
        )

    async def run(self) -> None:
        """Keep a checker for each check and Region, follow metrics, publish; ends with cancellation, and its checkers with it."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow_metrics())
            try:
                while True:
                    self._look(group)
                    await asyncio.sleep(min(_TICK_SECONDS_MAX, 1 / self._scale))
            finally:
                for _, task in self._tasks.values():
                    task.cancel()

    def _look(self, group: asyncio.TaskGroup) -> None:
        configs = self._around.configs()
        self._checks = {check_id: check_of(check_id, config) for check_id, config in configs.items()}
        wanted = {
            (check_id, region): config
            for check_id, config in configs.items()
            if config.get("Type") in _ENDPOINT_KINDS and not config.get("Disabled")
            for region in config.get("Regions") or CHECKER_REGIONS
        }
        for key, (config, task) in list(self._tasks.items()):
            if wanted.get(key) != config or task.done():
                task.cancel()
                del self._tasks[key]
        for key in self._states.keys() - wanted.keys():
            del self._states[key]
            self._seen.pop(key, None)
        for key in wanted.keys() - self._tasks.keys():
            self._states.setdefault(key, CheckerState())
            self._tasks[key] = (wanted[key], group.create_task(self._check(key, wanted[key])))
        self._agree()

    def _agree(self) -> None:
        """Work out every check's health and queue it for the name servers when something changed."""
        # A checker counts once it has asked; before the first has, the check is as new.
        verdicts = {
            check_id: [state.healthy for (owner, _), state in self._states.items() if owner == check_id and (owner, _) in self._seen]
            for check_id in self._checks
        }
        observed = Observed(checkers=verdicts, metrics=self._metrics, last_known=self._last_known)
        statuses = {
            check_id: is_healthy(check_id, self._checks, observed)
            for check_id, check in self._checks.items()
            if verdicts[check_id] or check.kind not in _ENDPOINT_KINDS or check.disabled
        }
        latest = self._to_publish[-1][1] if self._to_publish else self._published
        if statuses != latest:
            self._to_publish.append((_now() + PUBLICATION_SECONDS / self._scale, statuses))
        self._publish()

    def _publish(self) -> None:
        while self._to_publish and self._to_publish[0][0] <= _now():
            self._published = self._to_publish.popleft()[1]

    async def _check(self, key: tuple[str, str], config: Mapping[str, Any]) -> None:
        check_id, region = key
        interval = int(config.get("RequestInterval", 30)) / self._scale
        if key not in self._seen:
            await asyncio.sleep(phase_of(check_id, region) * interval)
        while True:
            seen = await self._ask(check_id, region, config)
            self._states[key] = after(self._states[key], seen.passed, int(config.get("FailureThreshold", 3)))
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            address = f"192.0.2.{CHECKER_REGIONS.index(region) + 1}" if region in CHECKER_REGIONS else "192.0.2.100"
            observation = Observation(region=region, ip_address=address, status=seen.status, checked_at=now)
            previous = self._seen.get(key)
            self._seen[key] = (observation, (previous and previous[1]) if seen.passed else observation)
            # The interval begins with the answer [Route 53 Developer Guide, "Request interval"].
            await asyncio.sleep(interval)

    async def _ask(self, check_id: str, checker_region: str, config: Mapping[str, Any]) -> probe.Seen:
        if self._around.is_wrong(checker_region):
            return probe.Seen(passed=False, status="Failure: Connection timed out.")
        question = question_of(check_id, config)
        given = config.get("IPAddress")
        place = Place(address=given, port=question.port) if given else self._around.locate(question.host, question.port)
        if place is None:
            return probe.Seen(passed=False, status=f"Failure: DNS resolution failed: no address for {question.host}")
        return await probe.ask(question, place.address, place.port, self._scale)

    async def _follow_metrics(self) -> None:
        while True:
            for check_id, check in list(self._checks.items()):
                if check.alarm is None or check.disabled:
                    continue
                with contextlib.suppress(OSError):
                    state = await asyncio.to_thread(self._around.metric_state, *check.alarm)
                    self._metrics[check_id] = state
                    if state != "INSUFFICIENT_DATA":
                        self._last_known[check_id] = state == "OK"
            await asyncio.sleep(_METRIC_SECONDS / self._scale)


def check_of(check_id: str, config: Mapping[str, Any]) -> HealthCheck:
    """Return what decides about a check from its HealthCheckConfig."""
    alarm = config.get("AlarmIdentifier")
    check = HealthCheck(
        check_id=check_id,
        kind=str(config.get("Type", "")),
        failure_threshold=int(config.get("FailureThreshold", 3)),
        inverted=bool(config.get("Inverted", False)),
        disabled=bool(config.get("Disabled", False)),
        children=tuple(config.get("ChildHealthChecks") or ()),
        health_threshold=int(config.get("HealthThreshold", 0)),
        alarm=(alarm["Name"], alarm["Region"]) if alarm else None,
    )
    behaviour = config.get("InsufficientDataHealthStatus")
    return replace(check, insufficient_data=str(behaviour)) if behaviour else check


def about(config: Mapping[str, Any]) -> str:
    """Return what a check is about in a word: host and path, the alarm's name, or the children it counts."""
    alarm = config.get("AlarmIdentifier")
    if alarm:
        return str(alarm["Name"])
    if config.get("ChildHealthChecks"):
        return " ".join(config["ChildHealthChecks"])
    return f"{config.get('FullyQualifiedDomainName') or config.get('IPAddress') or ''}{config.get('ResourcePath') or ''}"


def question_of(check_id: str, config: Mapping[str, Any]) -> probe.Question:
    """Return what the checkers of an endpoint ask it."""
    kind = str(config["Type"])
    return probe.Question(
        check_id=check_id,
        kind=kind,
        host=str(config.get("FullyQualifiedDomainName") or config.get("IPAddress") or ""),
        port=int(config.get("Port") or (443 if kind.startswith("HTTPS") else 80)),
        path=str(config.get("ResourcePath") or "/"),
        search=str(config.get("SearchString") or ""),
        sni=bool(config.get("EnableSNI", kind.startswith("HTTPS"))),
    )


def phase_of(check_id: str, region: str) -> float:
    """Return when in an interval a checker begins, from [0, 1), always the same for a check and Region."""
    return int.from_bytes(hashlib.sha256(f"{check_id}/{region}".encode()).digest()[:4]) / 2**32


def _now() -> float:
    return asyncio.get_running_loop().time()
