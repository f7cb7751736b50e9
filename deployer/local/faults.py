"""What can be broken in the embedded AWS, and what follows from it for whoever asks.

Pure and in memory: faults come by `inject`, go by `heal`, and everything else only asks. Whoever has to act on a change says so by
`watch`. Faults add up; each is healed by itself, so healing one never heals what another still breaks.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, Final

from deployer.vocabulary.errors import InputRefused, Mistake

CONTROL_PLANE_REGION: Final = "us-east-1"
# Services with one control plane for all Regions, which is there (F2.13, F2.15).
GLOBAL_SERVICES: Final = ("iam", "route53", "organizations", "cloudfront")
ZONE_SHARE: Final = 1 / 3
ZONE_SECONDS: Final = 5.0
LATENCY_SECONDS_MAX: Final = 900.0


class FaultKind(StrEnum):
    """Kinds of faults; `MEANINGS` says of each what it does here and what it stands for on AWS."""

    DEAD = "dead"
    BLACK_HOLE = "black-hole"
    SLOW = "slow"
    FAILING = "failing"
    SERVICE_OUT = "service-out"
    PARTITION = "partition"
    ISOLATED = "isolated"
    CHECKER_WRONG = "checker-wrong"
    CANARY_BROKEN = "canary-broken"
    WATCHER_CUT_OFF = "watcher-cut-off"
    ZONE_LOST = "zone-lost"


MEANINGS: Final[dict[FaultKind, str]] = {
    FaultKind.DEAD: (
        "Every plane of the Region is gone, as in the loss of a whole Region: its edge refuses connections, API calls signed for it are "
        "reset, its functions, streams, canaries and alarms stop, nobody replicates with it. In us-east-1 IAM, Route 53's control plane "
        "and the control of buckets everywhere go with it; answering names and checking health go on."
    ),
    FaultKind.BLACK_HOLE: (
        "As dead, but connections to its edge and its APIs are accepted and never answered: a Region behind a network that swallows. "
        "Healing drops them."
    ),
    FaultKind.SLOW: "The edge does the work and answers --latency-seconds later: an overloaded Region whose clients give up first.",
    FaultKind.FAILING: "The edge answers the share --rate of requests with API Gateway's 500 and does no work for them: a bad deployment.",
    FaultKind.SERVICE_OUT: (
        "One --service of the Region answers 503 to everybody, the Region's own functions included: a service's own event. The name is "
        "the one calls are signed with, such as dynamodb, secretsmanager, ssm, s3, sts, lambda or execute-api."
    ),
    FaultKind.PARTITION: (
        "The Region and its --peer do not reach each other, for replication, quorum, canaries and functions' calls; clients and health "
        "checkers reach both. The peer us-west-2 is the witness."
    ),
    FaultKind.ISOLATED: "The Region reaches no other one, its clients and health checkers still reach it: every partition at once.",
    FaultKind.CHECKER_WRONG: "The health checkers in one checker Region see every endpoint as failing: their own network's fault.",
    FaultKind.CANARY_BROKEN: "The canary that --service names fails by itself, whatever it watches: a broken script or runtime.",
    FaultKind.WATCHER_CUT_OFF: "Canaries that run in the Region reach nothing, while everything else does: the watcher is what is sick.",
    FaultKind.ZONE_LOST: (
        f"The share --rate (a third unless given) of connections at the Region's edge is reset for {ZONE_SECONDS:.0f} seconds, then all is "
        "well by itself: one availability zone of services that run in several."
    ),
}

# What each kind has to be told.
_NEEDS: Final[dict[FaultKind, tuple[str, ...]]] = {
    FaultKind.DEAD: ("region",),
    FaultKind.BLACK_HOLE: ("region",),
    FaultKind.SLOW: ("region", "latency_seconds"),
    FaultKind.FAILING: ("region", "rate"),
    FaultKind.SERVICE_OUT: ("region", "service"),
    FaultKind.PARTITION: ("region", "peer"),
    FaultKind.ISOLATED: ("region",),
    FaultKind.CHECKER_WRONG: ("region",),
    FaultKind.CANARY_BROKEN: ("service",),
    FaultKind.WATCHER_CUT_OFF: ("region",),
    FaultKind.ZONE_LOST: ("region",),
}
_MAY_HAVE: Final[dict[FaultKind, tuple[str, ...]]] = {FaultKind.ZONE_LOST: ("rate",)}
_AT_AN_EDGE: Final = (FaultKind.SLOW, FaultKind.FAILING, FaultKind.ZONE_LOST)


class Way(StrEnum):
    """How connections fare at a Region: answered, accepted and never answered, or refused."""

    OPEN = "open"
    SILENT = "silent"
    SHUT = "shut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is broken; which fields count depends on the kind.

    `rate` is a share from above 0 to 1; `service` is a service's signing name, or a canary's name; `fault_id` is given by `inject`.
    """

    kind: FaultKind
    region: str | None = None
    peer: str | None = None
    service: str | None = None
    rate: float | None = None
    latency_seconds: float | None = None
    fault_id: str = ""

    def record(self) -> dict[str, Any]:
        """Return the fault as JSON holds it, without what does not count."""
        return {name: value for name, value in asdict(self).items() if value not in (None, "")}


