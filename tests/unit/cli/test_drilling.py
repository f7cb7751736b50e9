"""What a drill tells while it runs: rates of the last seconds, from a history that grows meanwhile."""

from __future__ import annotations

from deployer.cli.drilling import WINDOW_SECONDS, moment_of
from deployer.drill.history import Outcome, Sample
from deployer.drill.traffic import History
from tests.support.drill_records import PRIMARY, SECONDARY, a_lookup, a_payment, an_attempt, answered


def test_rates_count_attempts_of_the_last_seconds_alone() -> None:
    """By the Region that acknowledged them, lookups too; what is older is history."""
    history = History(
        requests=[
            a_payment(1, 1.0, answered(1, 1.0, PRIMARY)),
            a_payment(2, 29.0, an_attempt(29.0, PRIMARY, Outcome.UNANSWERED), answered(2, 29.5, SECONDARY)),
            a_payment(3, 29.8, answered(3, 29.8, SECONDARY)),
        ],
        lookups=[a_lookup(1, 29.9, an_attempt(29.9, SECONDARY, Outcome.FAILED))],
    )

    moment = moment_of(Sample(at_seconds=30.0, answer_region=SECONDARY, held=True), history)

    assert moment.answered == ((SECONDARY, 2 / WINDOW_SECONDS),)
    assert moment.unanswered_per_second == 2 / WINDOW_SECONDS
    assert moment.good_share == 0.5


def test_no_traffic_is_no_share() -> None:
    """Neither good nor bad."""
    assert moment_of(Sample(at_seconds=30.0, answer_region=None), History()).good_share is None
