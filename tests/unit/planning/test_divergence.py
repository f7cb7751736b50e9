"""When Regions have diverged: what their stacks were given is not the same, or not what their StackSet believes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deployer.planning.divergence import divergences, outdated
from deployer.planning.plan import StackSetRollout
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import StackInstanceFacts
from tests.support.surveys import (
    ACCOUNT,
    PRIMARY_REGION,
    REGIONAL_BODY,
    SECONDARY_REGION,
    a_stack_set,
    a_survey,
    a_system,
    an_environment,
    an_instance,
)

REGIONS = (SECONDARY_REGION, PRIMARY_REGION)
OTHER_BODY = REGIONAL_BODY.replace("payment-1.zip", "payment-2.zip")


def diverged(*instances: StackInstanceFacts, **changes: Any) -> tuple[str, ...]:
    """Return how these instances of the StackSet differ."""
    return divergences(a_stack_set(*instances, **changes), REGIONS, ACCOUNT)


def test_regions_that_were_given_the_same_have_not_diverged() -> None:
    """Nor has a system that does not stand."""
    assert diverged() == ()
    assert divergences(None, REGIONS, ACCOUNT) == ()


def test_regions_with_different_templates_have() -> None:
    """As a roll-out leaves them whose second Region failed (F4.5)."""
    behind = an_instance(PRIMARY_REGION, status="OUTDATED", stack={"template_body": OTHER_BODY})

    assert diverged(an_instance(SECONDARY_REGION), behind) == ("us-east-2 and us-east-1 run different templates",)


def test_regions_with_different_values_have() -> None:
    """The parameters are named, never their values."""
    behind = an_instance(PRIMARY_REGION, status="OUTDATED", activation="Prepared")

    assert diverged(an_instance(SECONDARY_REGION), behind) == ("us-east-2 and us-east-1 run different values of Activation",)


def test_overridden_value_is_meant_to_differ() -> None:
    """An instance's own values are its own (F4.13)."""
    own = {"parameters": (("Activation", "Live"), ("HostedZoneId", "Z9"), ("LogLevel", "INFO"))}
    overridden = an_instance(PRIMARY_REGION, overrides=(("HostedZoneId", "Z9"),), stack=own)

    assert diverged(an_instance(SECONDARY_REGION), overridden) == ()


def test_hidden_value_cannot_be_compared() -> None:
    """AWS shows a NoEcho parameter as asterisks, differently or not."""
    body = REGIONAL_BODY.replace("LogLevel: {Type: String,", "LogLevel: {Type: String, NoEcho: true,")
    values = tuple((("Activation", "Live"), ("HostedZoneId", "Z123"), ("LogLevel", text)) for text in ("****", "*****"))
    instances = (an_instance(region, stack={"template_body": body, "parameters": own}) for region, own in zip(REGIONS, values, strict=True))

    assert diverged(*instances, template_body=body) == ()


def test_layout_of_a_template_is_no_difference() -> None:
    """CloudFormation hands some bodies back in another dress."""
    dressed = {"template_body": f"# rendered again\n{REGIONAL_BODY}"}

    assert diverged(an_instance(SECONDARY_REGION, stack=dressed), an_instance(PRIMARY_REGION)) == ()


@pytest.mark.parametrize(
    ("stack", "sentence"),
    [
        pytest.param(
            {"template_body": OTHER_BODY},
            "us-east-1 runs another template than payment-regional-test, which calls it CURRENT",
            id="template",
        ),
        pytest.param(
            {"parameters": (("Activation", "Live"), ("HostedZoneId", "ZOTHER"))},
            "us-east-1 runs other values of HostedZoneId than payment-regional-test gave it",
            id="value",
        ),
    ],
)
def test_stack_changed_past_its_stack_set_is_seen(stack: dict[str, Any], sentence: str) -> None:
    """The StackSet still calls the instance CURRENT (F4.16)."""
    assert sentence in diverged(an_instance(SECONDARY_REGION), an_instance(PRIMARY_REGION, stack=stack))


def test_stack_deleted_by_hand_is_seen() -> None:
    """The StackSet does not notice."""
    lost = replace(an_instance(PRIMARY_REGION), stack=None)

    assert diverged(an_instance(SECONDARY_REGION), lost) == ("us-east-1 has lost its stack, and payment-regional-test calls it CURRENT",)


def test_region_without_an_instance_is_seen() -> None:
    """Half a system is not the same everywhere; none at all is."""
    assert diverged(an_instance(SECONDARY_REGION)) == ("us-east-1 has no instance of payment-regional-test",)


def test_operation_under_way_is_no_divergence() -> None:
    """A Region that is being changed has not settled on anything."""
    moving = an_instance(SECONDARY_REGION, status="OUTDATED", stack={"status": "UPDATE_IN_PROGRESS", "template_body": OTHER_BODY})

    assert diverged(moving, an_instance(PRIMARY_REGION)) == ()


def test_outdated_instance_is_told_with_aws_reason() -> None:
    """Another word than diverged."""
    behind = an_instance(PRIMARY_REGION, status="OUTDATED", status_reason="Cancelled since failure tolerance has exceeded")

    assert outdated(a_stack_set(an_instance(SECONDARY_REGION), behind), ACCOUNT) == (
        "us-east-1 is behind payment-regional-test: Cancelled since failure tolerance has exceeded",
    )
    assert outdated(None, ACCOUNT) == ()


def test_stack_changed_past_its_stack_set_is_never_nothing_to_do() -> None:
    """The roll-out's wave takes that Region back, and leaves the other alone."""
    changed = an_instance(PRIMARY_REGION, stack={"template_body": OTHER_BODY})
    survey = a_survey(stack_set=a_stack_set(an_instance(SECONDARY_REGION), changed))

    waves = [step for step in plan_rollout(an_environment(), a_system(), survey).steps if isinstance(step, StackSetRollout)]

    assert [(step.regions, step.action) for step in waves if step.phase == "regional"] == [
        ((SECONDARY_REGION,), "none"),
        ((PRIMARY_REGION,), "update"),
    ]
    assert waves[1].reason == "us-east-1 runs another template than payment-regional-test, which calls it CURRENT"


def test_other_accounts_stacks_are_not_called_lost() -> None:
    """They are not the caller's to read; the StackSet's own word is told, with the account."""
    current = replace(an_instance(PRIMARY_REGION), account_id="444455556666", stack=None)
    behind = replace(an_instance(SECONDARY_REGION, status="OUTDATED"), account_id="444455556666", stack=None)
    instances = (an_instance(SECONDARY_REGION), an_instance(PRIMARY_REGION), current, behind)

    assert diverged(*instances) == ()
    [told] = outdated(a_stack_set(*instances), ACCOUNT)
    assert "444455556666" in told
