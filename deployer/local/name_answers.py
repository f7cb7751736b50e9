"""What an authoritative name server answers from hosted zones: zones, wildcards, CNAMEs, aliases, and whom health leads to.

Pure: names in, answers out; sockets and wire format are `name_server`'s. Source: RFC 1034 section 4.3.2, RFC 4592 (wildcards), and
"Choosing between alias and non-alias records", Route 53 Developer Guide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from deployer.local.record_choice import Record, chosen

# What API Gateway's own names are answered with; an alias to one has this TTL (F2.9).
SERVICE_TTL_SECONDS: Final = 60
_LINKS_MAX: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A public hosted zone; its `name` ends with a dot."""

    name: str
    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What names mean at one moment: zones, the address of each service name, the health of each check, and chance.

    `address_of(name)` answers the IPv4 address behind an API's Regional domain name, None for any other name.
    """

    zones: Sequence[Zone]
    address_of: Callable[[str], str | None]
    check_is_healthy: Callable[[str], bool]
    draw: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """One record set of an answer."""

    name: str
    kind: str
    ttl_seconds: int
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAnswer:
    """An answer: `code` is NOERROR, NXDOMAIN or REFUSED; without an answer `authority` holds the zone's SOA."""

    code: str
    answer: tuple[Resolved, ...] = ()
    authority: tuple[Resolved, ...] = ()


def answer_for(world: World, name: str, kind: str) -> NameAnswer:
    """Return the answer to a question for `name` (any case, with or without the final dot) and `kind` (A, CNAME, …).

    A CNAME is followed as far as this server knows the way. A name of no zone is REFUSED, as an authoritative server should.
    """
    asked = name.lower().rstrip(".") + "."
    found: list[Resolved] = []
    for _ in range(_LINKS_MAX):
        step = _one_step(world, asked, kind, _LINKS_MAX)
        if step.code == "REFUSED" and found:
            break
        found += step.answer
        if kind == "CNAME" or not step.answer or step.answer[-1].kind != "CNAME":
            return NameAnswer(code=step.code, answer=tuple(found), authority=step.authority)
        asked = step.answer[-1].values[0].lower().rstrip(".") + "."
    return NameAnswer(code="NOERROR", answer=tuple(found))


def _one_step(world: World, name: str, kind: str, links_left: int) -> NameAnswer:
    address = world.address_of(name)
    if address is not None:
        values = (Resolved(name=name, kind="A", ttl_seconds=SERVICE_TTL_SECONDS, values=(address,)),) if kind == "A" else ()
        return NameAnswer(code="NOERROR", answer=values)
    zone = _zone_of(world, name)
    if zone is None:
        return NameAnswer(code="REFUSED")
    here = _records_at(zone, name)
    wanted = [record for record in here if record.kind == kind] or [record for record in here if record.kind == "CNAME"]
    record = chosen(wanted, lambda candidate: _is_healthy(world, candidate, links_left), world.draw())
    if record is None:
        return NameAnswer(code="NOERROR" if here or _has_names_below(zone, name) else "NXDOMAIN", authority=_soa(zone))
    if record.alias is None:
        resolved = Resolved(name=name, kind=record.kind, ttl_seconds=record.ttl_seconds or 0, values=record.values)
        return NameAnswer(code="NOERROR", answer=(resolved,))
    if links_left == 0:
        return NameAnswer(code="NOERROR", authority=_soa(zone))
    # An alias answers under its own name what its target has, with the target's TTL.
    target = _one_step(world, record.alias.name.lower(), kind, links_left - 1)
    answers = tuple(Resolved(name=name, kind=one.kind, ttl_seconds=one.ttl_seconds, values=one.values) for one in target.answer)
    return NameAnswer(code="NOERROR", answer=answers, authority=() if answers else _soa(zone))


def _is_healthy(world: World, record: Record, links_left: int) -> bool:
    if record.health_check_id and not world.check_is_healthy(record.health_check_id):
        return False
    if record.alias is None or not record.alias.evaluate_health or links_left == 0:
        return True
    target = record.alias.name.lower()
    zone = _zone_of(world, target)
    # A service's name counts as healthy: it tells of the service's own availability and of nothing behind it (F2.10).
    if world.address_of(target) is not None or zone is None:
        return True
    there = [one for one in _records_at(zone, target) if one.kind == record.kind]
    return not there or any(_is_healthy(world, one, links_left - 1) for one in there)


def _zone_of(world: World, name: str) -> Zone | None:
    around = [zone for zone in world.zones if name == zone.name or name.endswith("." + zone.name)]
    return max(around, key=lambda zone: len(zone.name), default=None)


def _records_at(zone: Zone, name: str) -> tuple[Record, ...]:
    """Return the records of a name, or those of the nearest wildcard when neither it nor anything below it exists."""
    exact = tuple(record for record in zone.records if record.name == name)
    rest = name
    while not exact and rest != zone.name and not _has_names_below(zone, rest):
        rest = rest.partition(".")[2]
        wildcard = tuple(record for record in zone.records if record.name == f"*.{rest}")
        if wildcard or any(record.name == rest for record in zone.records):
            return wildcard
    return exact


def _has_names_below(zone: Zone, name: str) -> bool:
    return any(record.name.endswith("." + name) for record in zone.records)


def _soa(zone: Zone) -> tuple[Resolved, ...]:
    return tuple(
        Resolved(name=zone.name, kind="SOA", ttl_seconds=record.ttl_seconds or 900, values=record.values)
        for record in zone.records
        if record.kind == "SOA" and record.name == zone.name
    )
