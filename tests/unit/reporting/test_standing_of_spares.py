"""Spares in what `status` shows: those of the caller's account by their stacks, others by their StackSet's word alone."""

from __future__ import annotations

import io
from typing import Any

import pytest

from deployer.planning.survey import StackInstanceFacts
from deployer.reporting.report import HumanReport
from deployer.reporting.standing import Standing, judge_standing
from deployer.reporting.status_view import StatusView, sentence
from tests.support.command_line import StillClock
from tests.support.plans import ACCOUNT_ID, a_stack, a_survey, an_instance

OTHER, THIRD = "222233334444", "333344445555"
PAIR = (an_instance("us-east-2"), an_instance("us-east-1"))


def standing(*spares: StackInstanceFacts) -> Standing:
    """Return the standing of a sound pair with these spares."""
    regions = (("us-east-1", "primary"), ("us-east-2", "secondary"))
    return judge_standing(a_survey(*PAIR, *spares), suffix="local", regions=regions, home_region="us-east-2")


def elsewhere(status: str = "CURRENT", detailed_status: str = "SUCCEEDED", **fields: Any) -> StackInstanceFacts:
    """Return a spare of another account."""
    return an_instance("us-west-1", status, detailed_status, **{"account_id": OTHER, "stack": None, **fields})


def shown(found: Standing) -> str:
    """Return what a person sees."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(StatusView(standing=found))
    return out.getvalue()


@pytest.mark.parametrize(
    ("status", "detailed_status", "word"),
    [
        ("CURRENT", "SUCCEEDED", "current"),
        ("OUTDATED", "CANCELLED", "outdated"),
        ("OUTDATED", "RUNNING", "in progress"),
        ("OUTDATED", "FAILED", "failed"),
        ("INOPERABLE", "INOPERABLE", "failed"),
    ],
)
def test_spare_of_another_account_is_what_its_stack_set_says(status: str, detailed_status: str, word: str) -> None:
    """Its stack cannot be read, which does not make it missing."""
    part = standing(elsewhere(status, detailed_status)).parts[-1]

    assert (part.name, part.account_id, part.region, part.word) == ("spare", OTHER, "us-west-1", word)


def test_what_nobody_looked_into_is_said() -> None:
    """Silence would look like soundness."""
    text = shown(standing(elsewhere(drift_status="NOT_CHECKED")))

    assert f"spare in us-west-1: current  account {OTHER}; instance CURRENT SUCCEEDED; stack not looked into; drift not looked into" in (
        " ".join(text.split()).replace("current account", "current  account")
    )


def test_drift_that_the_stack_set_found_is_passed_on() -> None:
    """With when it was found."""
    assert ("drift", "DRIFTED when its StackSet looked last") in standing(elsewhere(drift_status="DRIFTED")).parts[-1].facts


def test_spare_of_the_same_account_is_judged_by_its_stack() -> None:
    """Like one of the pair, and is never taken for it."""
    own = an_instance("us-west-1", stack=a_stack(region="us-west-1", parameters=(("Activation", "Prepared"),)))
    found = standing(own)

    assert [part.region for part in found.parts if part.name == "regional"] == ["us-east-1", "us-east-2"]
    assert found.parts[-1].facts == (("instance", "CURRENT SUCCEEDED"), ("activation", "Prepared"))
    assert f"account {ACCOUNT_ID}" in shown(found)


def test_spares_of_a_region_that_stand_alike_are_one_line() -> None:
    """And one that does not has its own, with its reason."""
    behind = elsewhere("OUTDATED", "FAILED", account_id=THIRD, status_reason="no role there")
    text = shown(standing(elsewhere(), elsewhere(account_id="444455556666"), behind))

    assert text.count("in us-west-1: ") == 2
    assert f"accounts {OTHER}, 444455556666" in text
    assert "no role there" in text


def test_spare_behind_makes_the_system_unsound() -> None:
    """It could not take over."""
    found = standing(elsewhere("OUTDATED", "CANCELLED"))

    assert not found.is_sound
    assert sentence(found) == f"Not sound: spare in us-west-1 of account {OTHER} is outdated."