@dataclass(slots=True)
class RegionFaults:
    """The faults of one embedded AWS. `edges` are its Regions with an edge; `known` all that a fault may name, `zone_seconds`
    how long a lost zone is lost.

    Changes belong to one thread, the event loop's; questions may come from any.
    """

    edges: tuple[str, ...]
    known: tuple[str, ...]
    now: Callable[[], float] = time.monotonic
    zone_seconds: float = ZONE_SECONDS
    _active: tuple[tuple[float, Fault], ...] = ()
    _count: int = 0
    _watchers: list[Callable[[], None]] = field(default_factory=list)

    def inject(self, fault: Fault) -> str:
        """Break something; return the fault's id. Raises InputRefused for a fault that makes no sense, with every reason."""
        mistakes = mistakes_in(fault, self.edges, self.known)
        if mistakes:
            raise InputRefused("That fault cannot be injected", mistakes, "See `deployer local fault --help`.")
        self._count += 1
        fault_id = f"fault-{self._count}"
        self._active = (*self._lasting(), (self.now(), replace(fault, fault_id=fault_id)))
        self._tell()
        return fault_id

    def heal(self, fault_id: str | None = None) -> bool:
        """Heal one fault, or all; tell whether there was anything to heal."""
        left = tuple(one for one in self._lasting() if fault_id not in (None, one[1].fault_id))
        healed = len(left) < len(self._active)
        self._active = left
        if healed:
            self._tell()
        return healed

    def was_injected(self, fault_id: str) -> bool:
        """Tell whether `inject` gave this id, whether or not the fault is still in force."""
        number = fault_id.removeprefix("fault-")
        return fault_id.startswith("fault-") and number.isdecimal() and 1 <= int(number) <= self._count

    def active(self) -> tuple[Fault, ...]:
        """Return what is broken now, the oldest first."""
        return tuple(fault for _, fault in self._lasting()) if self._active else ()

    def watch(self, changed: Callable[[], None]) -> None:
        """Call `changed` after each injection and each healing."""
        self._watchers.append(changed)

    def way(self, region: str) -> Way:
        """Return how connections to a Region fare; what is refused is not swallowed as well."""
        kinds = {fault.kind for fault in self.active() if fault.region == region}
        if FaultKind.DEAD in kinds:
            return Way.SHUT
        return Way.SILENT if FaultKind.BLACK_HOLE in kinds else Way.OPEN

    def way_between(self, caller: str | None, region: str) -> Way:
        """Return how a call to a Region fares that comes from another one's function, or from outside: a parted one is swallowed."""
        for place in (caller, region):
            if place is not None and self.way(place) is not Way.OPEN:
                return self.way(place)
        return Way.OPEN if caller is None or self.connected(caller, region) else Way.SILENT

    def alive(self, region: str) -> bool:
        """Tell whether anything happens in a Region at all: functions, deliveries, canaries, alarms, replication."""
        return self.way(region) is Way.OPEN

    def connected(self, one: str, other: str) -> bool:
        """Tell whether two Regions reach each other, for replication, quorum and calls; a living Region reaches itself."""
        if not self._active:
            return True
        if not (self.alive(one) and self.alive(other)):
            return False
        return one == other or not any(_parts(fault, one, other) for fault in self.active())

    def service_is_out(self, region: str, service: str) -> bool:
        """Tell whether a service, by the name that calls are signed with, answers nobody in a Region."""
        return any(
            fault.kind is FaultKind.SERVICE_OUT and fault.region == region and signing_name(fault.service or "") == service
            for fault in self.active()
        )

    def checker_is_wrong(self, checker_region: str) -> bool:
        """Tell whether the checkers of a checker Region see every endpoint as failing."""
        return self._has(FaultKind.CHECKER_WRONG, checker_region)

    def watcher_is_cut_off(self, region: str) -> bool:
        """Tell whether canaries that run in a Region reach nothing."""
        return self._has(FaultKind.WATCHER_CUT_OFF, region)

    def canary_broken(self, name: str) -> bool:
        """Tell whether a canary fails by itself."""
        return any(fault.kind is FaultKind.CANARY_BROKEN and fault.service == name for fault in self.active())

    def latency_seconds(self, region: str) -> float:
        """Return how much later a Region's edge answers; the delays of several faults add up."""
        return sum(fault.latency_seconds or 0.0 for fault in self.active() if fault.kind is FaultKind.SLOW and fault.region == region)

    def failing_share(self, region: str) -> float:
        """Return the share of a Region's requests that its edge answers with 500, the largest when several faults say so."""
        return self._share(FaultKind.FAILING, region, 1.0)

    def zone_share(self, region: str) -> float:
        """Return the share of a Region's connections that are reset at the moment."""
        return self._share(FaultKind.ZONE_LOST, region, ZONE_SHARE)

    def _share(self, kind: FaultKind, region: str, usual: float) -> float:
        return max((fault.rate or usual for fault in self.active() if fault.kind is kind and fault.region == region), default=0.0)

    def _has(self, kind: FaultKind, region: str) -> bool:
        return any(fault.kind is kind and fault.region == region for fault in self.active())

    def _lasting(self) -> tuple[tuple[float, Fault], ...]:
        """Return what has not passed by itself."""
        return tuple(one for one in self._active if one[1].kind is not FaultKind.ZONE_LOST or self.now() - one[0] < self.zone_seconds)

    def _tell(self) -> None:
        for changed in self._watchers:
            changed()


