"""How far a roll-out has come, cell by cell."""

from __future__ import annotations

from deployer.planning.plan import RolloutPlan, Step
from deployer.reporting.console import cell_text
from deployer.reporting.progress import Progress
from deployer.vocabulary.events import Event, RegionSettled, ResourceMoved, StepEnded, StepFailed, StepSkipped, StepStarted
from tests.support.gates import a_gate
from tests.support.plans import AT, a_bootstrap, a_plan, a_regional_rollout, a_removal, an_upload, sampled

REGIONAL = a_regional_rollout()


def after(plan: RolloutPlan, *events: Event) -> dict[tuple[str, str], str]:
    """Return every cell's text once the events are in."""
    progress = Progress(plan)
    for event in events:
        progress.take(event)
    return {place: cell_text(cell).plain for place, cell in progress.cells.items()}


def began(step: Step) -> StepStarted:
    """Return that the step began."""
    return StepStarted(at=AT, phase=step.phase, step=step.title)


def ended(step: Step, took_seconds: float = 1.0) -> StepEnded:
    """Return that the step ended well."""
    return StepEnded(at=AT, phase=step.phase, step=step.title, took_seconds=took_seconds)


def moved(logical_id: str, status: str, region: str = "us-east-2", resource_type: str = "AWS::IAM::Role") -> ResourceMoved:
    """Return that a regional resource moved."""
    return ResourceMoved(
        at=AT,
        phase="regional",
        stack_name="StackSet-1",
        region=region,
        logical_id=logical_id,
        resource_type=resource_type,
        status=status,
        reason="",
    )


def settled(region: str, status: str) -> RegionSettled:
    """Return that one Region of the StackSet settled."""
    return RegionSettled(at=AT, phase="regional", stack_name="StackSet-1", region=region, status=status, took_seconds=12.0)


def test_the_regions_stand_in_the_order_a_change_reaches_them() -> None:
    """Secondary first, whatever order the bootstraps have."""
    progress = Progress(a_plan(a_bootstrap("us-east-1"), REGIONAL))

    assert progress.regions == ("us-east-2", "us-east-1")


def test_a_stack_set_works_on_one_region_while_the_other_waits() -> None:
    """Which one it is at, its resources tell."""
    cells = after(a_plan(REGIONAL), began(REGIONAL), moved("PaymentRole", "CREATE_COMPLETE"), moved("HealthRole", "CREATE_IN_PROGRESS"))

    assert cells == {("regional", "us-east-2"): "1/2 HealthRole", ("regional", "us-east-1"): "waiting"}


def test_a_region_that_settled_shows_its_own_time() -> None:
    """Not the whole step's."""
    cells = after(a_plan(REGIONAL), began(REGIONAL), settled("us-east-2", "CURRENT"))

    assert cells["regional", "us-east-2"] == "done 12.0 s"


def test_only_the_region_that_failed_is_failed() -> None:
    """The one before it stays done, with the step failed as a whole."""
    cells = after(
        a_plan(REGIONAL),
        began(REGIONAL),
        settled("us-east-2", "CURRENT"),
        moved("PaymentRole", "CREATE_FAILED", region="us-east-1"),
        settled("us-east-1", "FAILED"),
        StepFailed(at=AT, phase="regional", step=REGIONAL.title, summary="", detail="", hint=""),
    )

    assert cells == {("regional", "us-east-2"): "done 12.0 s", ("regional", "us-east-1"): "failed PaymentRole"}


def test_uploads_of_one_region_are_counted_together() -> None:
    """Three packages are one cell; packages already there count as settled."""
    first, second, third = an_upload("payment"), an_upload("health", action="none"), an_upload("layer")
    skipped = StepSkipped(at=AT, phase="artifacts", step=second.title, reason="it is there")
    plan = a_plan(first, second, third)

    assert after(plan, skipped)["artifacts", "us-east-2"] == "1/3"
    assert after(plan, skipped, began(first), ended(first))["artifacts", "us-east-2"] == "2/3"
    assert after(plan, skipped, began(first), ended(first), began(third), ended(third))["artifacts", "us-east-2"] == "done 2.0 s"


def test_a_phase_with_nothing_to_do_is_unchanged() -> None:
    """Not done, for nothing was."""
    step = a_bootstrap(action="none")

    assert after(a_plan(step), StepSkipped(at=AT, phase="bootstrap", step=step.title, reason=""))["bootstrap", "us-east-2"] == "no change"


def test_the_stack_itself_is_no_resource_of_its_own() -> None:
    """CloudFormation tells of it in the same list."""
    cells = after(a_plan(REGIONAL), moved("StackSet-1", "CREATE_COMPLETE", resource_type="AWS::CloudFormation::Stack"))

    assert cells["regional", "us-east-2"] == "0/2"


def test_an_event_of_an_unknown_place_changes_nothing() -> None:
    """A plan from elsewhere must not break the screen."""
    cells = after(a_plan(a_removal()), moved("PaymentRole", "DELETE_COMPLETE"), settled("us-east-2", "CURRENT"), began(REGIONAL))

    assert cells == {("global", "us-east-2"): "waiting"}


def test_gate_shows_which_checks_are_bad() -> None:
    """In each of its Regions; one that is good again says so."""
    gate = a_gate("us-east-2", "us-east-1")
    looks = (sampled("health"), sampled("payment", good=False), sampled("alarms", good=False), sampled("alarms"))
    cells = after(a_plan(gate), began(gate), *looks, sampled("health", region="us-east-1"))

    assert cells == {("gate", "us-east-2"): "bad: payment", ("gate", "us-east-1"): "good"}
    assert after(a_plan(gate), began(gate), *looks, ended(gate)) == dict.fromkeys(cells, "done 1.0 s")


def test_only_a_look_unlike_the_one_before_is_news() -> None:
    """The first of each check is, and at the next gate again."""
    gate = a_gate("us-east-2")
    progress, news = Progress(a_plan(gate)), []
    for event in (sampled("health"), sampled("health"), sampled("health", good=False), sampled("health", good=False), sampled("health")):
        progress.take(event)
        news.append(progress.has_turned(event))
    progress.take(began(gate))
    progress.take(sampled("health"))

    assert news == [True, False, True, False, True]
    assert progress.has_turned(sampled("health"))
