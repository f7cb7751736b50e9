"""The outputs are the global stack's as they are now, asked for in one question."""

from __future__ import annotations

from deployer.params.model import Environment
from deployer.planning.outputs_taking import take_outputs
from tests.support.parameter_files import values
from tests.support.rollout.fake_aws import FakeAws

HOME = "us-east-2"
ENVIRONMENT = Environment.model_validate(values())


def test_outputs_are_the_global_stacks() -> None:
    """One question, in the home Region."""
    world = FakeAws()
    world.stacks(HOME).add("payment-global-test", outputs={"failoverDomain": "api.example.test"})

    assert take_outputs(world.aws(), ENVIRONMENT) == (("failoverDomain", "api.example.test"),)
    assert world.calls == [("cloudformation", HOME, "describe_stacks")]


def test_what_does_not_stand_has_none() -> None:
    """Before the first roll-out, and after a tear-down."""
    assert take_outputs(FakeAws().aws(), ENVIRONMENT) == ()
