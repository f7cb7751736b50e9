"""From where traffic goes to what moves it: a pure function for each direction.

A hold never makes a sick standby take payments: when both Regions are sick Route 53 answers the primary (F2.11). It does not follow
that moving is harmless, so what speaks against it is an objection with its risk, for a person to read before it is forced.
"""

from __future__ import annotations

from collections.abc import Iterator

from deployer.params.failover import worst_case_move
from deployer.params.model import Environment
from deployer.planning.traffic import Intent, Move, Objection, RegionHealth, Traffic, all_lead_to
from deployer.planning.traffic_taking import hold_table
from deployer.vocabulary.errors import DeployerError

_LATCH = "failover latch"


def plan_fail_over(traffic: Traffic, environment: Environment) -> Move:
    """Return how traffic comes to be held in the standby. Raises DeployerError when nothing is known of the hold."""
    _require_the_hold(traffic)
    return _move("fail-over", traffic, environment, objections=tuple(_against_failing_over(traffic)), cautions=())


def plan_fail_back(traffic: Traffic, environment: Environment) -> Move:
    """Return how traffic is let go. Raises DeployerError when nothing is known of the hold."""
    _require_the_hold(traffic)
    cautions = tuple(_cautions(traffic, environment))
    return _move("fail-back", traffic, environment, objections=tuple(_against_failing_back(traffic)), cautions=cautions)


def _move(
    intent: Intent, traffic: Traffic, environment: Environment, *, objections: tuple[Objection, ...], cautions: tuple[str, ...]
) -> Move:
    over = intent == "fail-over"
    target = traffic.standby if over else traffic.primary
    total = worst_case_move(environment.failover)
    changes_hold = (traffic.hold is None) if over else (traffic.hold is not None)
    led = all_lead_to(target.region, traffic.answers)
    return Move(
        intent=intent,
        name=traffic.name,
        zone=environment.zone.name,
        region=target.region,
        standby=traffic.standby.region,
        table=hold_table(environment),
        hold=traffic.hold,
        rows=_rows(traffic, target, over=over),
        objections=objections,
        cautions=cautions,
        answered_seconds_max=total.answered_seconds,
        sum_sentence=total.sentence,
        changes_hold=changes_hold,
        # Without a hold the primary's own health decides where names lead: there is nothing here to wait for.
        settled=led or (not over and not changes_hold),
    )


def _rows(traffic: Traffic, target: RegionHealth, *, over: bool) -> tuple[tuple[str, str, str], ...]:
    then_held = f"held in {traffic.standby.region}" if over else "not held"
    now = " and ".join(traffic.led_to) or "not known"
    return (
        ("payments", _held(traffic), then_held),
        (traffic.name, f"leads to {now}", f"leads to {target.region}"),
        *((f"{one.region} ({one.role})", health_words(one), "takes payments" if one is target else "stands by") for one in traffic.regions),
    )


def _held(traffic: Traffic) -> str:
    hold = traffic.hold
    return "not held" if hold is None else f"held in {traffic.standby.region} since {hold.set_at} by {hold.set_by}: {hold.reason}"


def health_words(health: RegionHealth) -> str:
    """Return a Region's health in words: its own answer, and the checkers' where known."""
    own = "healthy" if health.answers_well else f"not healthy ({health.said})"
    if health.seen_well is None:
        return own
    passed = sum(report.passed for report in health.reports)
    return f"{own}; {passed} of {len(health.reports)} checkers pass it"


def _against_failing_over(traffic: Traffic) -> Iterator[Objection]:
    standby = traffic.standby
    if not standby.answers_well:
        yield Objection(
            fault=f"{standby.region} says it cannot take payments: {standby.said}",
            risk=f"callers that are led to {standby.region} are refused until Route 53 calls it unhealthy too; from then on both Regions"
            f" are, and it answers {traffic.primary.region} whatever the hold says",
        )
    if standby.seen_well is False:
        yield Objection(
            fault=f"Route 53's checkers call {standby.region} unhealthy",
            risk=f"with both Regions unhealthy Route 53 answers {traffic.primary.region}: the hold moves nothing now, and traffic as soon"
            f" as {standby.region} passes again",
        )


def _against_failing_back(traffic: Traffic) -> Iterator[Objection]:
    primary = traffic.primary
    if not primary.answers_well:
        yield Objection(
            fault=f"{primary.region} says it cannot take payments: {primary.said}",
            risk=f"callers that are led to {primary.region} are refused until Route 53 calls it unhealthy and leads them back, and with the"
            " hold gone nothing keeps traffic from coming and going with its health",
        )
    if primary.seen_well is False:
        yield Objection(
            fault=f"Route 53's checkers call {primary.region} unhealthy",
            risk=f"names go on leading to {traffic.standby.region}, and to {primary.region} by themselves at the first moment it passes",
        )


def _cautions(traffic: Traffic, environment: Environment) -> Iterator[str]:
    hold = traffic.hold
    if hold is not None and hold.set_by == _LATCH:
        yield f"The latch held this failover: {hold.reason}. Know what was wrong before payments go back."
    if hold is not None and environment.table.consistency == "eventual":
        yield (
            "The table is eventually consistent: payments taken in the standby may not have reached the primary yet. Look at the"
            " replication lag on the dashboard first."
        )


def _require_the_hold(traffic: Traffic) -> None:
    if traffic.hold_problem:
        raise DeployerError(
            f"Nothing is known of the hold in {traffic.standby.region}",
            traffic.hold_problem,
            "Traffic is moved by that Region's DynamoDB alone: it has to answer, and the system has to be rolled out.",
        )
