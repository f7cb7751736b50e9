"""Steps side by side: only those that need nothing of each other, never out of order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deployer.planning.plan import Step
from deployer.rollout.batches import side_by_side
from deployer.vocabulary.values import OutputOf, StackParameter
from tests.support.rollout.plans import HOME, PEER, a_bucket_emptying, a_stack_apply, a_stack_removal, a_stack_set_rollout


def a_bootstrap(region: str, needs: str = "") -> Step:
    """Return a bootstrap step, which may need an output of the stack named."""
    value = OutputOf(stack_name=needs, region=HOME, output="ZoneId")
    parameters = (StackParameter(name="ZoneId", value=value),) if needs else ()
    return a_stack_apply("", phase="bootstrap", stack_name="payment-bootstrap-test", region=region, parameters=parameters)


STEPS = st.lists(
    st.sampled_from(
        [
            a_bootstrap(HOME),
            a_bootstrap(PEER),
            a_bootstrap(PEER, needs="payment-bootstrap-test"),
            a_bucket_emptying("a"),
            a_bucket_emptying("b"),
            a_stack_set_rollout(""),
            a_stack_removal(),
        ]
    )
)


@given(STEPS)
def test_every_step_is_there_once_and_in_order(steps: list[Step]) -> None:
    """Batches are a cut of the plan, nothing more."""
    assert [step for batch in side_by_side(steps) for step in batch] == steps


@given(STEPS)
def test_batch_is_of_one_kind(steps: list[Step]) -> None:
    """A StackSet and a stack are never at work together."""
    for batch in side_by_side(steps):
        assert len({type(step) for step in batch}) == 1


def test_stacks_of_two_regions_go_together() -> None:
    """The two bootstraps do not wait for each other."""
    assert [len(batch) for batch in side_by_side([a_bootstrap(HOME), a_bootstrap(PEER)])] == [2]


def test_stack_waits_for_the_output_it_needs() -> None:
    """A reference to the other's output puts it into the next batch."""
    assert [len(batch) for batch in side_by_side([a_bootstrap(HOME), a_bootstrap(PEER, needs="payment-bootstrap-test")])] == [1, 1]


def test_one_region_applies_one_stack_at_a_time() -> None:
    """Control planes throttle by Region (fact 3.11)."""
    assert [len(batch) for batch in side_by_side([a_bootstrap(HOME), a_bootstrap(HOME)])] == [1, 1]


def test_buckets_are_emptied_together_but_stacks_removed_alone() -> None:
    """Removals may need each other's absence."""
    steps = [a_bucket_emptying("a"), a_bucket_emptying("b"), a_stack_removal(), a_stack_removal()]

    assert [len(batch) for batch in side_by_side(steps)] == [2, 1, 1]
