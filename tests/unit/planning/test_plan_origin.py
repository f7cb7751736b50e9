"""A plan's origin: whatever of it moves is said, all at once, one sentence each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from deployer.planning.plan import ArtifactUpload
from deployer.planning.plan_origin import Origin, is_own_roll_out, moved, origin_of, other_steps
from deployer.planning.planner import plan_rollout
from deployer.planning.survey import OpenRollout, OperationFacts, Survey
from deployer.rendering.rendered import RenderedSystem
from tests.support.surveys import a_survey, a_system, an_environment

SURVEY = a_survey()
SYSTEM = a_system()
ORIGIN = origin_of(an_environment(), SYSTEM, SURVEY)


def origin(system: RenderedSystem = SYSTEM, survey: Survey = SURVEY, **changes: Any) -> Origin:
    """Return the origin of a plan made a little later."""
    return origin_of(an_environment(**changes), system, survey)


def with_global(**fields: Any) -> Survey:
    """Return the survey with another global stack."""
    assert SURVEY.global_
    return replace(SURVEY, global_=replace(SURVEY.global_, **fields))


def with_stack_set(**fields: Any) -> Survey:
    """Return the survey with another stack set."""
    assert SURVEY.stack_set
    return replace(SURVEY, stack_set=replace(SURVEY.stack_set, **fields))


LATER = OperationFacts(operation_id="op-9", action="UPDATE", status="SUCCEEDED")


def test_nothing_moved_says_nothing() -> None:
    """The same inputs and the same AWS."""
    assert moved(ORIGIN, origin()) == ()


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        pytest.param(origin(table={"recovery_days": 7}), "The parameter file's field table differs.", id="parameters"),
        pytest.param(
            origin(replace(SYSTEM, regional=replace(SYSTEM.regional, body=f"{SYSTEM.regional.body}\n"))),
            "The regional template differs.",
            id="template",
        ),
        pytest.param(origin(replace(SYSTEM, packages=())), "The package payment is gone.", id="package"),
        pytest.param(origin(survey=with_stack_set(stack_set_id="x:2")), "The stack set is another one now.", id="stack-set"),
        pytest.param(origin(survey=with_stack_set(last_operation=LATER)), "The stack set's last operation was ", id="operation"),
        pytest.param(origin(survey=replace(SURVEY, global_=None)), "The stack payment-global-test in us-east-2 is gone.", id="stack-gone"),
        pytest.param(
            origin(survey=with_global(moved_at="2026-03-04T05:06:07+00:00")),
            "The stack payment-global-test in us-east-2 was changed at 2026-03-04T05:06:07+00:00, after the plan was made.",
            id="stack-changed",
        ),
        pytest.param(origin(survey=with_global(status="UPDATE_ROLLBACK_FAILED")), "and is UPDATE_ROLLBACK_FAILED.", id="stack-in-trouble"),
    ],
)
def test_what_moved_is_said(now: Origin, sentence: str) -> None:
    """Which one, and how."""
    said = moved(ORIGIN, now)

    assert len(said) == 1
    assert sentence in said[0]


def test_all_of_it_is_said_at_once() -> None:
    """Nobody wants to be refused three times."""
    now = origin(replace(SYSTEM, packages=()), with_stack_set(last_operation=LATER), table={"recovery_days": 7})

    assert len(moved(ORIGIN, now)) == 3


def test_own_roll_out_that_was_cut_short_may_have_moved_what_stands() -> None:
    """What the plan is made of may not have moved all the same."""
    now = origin(replace(SYSTEM, packages=()), with_stack_set(last_operation=LATER))

    assert moved(ORIGIN, now, is_own_roll_out=True) == ("The package payment is gone.",)


def test_own_roll_out_is_known_by_its_content() -> None:
    """And by nothing else: another's record is another's."""
    plan = plan_rollout(an_environment(), SYSTEM, SURVEY)
    digests = [getattr(step, "content_digest", "") for step in plan.steps]
    [content] = [one for one in digests if one]
    open_ = OpenRollout(content_digest=content, holder="x", is_held=False, began_at="", before=None, templates=())

    assert is_own_roll_out(plan, replace(SURVEY, open_rollout=open_))
    assert not is_own_roll_out(plan, replace(SURVEY, open_rollout=replace(open_, content_digest="other")))
    assert not is_own_roll_out(plan, SURVEY)


def test_same_origin_and_another_plan_is_said_by_its_steps() -> None:
    """Another version of the deployer may come to another plan; another folder may not."""
    plan = plan_rollout(an_environment(), SYSTEM, SURVEY)
    steps = (replace(one, path="/elsewhere") if isinstance(one, ArtifactUpload) else one for one in plan.steps)
    elsewhere = replace(plan, steps=tuple(steps))
    other = replace(plan, steps=plan.steps[1:])

    assert other_steps(plan, elsewhere) == ()
    assert other_steps(plan, other) == (f"The step `{plan.steps[0].title}` is another.",)
