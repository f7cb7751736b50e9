"""Which stacks a preview looks at when there are spares: all of them, each as far as the caller may ask."""

from __future__ import annotations

from dataclasses import replace

from deployer.planning.planner import plan_rollout
from deployer.planning.preview_taking import take_preview
from deployer.planning.preview_targets import PreviewTarget, preview_targets
from deployer.planning.survey import StackInstanceFacts, Survey
from tests.support.change_sets import FakeChangeSets, detail, modified
from tests.support.rollout.clock import FakeClock
from tests.support.surveys import (
    ACCOUNT,
    PRIMARY_REGION,
    REGIONAL_BODY,
    SECONDARY_REGION,
    a_bootstrap,
    a_stack_set,
    a_survey,
    a_system,
    an_environment,
    an_instance,
)

OTHER, REGION = "222233334444", "us-west-1"
SPARES = {"regions": [{"name": REGION, "vpc_cidr": "10.2.0.0/16"}], "accounts": [ACCOUNT, OTHER]}
PREPARED = (("Activation", "Prepared"),)
OTHER_CODE = REGIONAL_BODY.replace("packages/payment-1.zip", "packages/payment-2.zip")
CODE = modified(
    "PaymentFunction", detail("Code", path="/Properties/Code/S3Key", before="packages/payment-1.zip", after="packages/payment-2.zip")
)


def spared(*spares: StackInstanceFacts) -> Survey:
    """Return a live system with these spares."""
    survey = a_survey(stack_set=a_stack_set(an_instance(PRIMARY_REGION), an_instance(SECONDARY_REGION), *spares))
    bootstrap = (*survey.bootstrap, a_bootstrap(REGION))
    return replace(survey, bootstrap=bootstrap, spare_accounts=(ACCOUNT, OTHER))


def own(**changes: object) -> StackInstanceFacts:
    """Return the spare of the pair's account."""
    return replace(an_instance(REGION, activation="Prepared"), overrides=PREPARED, **changes)  # type: ignore[arg-type]


def elsewhere(**changes: object) -> StackInstanceFacts:
    """Return the spare of the other account."""
    return replace(an_instance(REGION), account_id=OTHER, stack=None, overrides=PREPARED, **changes)  # type: ignore[arg-type]


def targets(survey: Survey, regional: str = OTHER_CODE) -> dict[str, PreviewTarget]:
    """Return the spares' targets of a roll-out of this body, by account."""
    plan = plan_rollout(an_environment(account_id=ACCOUNT, spares=SPARES), a_system(regional=regional), survey)
    return {one.account_id: one for one in preview_targets(plan, survey) if one.kind == "regional" and one.is_spare}


def test_every_spare_is_looked_at_with_its_own_values() -> None:
    """Never as a live one."""
    found = targets(spared(own(), elsewhere()))

    assert found.keys() == {ACCOUNT, OTHER}
    assert {one.values["Activation"] for one in found.values()} == {"Prepared"}


def test_spare_of_another_account_stands_as_its_stack_set_believes() -> None:
    """Its own stack is not the caller's to read."""
    survey = spared(own(), elsewhere(status="OUTDATED"))
    found = targets(survey)[OTHER]

    assert survey.stack_set
    assert found.is_elsewhere
    assert found.standing
    assert (found.standing.status, found.standing.template_body) == ("OUTDATED", survey.stack_set.template_body)
    assert dict(found.standing.parameters)["Activation"] == "Prepared"


def test_spare_that_is_not_there_yet_has_nothing_standing() -> None:
    """In whichever account."""
    assert {one.standing for one in targets(spared()).values()} == {None}


def test_own_spare_is_asked_and_another_accounts_is_compared() -> None:
    """By its own stack the one, by two bodies the other; both have a cell for what changes, and a sentence says which was compared."""
    survey = spared(own(), elsewhere(status="OUTDATED"))
    plan = plan_rollout(an_environment(account_id=ACCOUNT, spares=SPARES), a_system(regional=OTHER_CODE), survey)
    fake = FakeChangeSets(plain=[CODE], valued=[CODE])
    preview = take_preview(fake.aws(), plan, survey, FakeClock())
    spares = {column.account_id: index for index, column in enumerate(preview.columns) if column.is_spare and column.kind == "regional"}
    [row] = [row for row in preview.rows if row.logical_id == "PaymentFunction"]

    assert [preview.columns[spares[account]].state for account in (ACCOUNT, OTHER)] == ["asked", "compared"]
    assert [cell.action for cell in (row.cells[spares[account]] for account in (ACCOUNT, OTHER)) if cell] == ["Modify", "Modify"]
    assert len(fake.made) == 3
    assert any(
        f"for its stack is another account's and OUTDATED; templates were compared instead ({REGION})." in one for one in preview.words
    )


def test_system_with_nothing_to_do_leaves_spares_untouched() -> None:
    """Nobody is asked."""
    found = targets(spared(own(), elsewhere()), REGIONAL_BODY)

    assert {one.action for one in found.values()} == {"none"}


def test_bootstrap_stacks_of_spares_are_no_part_of_the_pair() -> None:
    """So that they fold, and mark no difference."""
    survey = spared()
    plan = plan_rollout(an_environment(account_id=ACCOUNT, spares=SPARES), a_system(), survey)

    assert {one.region for one in preview_targets(plan, survey) if one.kind == "bootstrap" and one.is_spare} == {REGION}
