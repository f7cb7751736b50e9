"""What names are answered with: zones, wildcards, CNAMEs, aliases, and failover by health."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.local.name_answers import NameAnswer, World, Zone, answer_for
from deployer.local.record_choice import AliasTarget, Record

SOA = Record(name="pay.test.", kind="SOA", ttl_seconds=900, values=("ns.test. admin.test. 1 7200 900 1209600 86400",))
EAST, WEST = "d-1.execute-api.us-east-1.amazonaws.com.", "d-2.execute-api.us-east-2.amazonaws.com."


def to(target: str, name: str, kind: str = "A", *, evaluated: bool = False, check: str = "", failover: str = "") -> Record:
    """Return an alias."""
    alias = AliasTarget(name=target, evaluate_health=evaluated)
    return Record(name=name, kind=kind, alias=alias, health_check_id=check, failover=failover, set_id=failover)


def cname(target: str, name: str, *, check: str = "", failover: str = "") -> Record:
    """Return a CNAME with a TTL of 10 seconds."""
    return Record(name=name, kind="CNAME", ttl_seconds=10, values=(target,), health_check_id=check, failover=failover, set_id=failover)


WORLD = World(
    zones=(
        Zone(
            name="pay.test.",
            records=(
                SOA,
                to(EAST, "us-east-1.api.pay.test."),
                cname(EAST.rstrip("."), "api.pay.test.", check="east", failover="PRIMARY"),
                cname(WEST.rstrip("."), "api.pay.test.", check="west", failover="SECONDARY"),
                Record(name="*.wild.pay.test.", kind="A", ttl_seconds=5, values=("127.0.9.9",)),
                Record(name="known.wild.pay.test.", kind="TXT", ttl_seconds=5, values=('"x"',)),
                Record(name="plain.pay.test.", kind="A", ttl_seconds=30, values=("127.0.9.1", "127.0.9.2")),
                to("plain.pay.test.", "second.pay.test."),
                to("round.pay.test.", "round.pay.test."),
                to("checked.pay.test.", "judge.pay.test.", evaluated=True, failover="PRIMARY"),
                to(WEST, "judge.pay.test.", failover="SECONDARY"),
                Record(name="checked.pay.test.", kind="A", ttl_seconds=5, values=("127.0.9.3",), health_check_id="east"),
            ),
        ),
        Zone(name="sub.pay.test.", records=(replace(SOA, name="sub.pay.test."), cname("elsewhere.example.", "www.sub.pay.test."))),
    ),
    address_of=lambda name: {EAST: "127.0.1.1", WEST: "127.0.2.1"}.get(name),
    check_is_healthy=lambda check_id: True,
    draw=lambda: 0.0,
)


def told(answer: NameAnswer) -> list[tuple[str, str, int, tuple[str, ...]]]:
    """Return the answer's records as tuples."""
    return [(one.name, one.kind, one.ttl_seconds, one.values) for one in answer.answer]


def sick(*checks: str) -> World:
    """Return the world with some checks unhealthy."""
    return replace(WORLD, check_is_healthy=lambda check_id: check_id not in checks)


def test_alias_to_an_api_answers_under_its_own_name() -> None:
    """With the service's TTL (F2.9)."""
    assert told(answer_for(WORLD, "US-EAST-1.api.pay.test", "A")) == [("us-east-1.api.pay.test.", "A", 60, ("127.0.1.1",))]


def test_alias_within_a_zone_takes_the_targets_ttl() -> None:
    """And all its values."""
    assert told(answer_for(WORLD, "second.pay.test.", "A")) == [("second.pay.test.", "A", 30, ("127.0.9.1", "127.0.9.2"))]


@pytest.mark.parametrize(
    ("unhealthy", "target", "address"),
    [
        pytest.param((), EAST, "127.0.1.1", id="all well"),
        pytest.param(("east",), WEST, "127.0.2.1", id="primary sick"),
        pytest.param(("west",), EAST, "127.0.1.1", id="secondary sick"),
        pytest.param(("east", "west"), EAST, "127.0.1.1", id="both sick"),
    ],
)
def test_failover_cname_leads_by_health(unhealthy: tuple[str, ...], target: str, address: str) -> None:
    """The CNAME keeps its own TTL; who asks for an address gets the way to it as well."""
    answer = answer_for(sick(*unhealthy), "api.pay.test.", "A")

    assert told(answer) == [("api.pay.test.", "CNAME", 10, (target.rstrip("."),)), (target, "A", 60, (address,))]
    assert told(answer_for(sick(*unhealthy), "api.pay.test.", "CNAME")) == told(answer)[:1]


def test_alias_that_evaluates_its_target_falls_with_it() -> None:
    """Its target's check counts as its own; an API's name is always well (F2.10)."""
    assert told(answer_for(WORLD, "judge.pay.test.", "A"))[0][3] == ("127.0.9.3",)
    assert told(answer_for(sick("east"), "judge.pay.test.", "A"))[0][3] == ("127.0.2.1",)


def test_cname_out_of_all_zones_is_left_to_the_resolver() -> None:
    """The more specific zone answers, as far as it knows."""
    answer = answer_for(WORLD, "www.sub.pay.test.", "A")

    assert (answer.code, told(answer)) == ("NOERROR", [("www.sub.pay.test.", "CNAME", 10, ("elsewhere.example.",))])


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        pytest.param("nobody.pay.test.", "A", "NXDOMAIN", id="no such name"),
        pytest.param("plain.pay.test.", "AAAA", "NOERROR", id="no such type"),
        pytest.param("us-east-1.api.pay.test.", "AAAA", "NOERROR", id="APIs have no IPv6 here"),
        pytest.param("wild.pay.test.", "A", "NOERROR", id="nothing but names below"),
        pytest.param("round.pay.test.", "A", "NOERROR", id="alias to itself"),
        pytest.param("known.wild.pay.test.", "A", "NOERROR", id="a wildcard does not add to a name that exists"),
    ],
)
def test_negative_answers_carry_the_soa(name: str, kind: str, code: str) -> None:
    """So that resolvers know how long to remember (RFC 2308)."""
    answer = answer_for(WORLD, name, kind)

    assert (answer.code, answer.answer, [one.kind for one in answer.authority]) == (code, (), ["SOA"])


def test_wildcard_stands_for_names_that_do_not_exist() -> None:
    """However deep, under the name that was asked for (RFC 4592)."""
    assert told(answer_for(WORLD, "a.b.wild.pay.test.", "A")) == [("a.b.wild.pay.test.", "A", 5, ("127.0.9.9",))]


def test_names_of_no_zone_are_refused() -> None:
    """An authoritative server is no resolver."""
    assert answer_for(WORLD, "example.com", "A") == NameAnswer(code="REFUSED")
    assert answer_for(WORLD, "notpay.test", "A").code == "REFUSED"
