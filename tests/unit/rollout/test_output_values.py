"""A plan's deferred values become what the stacks say."""

from __future__ import annotations

import pytest

from deployer.rollout.context import RolloutContext
from deployer.rollout.output_values import resolved
from deployer.vocabulary.errors import RolloutFailed
from deployer.vocabulary.values import OutputOf, StackParameter
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout


def values(world: FakeAws, *wanted: str | OutputOf) -> list[str]:
    """Return what the parameters come to, in a plan that rolls out the regional StackSet."""
    context = RolloutContext(plan=a_plan(a_stack_set_rollout("")), aws=world.aws(), clock=world.clock, listener=lambda event: None)
    parameters = [StackParameter(name=f"P{index}", value=value) for index, value in enumerate(wanted)]
    return [value for _, value in resolved(parameters, context)]


def an_output(output: str, stack_name: str = "payment-bootstrap-test", region: str = HOME) -> OutputOf:
    """Return a reference to a bootstrap stack's output."""
    return OutputOf(stack_name=stack_name, region=region, output=output)


def test_known_values_pass_without_a_call() -> None:
    """Only deferred ones ask AWS."""
    world = FakeAws()

    assert values(world, "Standby") == ["Standby"]
    assert world.calls == []


def test_output_of_a_stack_is_read_there_once() -> None:
    """Two outputs of one stack take one call, in the stack's own Region."""
    world = FakeAws()
    world.stacks(PEER).add("payment-bootstrap-test", outputs={"Zone": "Z1", "Bucket": "b"})

    assert values(world, an_output("Zone", region=PEER), an_output("Bucket", region=PEER)) == ["Z1", "b"]
    assert world.calls == [("cloudformation", PEER, "describe_stacks")]


def test_output_of_a_stack_set_is_its_instances() -> None:
    """The StackSet's name means the instance's own stack in that Region."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER, outputs={"ApiId": "abc"})

    assert values(world, an_output("ApiId", stack_name="payment-regional-test", region=PEER)) == ["abc"]


def test_missing_output_names_those_there_are() -> None:
    """A misspelt output is found by reading the error."""
    world = FakeAws()
    world.stacks(HOME).add("payment-bootstrap-test", outputs={"HostedZoneId": "Z1"})

    with pytest.raises(RolloutFailed, match="has no output Zone") as failed:
        values(world, an_output("Zone"))

    assert "HostedZoneId" in failed.value.detail


def test_missing_stack_says_that_the_world_moved() -> None:
    """What the plan was made from is not there any more."""
    with pytest.raises(RolloutFailed, match="does not stand in us-east-2"):
        values(FakeAws(), an_output("Zone"))
