"""Taking a preview: who is asked, with which values, and that nothing is left behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deployer.planning.plan import RolloutPlan
from deployer.planning.planner import plan_rollout
from deployer.planning.preview import Preview
from deployer.planning.preview_taking import take_preview
from deployer.planning.survey import Survey
from deployer.vocabulary.errors import AwsRefused
from tests.support.change_sets import FakeChangeSets, detail, modified
from tests.support.rollout.clock import FakeClock
from tests.support.surveys import GLOBAL_BODY, REGIONAL_BODY, a_survey, a_system, an_empty_survey, an_environment, an_instance

OTHER_CODE = REGIONAL_BODY.replace("packages/payment-1.zip", "packages/payment-2.zip")
CODE = modified(
    "PaymentFunction", detail("Code", path="/Properties/Code/S3Key", before="packages/payment-1.zip", after="packages/payment-2.zip")
)


def planned(survey: Survey, **bodies: str) -> RolloutPlan:
    """Return the plan for these bodies."""
    return plan_rollout(an_environment(), a_system(**bodies), survey)


def taken(fake: FakeChangeSets, survey: Survey, **bodies: str) -> Preview:
    """Return the preview of a roll-out of these bodies."""
    return take_preview(fake.aws(), planned(survey, **bodies), survey, FakeClock())


def states(preview: Preview) -> dict[tuple[str, str], str]:
    """Return how each stack was looked at."""
    return {(column.kind, column.region): column.state for column in preview.columns}


def test_stack_with_nothing_to_do_is_not_asked() -> None:
    """A plan with nothing to do makes no call."""
    fake = FakeChangeSets()

    assert set(states(taken(fake, a_survey())).values()) == {"untouched"}
    assert fake.made == []


def test_first_roll_out_asks_nobody() -> None:
    """Everything is added, what begins with the second pass too."""
    fake = FakeChangeSets()
    preview = taken(fake, an_empty_survey())

    assert set(states(preview).values()) == {"new"}
    assert fake.made == []
    assert "Canary" in {row.logical_id for row in preview.rows}
    assert {cell.action for row in preview.rows for cell in row.cells if cell} == {"Add"}


def test_each_instances_own_stack_is_asked_and_nothing_is_left() -> None:
    """In both Regions, of which only these have work."""
    fake = FakeChangeSets(plain=[CODE], valued=[CODE])
    survey = a_survey()
    preview = taken(fake, survey, regional=OTHER_CODE)
    own = {one.stack.stack_id for one in survey.stack_set.instances if one.stack} if survey.stack_set else set()

    assert states(preview)["regional", "us-east-1"] == states(preview)["regional", "us-east-2"] == "asked"
    assert {one["StackName"] for one in fake.made} >= own
    assert sorted(fake.deleted) == sorted((one["ChangeSetName"], one["StackName"]) for one in fake.made)
    assert any(word.startswith("Code of PaymentFunction: packages/payment-1 → packages/payment-2") for word in preview.words)


def test_instances_own_values_are_previewed() -> None:
    """An override stays through a roll-out."""
    stack_set = a_survey().stack_set
    assert stack_set
    instances = (stack_set.instances[0], replace(stack_set.instances[1], overrides=(("LogLevel", "DEBUG"),)))
    fake = FakeChangeSets(plain=[CODE], valued=[CODE])
    taken(fake, replace(a_survey(), stack_set=replace(stack_set, instances=instances)), regional=OTHER_CODE)
    levels = {one["StackName"]: value(one, "LogLevel") for one in fake.made}

    assert instances[1].stack
    assert levels[instances[1].stack.stack_id] == "DEBUG"
    assert list(levels.values()).count("DEBUG") == 1


def value(made: dict[str, Any], name: str) -> str | None:
    """Return a parameter's value in a request."""
    return next((one.get("ParameterValue") for one in made["Parameters"] if one["ParameterKey"] == name), None)


def test_value_known_only_on_the_way_is_the_one_that_stands() -> None:
    """And the column says so."""
    survey = a_survey()
    fake = FakeChangeSets(plain=[CODE], valued=[CODE])
    moved = OTHER_CODE.replace('"${AWS::Region}.api', '"${AWS::Region}.other')
    preview = taken(fake, survey, regional=moved, global_=GLOBAL_BODY + "  Extra: {Value: x}\n")
    [column] = [column for column in preview.columns if column.kind == "global"]
    assert survey.global_
    [asked] = [one for one in fake.made if one["StackName"] == survey.global_.stack_id]
    standing = dict(survey.global_.parameters)

    assert column.unsettled
    assert all(value(asked, name) == standing[name] for name, _ in column.unsettled)
    assert any("previewed with the value that stands" in word for word in preview.words)


