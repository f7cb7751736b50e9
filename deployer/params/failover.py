"""How long payments can stay away, worst case, when the primary Region turns into a black hole, and how long an operator's move of
traffic takes: arithmetic, nothing measured.

The sum is F2.20's: a checker needs `threshold` failed probes; each takes the interval plus the 6 s a silent endpoint may hold
it (4 s to connect, 2 s for a status: F2.2); then Route 53 publishes the status and resolvers wait out the record's TTL.
Left out, because nobody can promise them: clients that ignore TTLs and connections kept alive (F2.21).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deployer.params.model import FailoverParameters

BLACK_HOLE_SECONDS: Final = 6
PUBLICATION_SECONDS: Final = 10

# The hold is looked at every 10 s whatever the checks' own pace, and the standby answers within the 2 s a checker gives it (F2.2).
HOLD_INTERVAL_SECONDS: Final = 10
HOLD_ANSWER_SECONDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySum:
    """The terms of the sum, in seconds but for the count."""

    failure_threshold_count: int
    request_interval_seconds: int
    record_ttl_seconds: int

    @property
    def worst_case_seconds(self) -> int:
        """Seconds from the fault to the last resolver's answer."""
        detection = self.failure_threshold_count * (self.request_interval_seconds + BLACK_HOLE_SECONDS)
        return detection + PUBLICATION_SECONDS + self.record_ttl_seconds

    @property
    def sentence(self) -> str:
        """The sum as a person checks it."""
        return (
            f"{self.failure_threshold_count} × ({self.request_interval_seconds} s between probes + {BLACK_HOLE_SECONDS} s for a "
            f"silent endpoint) + {PUBLICATION_SECONDS} s publication + {self.record_ttl_seconds} s TTL = {self.worst_case_seconds} s"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSum:
    """The terms of the sum for a hold set or cleared by an operator, in seconds but for the count."""

    failure_threshold_count: int
    record_ttl_seconds: int

    @property
    def answered_seconds(self) -> int:
        """Seconds from the hold to name servers that answer by it, worst case."""
        return self.failure_threshold_count * (HOLD_INTERVAL_SECONDS + HOLD_ANSWER_SECONDS) + PUBLICATION_SECONDS

    @property
    def worst_case_seconds(self) -> int:
        """Seconds from the hold to the last resolver's answer."""
        return self.answered_seconds + self.record_ttl_seconds

    @property
    def sentence(self) -> str:
        """The sum as a person checks it."""
        return (
            f"{self.failure_threshold_count} × ({HOLD_INTERVAL_SECONDS} s between looks at the hold + {HOLD_ANSWER_SECONDS} s for an "
            f"answer) + {PUBLICATION_SECONDS} s publication + {self.record_ttl_seconds} s TTL = {self.worst_case_seconds} s"
        )


def worst_case_move(failover: FailoverParameters) -> HoldSum:
    """Return the sum for an operator's `fail-over` or `fail-back` with these parameters."""
    return HoldSum(failure_threshold_count=failover.failure_threshold_count, record_ttl_seconds=failover.record_ttl_seconds)


def worst_case_recovery(failover: FailoverParameters) -> RecoverySum:
    """Return the sum for these parameters; whether it is acceptable is `rules.recovery_fits_its_bound`'s business."""
    return RecoverySum(
        failure_threshold_count=failover.failure_threshold_count,
        request_interval_seconds=failover.request_interval_seconds,
        record_ttl_seconds=failover.record_ttl_seconds,
    )
