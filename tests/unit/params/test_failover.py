"""The failover arithmetic of F2.20."""

from __future__ import annotations

import pytest

from deployer.params.failover import worst_case_move, worst_case_recovery
from deployer.params.model import FailoverParameters


@pytest.mark.parametrize(
    ("interval", "threshold", "ttl", "seconds"),
    [
        pytest.param(10, 2, 10, 52, id="the default: 32 + 10 + 10"),
        pytest.param(10, 3, 60, 118, id="10 s × 3 with 60 s TTL"),
        pytest.param(30, 3, 60, 178, id="the original 30 s × 3"),
    ],
)
def test_worst_case_is_detection_publication_and_ttl(interval: int, threshold: int, ttl: int, seconds: int) -> None:
    """The figures of F2.20's table at its slow end."""
    failover = FailoverParameters.model_validate(
        {"request_interval_seconds": interval, "failure_threshold_count": threshold, "record_ttl_seconds": ttl}
    )

    recovery = worst_case_recovery(failover)

    assert recovery.worst_case_seconds == seconds
    assert recovery.sentence.endswith(f"= {seconds} s")


def test_default_recovers_within_its_own_bound() -> None:
    """A file that says nothing of failover is sound."""
    failover = FailoverParameters()

    assert worst_case_recovery(failover).worst_case_seconds <= failover.recovery_seconds_max


@pytest.mark.parametrize(
    ("interval", "threshold", "ttl", "seconds"),
    [
        pytest.param(10, 2, 10, 44, id="the default: 24 + 10 + 10"),
        pytest.param(30, 2, 10, 44, id="the checks' own pace is not the hold's"),
        pytest.param(30, 3, 60, 106, id="the original threshold and TTL"),
    ],
)
def test_move_by_hand_takes_looks_publication_and_ttl(interval: int, threshold: int, ttl: int, seconds: int) -> None:
    """The hold is asked every 10 s, and the standby answers in time."""
    failover = FailoverParameters.model_validate(
        {"request_interval_seconds": interval, "failure_threshold_count": threshold, "record_ttl_seconds": ttl}
    )

    move = worst_case_move(failover)

    assert (move.worst_case_seconds, move.answered_seconds) == (seconds, seconds - ttl)
    assert move.sentence.endswith(f"= {seconds} s")