def test_stack_that_cannot_be_updated_is_compared() -> None:
    """CloudFormation takes no change set on it; the templates tell something at least."""
    stack_set = a_survey().stack_set
    assert stack_set
    first = stack_set.instances[0]
    broken = an_instance(first.region, stack={"status": "UPDATE_ROLLBACK_FAILED"})
    survey = replace(a_survey(), stack_set=replace(stack_set, instances=(broken, *stack_set.instances[1:])))
    preview = taken(FakeChangeSets(plain=[CODE], valued=[CODE]), survey, regional=OTHER_CODE)

    assert states(preview)["regional", first.region] == "compared"
    assert any("UPDATE_ROLLBACK_FAILED; templates were compared instead" in word for word in preview.words)


def test_change_that_is_refused_is_told_and_deleted() -> None:
    """In CloudFormation's words."""
    fake = FakeChangeSets(status="FAILED", reason="Template error: no such attribute")
    preview = taken(fake, a_survey(), regional=OTHER_CODE)

    assert [column.note for column in preview.columns if column.state == "refused"] == ["Template error: no such attribute"] * 2
    assert len(fake.deleted) == len(fake.made)


def test_stack_in_which_nothing_would_change_has_no_cells() -> None:
    """Though its template differs, by a comment for instance."""
    fake = FakeChangeSets(status="FAILED", reason="The submitted information didn't contain changes.")
    preview = taken(fake, a_survey(), regional=OTHER_CODE)

    assert preview.rows == ()
    assert states(preview)["regional", "us-east-1"] == "asked"


def test_change_set_is_deleted_when_reading_it_is_refused() -> None:
    """What went wrong first is what is told."""
    fake = FakeChangeSets(refuses="DescribeChangeSet")
    with pytest.raises(AwsRefused, match="DescribeChangeSet"):
        taken(fake, a_survey(), regional=OTHER_CODE)

    assert {name for name, _ in fake.deleted} >= {one["ChangeSetName"] for one in fake.made}
    assert fake.made


def test_change_set_that_takes_its_time_is_waited_for() -> None:
    """As CloudFormation's do."""
    fake = FakeChangeSets(plain=[CODE], valued=[CODE], looks_until_made=5)

    assert states(taken(fake, a_survey(), regional=OTHER_CODE))["regional", "us-east-1"] == "asked"


def test_tag_that_changes_is_told_of_every_stack_at_once() -> None:
    """Its change sets name no resource for it."""
    survey, environment = a_survey(), an_environment()
    other = environment.model_copy(update={"tags": environment.tags.model_copy(update={"owner": "ledger"})})
    preview = take_preview(FakeChangeSets().aws(), plan_rollout(other, a_system(), survey), survey, FakeClock())
    told = [word for word in preview.words if word.startswith("Tag ")]

    assert [word.split(" ")[3] for word in told] == ["bootstrap", "global", "regional"]
    assert all("owner" in word and "payments → ledger" in word for word in told)
    assert told[-1].endswith("(us-east-2, us-east-1).")


def test_left_over_of_a_killed_run_goes() -> None:
    """By its name and its age; a younger one may be another's."""
    now = datetime.now(UTC)
    fake = FakeChangeSets(
        plain=[CODE],
        valued=[CODE],
        listed={"preview-old": now - timedelta(hours=1), "preview-new": now, "by-hand": now - timedelta(days=1)},
    )
    taken(fake, a_survey(), regional=OTHER_CODE)

    assert {name for name, _ in fake.deleted} - {one["ChangeSetName"] for one in fake.made} == {"preview-old"}


def test_progress_is_told_stack_by_stack() -> None:
    """Of those that were asked."""
    said: list[str] = []
    survey = a_survey()
    take_preview(FakeChangeSets(plain=[CODE], valued=[CODE]).aws(), planned(survey, regional=OTHER_CODE), survey, FakeClock(), said.append)

    assert len(said) == 2
    assert all(" of 5 stacks: " in one for one in said)
