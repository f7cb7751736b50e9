"""Many losses of a Region: nothing vanishes, limits show, and recovery means what the verdict on a real drill means by it."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.drill.course import outages
from deployer.drill.history import Attempt, Outcome, PaymentRequest
from deployer.drill.simulation.traffic import STEP_SECONDS, Payments
from deployer.drill.simulation.trials import SUSTAINED_REQUESTS, recovery_seconds, simulate
from deployer.drill.simulation.world import Capacity, Clients, World
from tests.support.worlds import a_world, worlds


@settings(deadline=None, max_examples=40)
@given(worlds(), st.integers(0, 2**32), st.floats(0, 20))
def test_every_payment_is_answered_or_given_up_and_none_is_both(world: World, seed: int, moves_at: float) -> None:
    """In every step, of every trial."""
    random = np.random.default_rng(seed)
    forgotten = random.uniform(0, moves_at, size=(3, world.clients.resolvers_count))

    course = Payments(world, forgotten, random).run(500)

    assert (course.failed <= course.bad).all()
    assert (course.bad <= course.due).all()


@settings(deadline=None, max_examples=20)
@given(worlds(), st.integers(0, 2**32))
def test_the_same_seed_gives_the_same_figures(world: World, seed: int) -> None:
    """To the last digit."""
    assert simulate(world, trials=3, seed=seed) == simulate(world, trials=3, seed=seed)


def test_where_names_have_moved_and_room_is_ample_every_payment_is_good() -> None:
    """So what is bad elsewhere comes from the fault and the limits alone."""
    course = Payments(a_world(payments_per_second=500.0), np.zeros((5, 40)), np.random.default_rng(3)).run(300)

    assert course.due.sum() > 0
    assert course.bad.sum() == 0


def test_a_client_that_waits_out_the_loss_gives_nothing_up() -> None:
    """Late is bad, and not lost: the last of many attempts gets through."""
    patient = a_world(clients=Clients(attempts_max=20, backoff_seconds_max=5, timeout_seconds=5))

    result = simulate(patient, trials=20, seed=1)

    assert sum(result.failed) == 0
    assert result.recovery.median > 20


def test_a_slower_check_and_a_longer_ttl_break_two_minutes() -> None:
    """30 s × 3 and a TTL of 60 s in front of a silent Region: the naive design (F2.20)."""
    naive = a_world(request_interval_seconds=30.0, failure_threshold_count=3, record_ttl_seconds=60.0)

    assert simulate(naive, trials=100, seed=1).recovery.worst > 120
    assert simulate(a_world(), trials=100, seed=1).recovery.worst <= 60


def test_a_stage_below_the_load_never_recovers_and_says_so() -> None:
    """A recovery that did not come is infinite, not the length of what was watched."""
    world = a_world(payments_per_second=2000.0)
    throttled = a_world(payments_per_second=2000.0, capacity=Capacity(requests_per_second_max=1000.0))

    assert simulate(world, trials=5, seed=1).unrecovered_count == 0
    result = simulate(throttled, trials=5, seed=1)
    assert result.unrecovered_count == 5
    assert math.isinf(result.recovery.median)


@given(st.lists(st.booleans(), min_size=1, max_size=120))
def test_recovery_is_what_the_verdict_on_a_drill_means_by_it(bad: list[bool]) -> None:
    """One payment a step, its outage told by both: the one by counts, the other by the clients' history."""
    per_second = 1 / STEP_SECONDS
    window = [False] * 40  # four seconds: longer than twenty requests take at this rate
    course = [*bad, *window]
    history = [_request(number * STEP_SECONDS, good=not one) for number, one in enumerate(course)]
    found = outages(history, answer_seconds_max=5.0, sustained=40)

    (measured,) = recovery_seconds(np.array([course], dtype=np.int64), per_second)

    assert SUSTAINED_REQUESTS < 40
    if not found:
        assert measured == 0
    else:
        assert found[0].end_seconds is not None
        assert measured == pytest.approx(found[0].end_seconds - found[0].begin_seconds)


def _request(due_seconds: float, *, good: bool) -> PaymentRequest:
    attempt = Attempt(
        began_seconds=due_seconds,
        ended_seconds=due_seconds + 0.01,
        region="us-east-1",
        outcome=Outcome.ACKNOWLEDGED if good else Outcome.UNANSWERED,
        status=201 if good else None,
    )
    return PaymentRequest(
        client=0,
        idempotency_key=f"key-{due_seconds}",
        body_digest="",
        amount=Decimal(1),
        currency="USD",
        due_seconds=due_seconds,
        attempts=(attempt,),
    )
