"""The regional part of an undo where not every instance is the deployer's own: spares in other accounts go back with the pair."""

from __future__ import annotations

from typing import Any

from deployer.aws.rollout_records import RecordPlace
from deployer.planning.restore_point import InstanceBefore, RestorePoint, StackBefore, StackSetBefore
from deployer.rollout.context import RolloutContext
from deployer.rollout.held_record import HeldRecord
from deployer.rollout.undo_regions import moved_regions, put_back_stack_set, regions_standing
from tests.support.rollout.fake_aws import ACCOUNT_ID, FakeAws
from tests.support.rollout.plans import HOME, PEER, a_plan, a_stack_set_rollout, digest

OTHER_ACCOUNT, SPARE = "999988887777", "us-west-2"
OLD, NEW = "Description: old\n", "Description: new\n"
LIVE, PREPARED = ("Activation", "Live"), ("Activation", "Prepared")


def a_world(*, moved: tuple[str, ...] = ()) -> FakeAws:
    """Return a pair that is live, in `moved` with the new template, and a spare of another account whose stack nobody here may read."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER, body=NEW)
    for region in (HOME, PEER):
        [stack] = world.stacks(region).stacks
        stack.body, stack.parameters = NEW if region in moved else OLD, dict([LIVE])
    for region in (SPARE, HOME):
        world.stack_sets.instances[f"{OTHER_ACCOUNT} in {region}"] = {
            "Account": OTHER_ACCOUNT,
            "Region": region,
            "StackId": f"arn:aws:cloudformation:{region}:{OTHER_ACCOUNT}:stack/spare/1",
            "Status": "CURRENT",
            "StackInstanceStatus": {"DetailedStatus": "SUCCEEDED"},
        }
    return world


def before() -> RestorePoint:
    """Return what stood: everything live but for the spares, whose overrides say so; one of them shares a Region with the pair."""
    places = ((OTHER_ACCOUNT, HOME), (ACCOUNT_ID, HOME), (ACCOUNT_ID, PEER), (OTHER_ACCOUNT, SPARE))
    return RestorePoint(
        stack_set=StackSetBefore(
            name="payment-regional-test",
            region=HOME,
            template_digest=digest(OLD),
            parameters=(LIVE,),
            tags=(),
            administration_role_arn="",
            execution_role_name="",
            instances=tuple(
                InstanceBefore(account_id=account, region=region, overrides=(PREPARED,) if account == OTHER_ACCOUNT else ())
                for account, region in places
            ),
        ),
        global_stack=StackBefore(name="payment-global-test", region=HOME, template_digest="", parameters=(), tags=()),
        package_keys=(),
    )


def a_context(world: FakeAws) -> RolloutContext:
    """Return the roll-out of the new template, with the old one kept."""
    held = HeldRecord(world.aws(), RecordPlace(bucket="payment-artifacts-test", region=HOME), world.clock)
    held.templates = {digest(OLD): OLD}
    plan = a_plan(a_stack_set_rollout(NEW), bodies=(NEW,))
    return RolloutContext(plan=plan, aws=world.aws(), clock=world.clock, listener=lambda event: None, held=held)


def test_every_instance_goes_back_in_whatever_account() -> None:
    """One request without accounts and Regions, which mean all; the Regions that the roll-out moves first come first."""
    world = a_world(moved=(HOME,))
    requests: list[dict[str, Any]] = []
    send = world.stack_sets.update_stack_set

    def kept(**request: Any) -> dict[str, Any]:
        requests.append(dict(request))
        request.setdefault("Regions", [HOME, PEER])
        return send(**request)

    world.stack_sets.update_stack_set = kept  # type: ignore[method-assign]

    put_back_stack_set(before(), a_context(world))

    [request] = requests
    assert not {"Accounts", "Regions"} & request.keys()
    assert request["OperationPreferences"]["RegionOrder"] == [HOME, PEER, SPARE]
    assert request["TemplateBody"] == OLD


def test_stack_of_another_account_is_not_asked_what_moved() -> None:
    """It is not the deployer's to read, and would be taken for lost."""
    world = a_world(moved=(HOME,))

    assert moved_regions(before(), a_context(world)) == {HOME: "moved", PEER: "untouched"}


def test_spare_that_shares_a_region_lends_it_no_overrides() -> None:
    """What an instance had is known by account and Region: by the Region alone the pair's own would seem to have moved."""
    assert set(moved_regions(before(), a_context(a_world())).values()) == {"untouched"}


def test_what_stands_in_another_account_is_told_by_its_instance() -> None:
    """With the account's name, and by its own word; a Region of the pair by its stack."""
    world = a_world(moved=(PEER,))
    world.stack_sets.instances[f"{OTHER_ACCOUNT} in {HOME}"]["Status"] = "OUTDATED"

    told = set(regions_standing(before(), a_context(world), {HOME: "moved", PEER: "moved"}, is_resumed=False))

    assert told == {
        f"{HOME}: put back, CURRENT (SUCCEEDED)",
        f"{PEER}: is NOT what it was before, CURRENT (SUCCEEDED)",
        f"{HOME} of account {OTHER_ACCOUNT}: is NOT what it was before, OUTDATED (SUCCEEDED)",
        f"{SPARE} of account {OTHER_ACCOUNT}: at the definition before, CURRENT (SUCCEEDED)",
    }
