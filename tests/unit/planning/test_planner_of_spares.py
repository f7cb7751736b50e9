"""Plans of a system with spares: bootstrap and packages in their Regions, their waves last, and what is in the way."""

from __future__ import annotations

from dataclasses import replace

from deployer.planning.plan import ArtifactUpload, RolloutClosing, RolloutPlan, StackApply
from deployer.planning.planner import plan_rollout
from deployer.planning.spares import SpareRollout
from deployer.planning.survey import StackInstanceFacts, Survey
from deployer.planning.tear_down_planner import plan_tear_down
from tests.support.surveys import (
    ACCOUNT,
    PRIMARY_REGION,
    SECONDARY_REGION,
    a_bootstrap,
    a_stack_set,
    a_survey,
    a_system,
    an_empty_survey,
    an_environment,
    an_instance,
)

OTHER, REGION = "222233334444", "us-west-1"
SPARES = {"regions": [{"name": REGION, "vpc_cidr": "10.2.0.0/16"}], "accounts": [ACCOUNT, OTHER]}
UNITS = {**SPARES, "accounts": [], "organizational_units": ["ou-ab12-34567890"], "organization_id": "o-ab12cd34ef"}


def planned(survey: Survey, spares: object = None) -> RolloutPlan:
    """Return the plan of a system with a spare in two accounts."""
    environment = an_environment(account_id=ACCOUNT, spares=spares or SPARES)
    return plan_rollout(environment, a_system(), replace(survey, spare_accounts=(ACCOUNT, OTHER)))


def spared(**changes: object) -> Survey:
    """Return a live system with both spares current; `changes` are of the other account's."""
    elsewhere = {"account_id": OTHER, "stack": None, "overrides": (("Activation", "Prepared"),), **changes}
    spares: tuple[StackInstanceFacts, ...] = (
        replace(an_instance(REGION, activation="Prepared"), overrides=(("Activation", "Prepared"),)),
        replace(an_instance(REGION), **elsewhere),  # type: ignore[arg-type]
    )
    pair = (an_instance(PRIMARY_REGION), an_instance(SECONDARY_REGION))
    survey = a_survey(stack_set=a_stack_set(*pair, *spares))
    bootstrap = (*survey.bootstrap, a_bootstrap(REGION))
    return replace(survey, bootstrap=bootstrap, artifacts=survey.artifacts | {(REGION, "packages/payment-1.zip")})


def test_first_roll_out_prepares_the_regions_of_spares_and_reaches_them_last() -> None:
    """Their bootstrap stacks and packages come with the pair's, their wave right before the record closes."""
    plan = planned(an_empty_survey())

    assert [step.region for step in plan.steps if isinstance(step, StackApply) and step.phase == "bootstrap"][-1] == REGION
    assert {step.region for step in plan.steps if isinstance(step, ArtifactUpload)} == {PRIMARY_REGION, SECONDARY_REGION, REGION}
    wave, closing = plan.steps[-2:]
    assert isinstance(wave, SpareRollout)
    assert isinstance(closing, RolloutClosing)
    assert (wave.action, wave.accounts, wave.overrides) == ("create", (ACCOUNT, OTHER), (("Activation", "Prepared"),))


def test_live_system_with_current_spares_has_nothing_to_do() -> None:
    """The other account's stack cannot be read, and is not missed."""
    plan = planned(spared())

    assert plan.blockers == ()
    assert plan.steps_to_do == ()


def test_spare_behind_is_brought_up_without_touching_the_pair() -> None:
    """Only its wave and the record have something to do, and the pair can still be put back."""
    plan = planned(spared(status="OUTDATED"))

    assert [step.phase for step in plan.steps_to_do] == ["record", "spares", "record"]
    assert plan.steps_to_do[0].before is not None  # type: ignore[union-attr]


def test_spare_that_the_file_names_no_more_is_in_the_way() -> None:
    """With the command that removes it."""
    plan = planned(spared(), spares={**SPARES, "regions": [{"name": "eu-west-1", "vpc_cidr": "10.2.0.0/16"}]})

    assert [blocker.summary.split(", ")[0].rsplit(" in ", 1)[-1] for blocker in plan.blockers] == [REGION, f"{REGION} of account {OTHER}"]
    assert f"--accounts {OTHER} --no-retain-stacks" in plan.blockers[1].hint


def test_units_have_to_hold_the_pairs_account() -> None:
    """One StackSet reaches all of them."""
    environment = an_environment(account_id=ACCOUNT, spares=UNITS)
    survey = replace(an_empty_survey(), spare_accounts=(OTHER,))

    assert [blocker.summary for blocker in plan_rollout(environment, a_system(), survey).blockers] == [
        f"The pair's account {ACCOUNT} is in none of ou-ab12-34567890, or it manages the organization"
    ]


def test_tear_down_takes_the_bootstrap_stacks_of_spares_first() -> None:
    """The home Region's, with the roles, goes last."""
    plan = plan_tear_down(an_environment(account_id=ACCOUNT, spares=SPARES), replace(spared(), spare_accounts=(ACCOUNT, OTHER)))

    regions = [step.region for step in plan.steps if step.phase == "bootstrap" and step.title.startswith("remove")]
    assert regions == [REGION, PRIMARY_REGION, SECONDARY_REGION]
