"""What stands, in words, and how it is drawn."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest

from deployer.planning.survey import OpenRollout, StackInstanceFacts, Survey
from deployer.reporting.report import HumanReport
from deployer.reporting.standing import Standing, judge_standing, word_of
from deployer.reporting.status_view import StatusView, sentence
from tests.support.command_line import StillClock
from tests.support.plans import a_stack, a_survey, an_empty_survey, an_instance


def standing(survey: Survey) -> Standing:
    """Return the standing of a system in the usual pair of Regions."""
    return judge_standing(survey, suffix="local", regions=(("us-east-1", "primary"), ("us-east-2", "secondary")), home_region="us-east-2")


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("CREATE_COMPLETE", "current"),
        ("UPDATE_COMPLETE", "current"),
        ("IMPORT_COMPLETE", "current"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "in progress"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "in progress"),
        ("UPDATE_ROLLBACK_COMPLETE", "rolled back"),
        ("IMPORT_ROLLBACK_COMPLETE", "rolled back"),
        ("UPDATE_ROLLBACK_FAILED", "failed"),
        ("ROLLBACK_COMPLETE", "failed"),
        ("UPDATE_FAILED", "failed"),
        ("DELETE_FAILED", "failed"),
        ("DELETE_COMPLETE", "missing"),
    ],
)
def test_a_stack_status_has_one_word(status: str, word: str) -> None:
    """A creation that rolled back left nothing; an update that did left the stack whole, as it was before."""
    assert word_of(status) == word


@pytest.mark.parametrize(
    ("instance", "word"),
    [
        pytest.param(an_instance("us-east-1"), "current", id="sound"),
        pytest.param(an_instance("us-east-1", "OUTDATED", "CANCELLED"), "outdated", id="never-reached"),
        pytest.param(an_instance("us-east-1", "OUTDATED", "FAILED"), "failed", id="operation-failed"),
        pytest.param(an_instance("us-east-1", "INOPERABLE", "INOPERABLE"), "failed", id="inoperable"),
        pytest.param(an_instance("us-east-1", stack=None), "missing", id="stack-gone"),
        pytest.param(
            an_instance("us-east-1", "OUTDATED", "RUNNING", stack=a_stack(region="us-east-1", status="UPDATE_IN_PROGRESS")),
            "in progress",
            id="running",
        ),
    ],
)
def test_an_instance_has_one_word(instance: StackInstanceFacts, word: str) -> None:
    """Outdated and failed are kept apart."""
    found = standing(a_survey(instance, an_instance("us-east-2")))

    (part,) = (part for part in found.parts if part.name == "regional" and part.region == "us-east-1")
    assert part.word == word
    assert found.is_sound == (word in {"current", "in progress"})


def test_instance_is_judged_by_its_stack_set_once_it_was_rolled_back() -> None:
    """Current when the StackSet asks for what it went back to, outdated when for something newer."""
    back = a_stack(region="us-east-1", status="UPDATE_ROLLBACK_COMPLETE")

    words = {
        status: standing(a_survey(an_instance("us-east-1", status, stack=back), an_instance("us-east-2"))).parts[2].word
        for status in ("CURRENT", "OUTDATED")
    }

    assert words == {"CURRENT": "current", "OUTDATED": "outdated"}


def test_global_stack_that_was_rolled_back_stands() -> None:
    """It takes no update to what it has already, so it must not be called unsound for good."""
    found = standing(a_survey(global_=a_stack(status="UPDATE_ROLLBACK_COMPLETE")))

    assert found.is_sound
    assert sentence(found) == "Everything stands; global in us-east-2 went back to the definition before."


def test_regions_that_run_different_definitions_have_diverged() -> None:
    """Another word than outdated, and a sentence that says how."""
    behind = an_instance("us-east-1", "OUTDATED", "CANCELLED", stack=a_stack(region="us-east-1", template_body="Resources: {Old: {}}"))
    found = standing(a_survey(an_instance("us-east-2"), behind))
    out = io.StringIO()

    HumanReport(clock=StillClock(), out=out, err=out).show(StatusView(standing=found))

    assert not found.is_sound
    assert "diverged: us-east-2 and us-east-1 run different templates" in out.getvalue()
    assert sentence(found) == "Not sound: regional in us-east-1 is outdated, the Regions have diverged."
    assert StatusView(standing=found).record()["diverged"] == ["us-east-2 and us-east-1 run different templates"]


def test_everything_sound_is_said_to_be() -> None:
    """And nothing less."""
    assert sentence(standing(a_survey())) == "Everything stands and is current."
    assert sentence(standing(an_empty_survey())) == "Nothing is deployed."


def test_what_is_not_sound_is_named_with_its_region() -> None:
    """On the last line, where a person looks."""
    survey = a_survey(an_instance("us-east-2"), an_instance("us-east-1", "OUTDATED", "CANCELLED"))

    assert sentence(standing(survey)) == "Not sound: regional in us-east-1 is outdated."


def test_both_regions_stand_side_by_side() -> None:
    """Primary left, the activation below the stack's status."""
    out = io.StringIO()

    HumanReport(clock=StillClock(), out=out, err=out).show(StatusView(standing=standing(a_survey())))

    assert out.getvalue().splitlines() == [
        "local in account 111122223333",
        "           us-east-1 (primary)         us-east-2 (secondary)",
        "bootstrap  current  CREATE_COMPLETE    current  CREATE_COMPLETE",
        "regional   current  CREATE_COMPLETE    current  CREATE_COMPLETE",
        "           instance CURRENT SUCCEEDED  instance CURRENT SUCCEEDED",
        "           activation Live             activation Live",
        "global                                 current  CREATE_COMPLETE",
        "last StackSet operation: UPDATE SUCCEEDED (operation-1)",
        "Everything stands and is current.",
    ]


def test_a_home_region_outside_the_pair_has_a_line_of_its_own() -> None:
    """The global stack must not vanish from the picture."""
    found = judge_standing(
        a_survey(), suffix="local", regions=(("us-east-1", "primary"), ("us-east-2", "secondary")), home_region="eu-west-1"
    )
    out = io.StringIO()

    HumanReport(clock=StillClock(), out=out, err=out).show(StatusView(standing=found))

    assert "global in eu-west-1: current  CREATE_COMPLETE" in out.getvalue()


def test_the_record_says_whether_all_is_well() -> None:
    """For a program, without words to parse."""
    record = StatusView(standing=standing(a_survey())).record()

    assert (record["sound"], record["deployed"]) == (True, True)
    assert record["parts"][2]["facts"] == {"instance": "CURRENT SUCCEEDED", "activation": "Live"}


def test_open_roll_out_is_not_sound_and_says_whose_it_is() -> None:
    """Whatever the stacks say, somebody is at work, or was killed at it."""
    open_ = OpenRollout(
        content_digest="c",
        holder="ada on desk",
        is_held=False,
        began_at="2026-03-04T05:06:07",
        before=None,
        templates=(),
        undoing="it broke",
    )

    found = standing(a_survey(open_rollout=open_))
    held = standing(a_survey(open_rollout=replace(open_, is_held=True, undoing="")))

    assert not found.is_sound
    assert sentence(found) == "Not sound: a roll-out has not ended."
    assert (
        found.open_rollout
        == "ada on desk left a roll-out unfinished, begun at 2026-03-04T05:06:07; it failed and is to be undone: it broke"
    )
    assert held.open_rollout == "ada on desk is rolling out, or was killed in it, since 2026-03-04T05:06:07"
    assert StatusView(standing=held).record()["open_rollout"] == held.open_rollout