def mistakes_in(fault: Fault, edges: tuple[str, ...], known: tuple[str, ...]) -> tuple[Mistake, ...]:
    """Return why a fault makes no sense; empty when it does."""
    given = {name for name in ("region", "peer", "service", "rate", "latency_seconds") if getattr(fault, name) is not None}
    needed = set(_NEEDS[fault.kind])
    sentences = [(name, f"{fault.kind} needs one") for name in sorted(needed - given)]
    sentences += [(name, f"{fault.kind} takes none") for name in sorted(given - needed - set(_MAY_HAVE.get(fault.kind, ())))]
    found = [Mistake(place=name, sentence=sentence) for name, sentence in sentences]
    allowed = edges if fault.kind in _AT_AN_EDGE else known
    for name in ("region", "peer"):
        region = getattr(fault, name)
        if region is not None and region not in allowed:
            nearest = next(iter(get_close_matches(region, allowed, n=1)), "")
            found.append(Mistake(place=name, sentence=f"{region} is no Region of {', '.join(allowed)}", nearest=nearest))
    if fault.region is not None and fault.region == fault.peer:
        found.append(Mistake(place="peer", sentence="a Region has no partition with itself"))
    if fault.kind is FaultKind.SERVICE_OUT and fault.service in GLOBAL_SERVICES and fault.region != CONTROL_PLANE_REGION:
        found.append(Mistake(place="service", sentence=f"{fault.service} is served from {CONTROL_PLANE_REGION} alone"))
    if fault.rate is not None and not 0 < fault.rate <= 1:
        found.append(Mistake(place="rate", sentence="a share is above 0 and at most 1"))
    if fault.latency_seconds is not None and not 0 < fault.latency_seconds <= LATENCY_SECONDS_MAX:
        found.append(Mistake(place="latency_seconds", sentence=f"above 0 and at most {LATENCY_SECONDS_MAX:.0f}"))
    return tuple(found)


def fault_of(record: Any) -> Fault:
    """Return the fault that a JSON record describes. Raises InputRefused for an unknown kind or field, or a value of a wrong type."""
    if not isinstance(record, dict):
        raise InputRefused("A fault is a JSON object")
    texts, numbers = ("kind", "region", "peer", "service", "fault_id"), ("rate", "latency_seconds")
    mistakes = [Mistake(place=str(name), sentence="no field of a fault") for name in record if name not in texts + numbers]
    mistakes += [Mistake(place=name, sentence="not text") for name in texts if not isinstance(record.get(name, ""), str)]
    mistakes += [
        Mistake(place=name, sentence="not a number")
        for name in numbers
        if isinstance(record.get(name, 0), bool) or not isinstance(record.get(name, 0), int | float)
    ]
    kind = record.get("kind", "")
    if kind not in tuple(FaultKind):
        nearest = next(iter(get_close_matches(str(kind), tuple(FaultKind), n=1)), "")
        mistakes.append(Mistake(place="kind", sentence=f"{kind!r} is no kind of fault", nearest=nearest))
    if mistakes:
        raise InputRefused("That is no fault", tuple(mistakes), "See `deployer local fault --help`.")
    return Fault(**{**record, "kind": FaultKind(kind)})


def signing_name(service: str) -> str:
    """Return the name calls are signed with of a service that people call by another."""
    return {"cloudwatch": "monitoring", "eventbridge": "events"}.get(service, service)


def _parts(fault: Fault, one: str, other: str) -> bool:
    """Tell whether a fault keeps two different Regions from each other."""
    if fault.kind is FaultKind.ISOLATED:
        return fault.region in (one, other)
    return fault.kind is FaultKind.PARTITION and {fault.region, fault.peer} == {one, other}
