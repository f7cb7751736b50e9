"""What a gate looks at, decided from the parameters alone."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.params.payments import PaymentsParameters
from deployer.planning.gates import GatedRegion, payment_of, plan_gate
from tests.support.rendering import an_environment


def region_of(name: str, **changes: Any) -> GatedRegion:
    """Return how a Region of an environment stands at its gate."""
    [region] = plan_gate(an_environment(**changes), (name,), reason="a wave").regions
    return region


def test_gate_knows_a_region_by_its_own_name() -> None:
    """The shared name would lead to the other Region while this one is sick."""
    environment = an_environment()

    assert region_of("us-east-2").host == f"us-east-2.api.{environment.zone.name}"
    assert plan_gate(environment, ("us-east-2", "us-east-1"), reason="").title == "gate of us-east-2 and us-east-1"


def test_gate_takes_its_bounds_from_the_file() -> None:
    """Every wait is bounded by what a person wrote; the first look of a burn-in pays, the last one, and four between."""
    rollout = {"gate_burn_in_seconds": 200, "gate_sample_seconds": 10, "gate_bad_seconds_max": 50, "gate_seconds_max": 700}
    gate = plan_gate(an_environment(rollout=rollout), ("us-east-1",), reason="")

    assert (gate.burn_in_seconds, gate.sample_seconds, gate.bad_seconds_max, gate.seconds_max) == (200, 10, 50, 700)
    assert gate.payment_seconds == 40


def test_gate_that_is_not_needed_is_left_out_and_says_why() -> None:
    """As any step is."""
    gate = plan_gate(an_environment(), ("us-east-1",), reason="nothing was changed", is_needed=False)

    assert (gate.action, gate.reason) == ("none", "nothing was changed")


@pytest.mark.parametrize(
    ("region", "watched", "left_out"),
    [
        pytest.param("us-east-1", "payment-primary-check-primary-", "payment-secondary-check-primary-", id="primary"),
        pytest.param("us-east-2", "payment-secondary-check-secondary-", "payment-primary-check-secondary-", id="secondary"),
    ],
)
def test_alarms_that_judge_another_region_do_not_judge_this_one(region: str, watched: str, left_out: str) -> None:
    """A new version in the standby is no worse for traffic that moves to it."""
    suffix = an_environment().suffix
    names = region_of(region).alarm_names
    role = "primary" if region == "us-east-1" else "secondary"

    assert f"{watched}{suffix}" in names
    assert f"payment-server-errors-{role}-{suffix}" in names
    assert f"{left_out}{suffix}" not in names
    assert not [name for name in names if "peer" in name or "standby-traffic" in name or "certificate" in name or "key-age" in name]
    assert set(region_of(region).sure_alarm_names) < set(names)
    assert f"{watched}{suffix}" in region_of(region).sure_alarm_names
    assert len(names) <= 100, "DescribeAlarms takes no more by name"


@pytest.mark.parametrize("daily", ["payment-reconciliation-secondary-test", "payment-audit-unproved-secondary-test"])
def test_alarms_that_a_new_system_cannot_silence_yet_do_not_hold_it_up(daily: str) -> None:
    """The first proof of the audit log is an hour away: until then they ring, and nothing that was rolled out is the reason."""
    names = region_of("us-east-2").alarm_names

    assert daily not in names
    assert "payment-reconciliation-errors-secondary-test" in names


def test_first_gate_looks_at_no_alarm() -> None:
    """Each looks back over minutes in which the system came up part by part."""
    gate = plan_gate(an_environment(), ("us-east-2", "us-east-1"), reason="", is_first=True)

    assert [region.alarm_names + region.sure_alarm_names for region in gate.regions] == [(), ()]
    assert gate.checks == ("health", "payment", "canary")


@pytest.mark.parametrize(
    ("terms", "payment"),
    [
        pytest.param({}, ("0.01", "USD"), id="every currency"),
        pytest.param({"currencies": ("EUR", "USD")}, ("0.01", "USD"), id="dollars among others"),
        pytest.param({"currencies": ("JPY", "EUR")}, ("1", "JPY"), id="no dollars"),
        pytest.param({"paused": True}, ("", ""), id="paused"),
    ],
)
def test_gate_pays_the_least_that_the_terms_let_through(terms: dict[str, Any], payment: tuple[str, str]) -> None:
    """A cent; a unit of a currency whose decimals are not known; nothing where a refusal is the right answer."""
    assert payment_of(PaymentsParameters(**terms)) == payment
