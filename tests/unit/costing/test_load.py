"""What a system has to do: checkers and canaries day and night, payments in the primary Region."""

from __future__ import annotations

import pytest

from deployer.costing.amount import Amount
from deployer.costing.assumptions import Assumptions
from deployer.costing.load import Load, load_of, times_a_month
from deployer.vocabulary.errors import DeployerError
from tests.support.costs import PRIMARY, SECONDARY, a_canary, a_check, a_resource, a_stack


def load(*resources: object) -> Load:
    """Return the load of a stack with these resources."""
    return load_of((a_stack(*resources),), PRIMARY, Assumptions())  # type: ignore[arg-type]


def asked(found: Load, region: str) -> dict[tuple[str, str], Amount]:
    """Return {(cause, route): amount} of a Region."""
    return {(one.cause, one.route): one.amount for one in found.of(region)}


@pytest.mark.parametrize(
    ("config", "a_second"),
    [
        pytest.param({"RequestInterval": "10"}, 1.6, id="16 checkers every 10 seconds"),
        pytest.param({"RequestInterval": "30"}, 16 / 30, id="about one in 2 seconds, as the guide says"),
        pytest.param({"RequestInterval": "10", "Regions": ["us-east-1", "us-west-1", "eu-west-1"]}, 0.6, id="of three Regions"),
    ],
)
def test_checkers_ask_one_by_one(config: dict, a_second: float) -> None:
    """Each at its own pace, all month."""
    found = asked(load(a_check(SECONDARY, **config)), SECONDARY)

    assert found[("health checks", "/health")].idle == pytest.approx(a_second * 730 * 3600)


def test_a_calculated_check_asks_nobody() -> None:
    """It looks at other checks."""
    calculated = a_resource("PrimaryHealth", "AWS::Route53::HealthCheck", HealthCheckConfig={"Type": "CALCULATED"})

    assert asked(load(calculated), PRIMARY) == {("payments", "/payment"): Amount(0, 1_000_000)}


def test_a_paying_run_asks_four_times_and_writes_twice() -> None:
    """Health, a payment, the same again, and what became of it."""
    found = load(a_canary(minutes=10, target=SECONDARY))

    assert asked(found, SECONDARY) == {("canaries", "/health"): Amount(4380.0), ("canaries", "/payment"): Amount(3 * 4380.0)}
    assert found.payments(SECONDARY) == Amount(4380.0)
    assert found.writes == Amount(2 * 4380.0, 1_000_000)


def test_a_run_that_only_asks_pays_nothing() -> None:
    """Nor is anything stored of it."""
    found = load(a_canary(package="region_health"))

    assert asked(found, PRIMARY)[("canaries", "/health")] == Amount(8760.0)
    assert found.all_payments == Amount(0, 1_000_000)


def test_an_unknown_canary_is_refused() -> None:
    """Nobody can say what it asks for."""
    with pytest.raises(DeployerError, match=r"newcomer\.handler"):
        load(a_canary(package="newcomer"))


@pytest.mark.parametrize(("schedule", "times"), [("rate(1 hour)", 730), ("rate(5 minutes)", 8760), ("rate(1 day)", 730 / 24)])
def test_schedules_come_round(schedule: str, times: float) -> None:
    """In a month of 730 hours."""
    assert times_a_month(schedule) == pytest.approx(times)


def test_a_schedule_nobody_can_count_is_refused() -> None:
    """A calendar is another arithmetic."""
    with pytest.raises(DeployerError, match="cron"):
        times_a_month("cron(0 5 * * ? *)")
