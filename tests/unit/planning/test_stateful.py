"""What holds what cannot be made again neither goes nor gives way unless it is named."""

from __future__ import annotations

import pytest

from deployer.planning.preview import build_preview
from deployer.planning.stateful import STATEFUL, judged, preview_blockers
from deployer.vocabulary.errors import InputRefused
from tests.support.change_sets import changed, changed_at
from tests.support.plans import a_plan, a_regional_rollout
from tests.support.previews import a_preview, a_stack

TABLE = "AWS::DynamoDB::GlobalTable"
PLAN = a_plan(a_regional_rollout())
REPLACED = a_preview(
    changed(
        "Ledger",
        changed_at("TableName", requires_recreation="Always"),
        resource_type=TABLE,
        replacement="True",
        policy_action="ReplaceAndRetain",
    )
)


@pytest.mark.parametrize("resource_type", sorted(STATEFUL))
@pytest.mark.parametrize(
    ("action", "replacement"), [("Modify", "True"), ("Modify", "Conditional"), ("Remove", "")], ids=["replaced", "perhaps", "removed"]
)
def test_stateful_resource_is_kept_from_going(resource_type: str, action: str, replacement: str) -> None:
    """All of them, in every way of going."""
    preview = a_preview(changed("Kept", resource_type=resource_type, action=action, replacement=replacement))
    [blocker] = preview_blockers(preview, ())

    assert blocker.summary.startswith(f"Kept ({resource_type}) in us-east-2, us-east-1 would ")
    assert "--replace Kept" in blocker.hint
    assert preview_blockers(preview, ("Kept",)) == ()


@pytest.mark.parametrize(
    ("resource_type", "action", "replacement"),
    [
        pytest.param(TABLE, "Modify", "False", id="changed-in-place"),
        pytest.param(TABLE, "Add", "", id="added"),
        pytest.param("AWS::Lambda::Function", "Modify", "True", id="holds-nothing"),
        pytest.param("AWS::Lambda::Function", "Remove", "", id="holds-nothing-removed"),
    ],
)
def test_everything_else_is_in_nobodys_way(resource_type: str, action: str, replacement: str) -> None:
    """Or nobody would read the warnings that count."""
    assert preview_blockers(a_preview(changed("One", resource_type=resource_type, action=action, replacement=replacement)), ()) == ()


def test_sentence_says_which_property_and_what_becomes_of_the_old_one() -> None:
    """What a person needs to decide."""
    [blocker] = preview_blockers(REPLACED, ())

    assert blocker.summary.endswith("would be replaced (TableName): the old one stays, outside the stack, with its items, on every replica")


def test_plan_is_blocked_and_is_another_plan() -> None:
    """Its id covers its blockers, as a plan file's reader checks."""
    plan = judged(PLAN, REPLACED, ())

    assert len(plan.blockers) == len(PLAN.blockers) + 1
    assert plan.plan_id != PLAN.plan_id
    assert judged(PLAN, REPLACED, ("Ledger",)) == PLAN


def test_name_that_nothing_happens_to_is_a_mistake() -> None:
    """A slip must not pass for consent."""
    with pytest.raises(InputRefused) as refused:
        judged(PLAN, REPLACED, ("Legder",))

    [mistake] = refused.value.mistakes
    assert (mistake.place, mistake.nearest) == ("--replace", "Ledger")


def test_change_that_cloudformation_refuses_is_in_the_way() -> None:
    """It would fail all the same, later."""
    preview = build_preview([a_stack(state="refused", note="Template error: no such attribute")])
    [blocker] = preview_blockers(preview, ())

    assert "Template error: no such attribute" in blocker.summary
