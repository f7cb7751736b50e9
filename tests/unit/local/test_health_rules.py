"""How health is judged: streaks, the 18 % rule, calculated, inverted, disabled and metric checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.health_rules import CheckerState, HealthCheck, Observed, after, endpoint_is_healthy, is_healthy

METRIC_STATES = st.sampled_from(("OK", "ALARM", "INSUFFICIENT_DATA"))


def endpoint(name: str, **more: bool) -> HealthCheck:
    """Return an HTTPS check."""
    return HealthCheck(check_id=name, kind="HTTPS", **more)


def calculated(*children: str, threshold: int, **more: bool) -> HealthCheck:
    """Return a calculated check called `sum`."""
    return HealthCheck(check_id="sum", kind="CALCULATED", children=children, health_threshold=threshold, **more)


def judged(*checks: HealthCheck, healthy: tuple[str, ...] = (), asked: str = "") -> bool:
    """Tell how the last check is judged when checkers hold exactly `healthy` for healthy."""
    verdicts = {check.check_id: [check.check_id in healthy] * 8 for check in checks}
    return is_healthy(asked or checks[-1].check_id, {check.check_id: check for check in checks}, Observed(checkers=verdicts))


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 10))
def test_checker_turns_exactly_after_a_streak(answers: list[bool], threshold: int) -> None:
    """It holds the last verdict that was seen `threshold` times in a row, and begins as healthy (F2.1)."""
    state = CheckerState()
    for answer in answers:
        state = after(state, answer, threshold)

    expected = True
    for end in range(threshold, len(answers) + 1):
        window = answers[end - threshold : end]
        expected = window[0] if len(set(window)) == 1 else expected
    assert state.healthy is expected
    assert 0 <= state.contrary_count < threshold


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_more_than_18_percent_have_to_agree(verdicts: list[bool]) -> None:
    """Whoever they are."""
    assert endpoint_is_healthy(verdicts) is (verdicts.count(True) / len(verdicts) > 0.18)


@pytest.mark.parametrize(
    ("healthy", "total", "verdict"), [(0, 8, False), (1, 8, False), (2, 8, True), (9, 50, False), (10, 50, True), (0, 0, True)]
)
def test_edge_of_the_18_percent(healthy: int, total: int, verdict: bool) -> None:
    """Exactly 18 % is not more than 18 %; no data yet is healthy."""
    assert endpoint_is_healthy([True] * healthy + [False] * (total - healthy)) is verdict


def test_new_check_is_healthy_and_a_new_inverted_one_is_not() -> None:
    """Until the first data (F2.6)."""
    checks = {"plain": endpoint("plain"), "turned": endpoint("turned", inverted=True)}

    assert is_healthy("plain", checks, Observed()) is True
    assert is_healthy("turned", checks, Observed()) is False


@given(st.booleans(), st.booleans())
def test_disabled_check_is_healthy_whatever_is_seen(seen: bool, inverted: bool) -> None:
    """F2.6; unless it is inverted too, which takes it out of traffic."""
    assert judged(endpoint("one", disabled=True, inverted=inverted), healthy=("one",) if seen else ()) is not inverted


@given(st.sets(st.sampled_from("abcd")), st.integers(0, 5), st.booleans())
def test_calculated_check_counts_its_healthy_children(healthy: set[str], threshold: int, inverted: bool) -> None:
    """At least the threshold; 0 is always healthy and more than there are never."""
    children = [endpoint(name) for name in "abcd"]

    verdict = judged(*children, calculated(*"abcd", threshold=threshold, inverted=inverted), healthy=tuple(healthy))

    assert verdict is ((len(healthy) >= threshold) != inverted)


def test_calculated_check_sees_its_children_inverted_and_disabled() -> None:
    """A hold that nobody serves leaves the primary healthy; one that is served makes it unhealthy (F2.7, F2.14)."""
    own, hold = endpoint("own"), endpoint("hold", inverted=True)
    both = calculated("own", "hold", threshold=2)

    assert judged(own, hold, both, healthy=("own",)) is True
    assert judged(own, hold, both, healthy=("own", "hold")) is False
    assert judged(own, endpoint("hold", disabled=True), both, healthy=("own",)) is True


@given(METRIC_STATES, st.sampled_from(("Healthy", "Unhealthy", "LastKnownStatus")), st.sampled_from((None, True, False)), st.booleans())
def test_metric_check_follows_the_data(state: str, behaviour: str, last: bool | None, inverted: bool) -> None:
    """OK is healthy, ALARM is not, and without data it is what the check says (F2.8)."""
    check = HealthCheck(check_id="m", kind="CLOUDWATCH_METRIC", insufficient_data=behaviour, inverted=inverted)
    observed = Observed(metrics={"m": state}, last_known={} if last is None else {"m": last})

    without_data = {"Healthy": True, "Unhealthy": False, "LastKnownStatus": True if last is None else last}[behaviour]
    expected = {"OK": True, "ALARM": False, "INSUFFICIENT_DATA": without_data}[state]
    assert is_healthy("m", {"m": check}, observed) is (expected != inverted)


def test_check_that_is_gone_counts_as_healthy() -> None:
    """A record does not depend on what does not exist."""
    assert is_healthy("gone", {}, Observed()) is True
