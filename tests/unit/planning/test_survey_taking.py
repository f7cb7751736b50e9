"""The survey sees what stands, changes nothing, and is the same whatever order AWS answers in."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from deployer.params.model import Environment
from deployer.planning.survey import BucketFacts, OperationFacts
from deployer.planning.survey_taking import take_survey
from deployer.rendering.rendered import Package
from deployer.vocabulary.errors import AwsRefused
from tests.support.parameter_files import values
from tests.support.rollout.fake_aws import ACCOUNT_ID, FakeAws
from tests.support.rollout.wire import refusal

HOME, PEER = "us-east-2", "us-east-1"
ENVIRONMENT = Environment.model_validate(values())
CONTENT = b"a package"
PACKAGE = Package(name="payment", path=Path("payment.zip"), digest=sha256(CONTENT).hexdigest(), key="packages/payment.zip")
BUCKET = f"payment-artifacts-test-{ACCOUNT_ID}-{HOME}"


def test_empty_account_has_nothing() -> None:
    """Before the first roll-out everything is absent, and only the account is known."""
    survey = take_survey(FakeAws().aws(), ENVIRONMENT, (PACKAGE,))

    assert survey.account_id == ACCOUNT_ID
    assert (survey.bootstrap, survey.stack_set, survey.global_, survey.artifacts, survey.buckets) == ((), None, None, frozenset(), ())


def test_stacks_are_seen_with_templates_and_outputs() -> None:
    """The home Region's bootstrap comes first, in roll-out order; the global stack is looked for in the home Region."""
    world = FakeAws()
    world.stacks(PEER).add("payment-bootstrap-test", body="peer body")
    world.stacks(HOME).add("payment-bootstrap-test", body="home body", outputs={"HostedZoneId": "Z1"})
    world.stacks(HOME).add("payment-global-test", status="UPDATE_ROLLBACK_COMPLETE")

    survey = take_survey(world.aws(), ENVIRONMENT, ())

    assert [(stack.region, stack.template_body) for stack in survey.bootstrap] == [(HOME, "home body"), (PEER, "peer body")]
    assert survey.bootstrap[0].outputs == (("HostedZoneId", "Z1"),)
    assert survey.global_ is not None
    assert survey.global_.status == "UPDATE_ROLLBACK_COMPLETE"


def test_stack_set_is_seen_with_instances_overrides_and_operation() -> None:
    """Every instance carries its own stack as its Region tells it."""
    world = FakeAws()
    world.stack_sets.add(HOME, PEER, body="regional body")
    world.stack_sets.instances[PEER]["ParameterOverrides"] = [{"ParameterKey": "Zones", "ParameterValue": "3"}]
    world.stack_sets.instances[PEER]["Status"] = "OUTDATED"
    world.stack_sets.update_stack_set(OperationId="rollout-1", OperationPreferences={}, TemplateBody="regional body")

    survey = take_survey(world.aws(), ENVIRONMENT, ())

    assert survey.stack_set is not None
    home, peer = survey.stack_set.instances
    assert (home.region, peer.region, peer.status, peer.overrides) == (HOME, PEER, "OUTDATED", (("Zones", "3"),))
    assert peer.stack is not None
    assert (peer.stack.region, peer.stack.template_body) == (PEER, "regional body")
    assert survey.stack_set.last_operation == OperationFacts(operation_id="rollout-1", action="UPDATE", status="RUNNING")


def test_instance_whose_stack_is_gone_has_none() -> None:
    """A stack deleted by hand is missing, however much the StackSet believes in it."""
    world = FakeAws()
    world.stack_sets.add(HOME)
    world.stacks(HOME).stacks[0].status = "DELETE_COMPLETE"

    survey = take_survey(world.aws(), ENVIRONMENT, ())

    assert survey.stack_set is not None
    assert survey.stack_set.instances[0].stack is None


def test_packages_are_looked_for_in_both_regions() -> None:
    """Only those that lie there with the right digest count."""
    world = FakeAws()
    world.buckets(HOME).objects[BUCKET, PACKAGE.key] = {"Metadata": {"sha256": PACKAGE.digest}}

    assert take_survey(world.aws(), ENVIRONMENT, (PACKAGE,)).artifacts == {(HOME, PACKAGE.key)}


def test_buckets_that_exist_are_counted() -> None:
    """Audit, artifact and canary buckets, versions included; none for whoever does not ask."""
    world = FakeAws()
    world.buckets(PEER).versions["payment-audit-logs-primary-test"] = [{"Key": "a", "VersionId": "1"}, {"Key": "a", "VersionId": "2"}]
    world.buckets(HOME).buckets.add(BUCKET)
    canaries = BUCKET.replace("artifacts", "canaries")
    world.buckets(HOME).buckets.add(canaries)

    audit = BucketFacts(name="payment-audit-logs-primary-test", region=PEER, objects_count=2)
    assert set(take_survey(world.aws(), ENVIRONMENT, ()).buckets) == {
        audit,
        BucketFacts(name=BUCKET, region=HOME, objects_count=0),
        BucketFacts(name=canaries, region=HOME, objects_count=0),
    }
    assert take_survey(world.aws(), ENVIRONMENT, (), count_buckets=False).buckets == ()


def test_survey_changes_nothing() -> None:
    """Every call it makes only reads, whatever stands."""
    world = FakeAws()
    world.stacks(HOME).add("payment-global-test")
    world.stack_sets.add(HOME, PEER)

    take_survey(world.aws(), ENVIRONMENT, (PACKAGE,))

    assert world.changes == []


def test_refusal_is_not_taken_for_absence() -> None:
    """A survey that may not look does not say that nothing is there."""
    world = FakeAws()
    world.refusals["describe_stacks"] = refusal("AccessDenied", "not you")

    with pytest.raises(AwsRefused, match="AccessDenied"):
        take_survey(world.aws(), ENVIRONMENT, ())
