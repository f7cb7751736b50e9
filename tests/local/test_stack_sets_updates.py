"""UpdateStackSet: what stays after a failure, what is outdated by it, and what a retry does."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, a_template, parameters, refusal, stack_sets


def test_update_reaches_every_instance(embedded_aws: EmbeddedAws) -> None:
    """F4.7: without accounts and Regions all instances are updated, in place."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    before = sets.instance(name, PEER_REGION)["StackId"]

    operation = sets.update(name, TemplateBody=a_template(default="two"))

    assert (operation["Action"], operation["Status"]) == ("UPDATE", "SUCCEEDED")
    assert [sets.value(name, region) for region in (HOME_REGION, PEER_REGION)] == ["two", "two"]
    assert sets.instance(name, PEER_REGION)["StackId"] == before


def test_failed_update_keeps_the_new_template(embedded_aws: EmbeddedAws) -> None:
    """F4.6: the stack set has the new template although the operation failed; F4.5: the Regions now differ."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    broken = a_template(default="two", broken_in=PEER_REGION)

    operation = sets.update(name, TemplateBody=broken)

    assert operation["Status"] == "FAILED"
    assert sets.client.describe_stack_set(StackSetName=name)["StackSet"]["TemplateBody"] == broken
    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("two", "one")
    assert sets.stack(name, PEER_REGION)["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    assert sets.statuses(name) == {HOME_REGION: ("CURRENT", "SUCCEEDED"), PEER_REGION: ("OUTDATED", "FAILED")}


def test_previous_template_undoes_a_failed_update(embedded_aws: EmbeddedAws) -> None:
    """F4.6: rolling back is another update, with the template the caller kept."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    sets.update(name, TemplateBody=a_template(default="two", broken_in=PEER_REGION))

    undone = sets.update(name, TemplateBody=a_template())

    assert undone["Status"] == "SUCCEEDED"
    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("one", "one")
    assert set(sets.statuses(name).values()) == {("CURRENT", "SUCCEEDED")}


def test_new_instances_get_the_template_of_a_failed_update(embedded_aws: EmbeddedAws) -> None:
    """F4.6: CreateStackInstances after a failed update uses the updated stack set."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))
    sets.update(name, TemplateBody=a_template(default="two", broken_in=HOME_REGION))

    sets.add(name, (PEER_REGION,))

    assert sets.value(name, PEER_REGION) == "two"


def test_subset_outdates_the_others(embedded_aws: EmbeddedAws) -> None:
    """F4.7: an update of one Region with a new template leaves the other OUTDATED and untouched."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()

    sets.update(name, TemplateBody=a_template(default="two"), Accounts=[sets.account], Regions=[HOME_REGION])

    assert sets.statuses(name) == {HOME_REGION: ("CURRENT", "SUCCEEDED"), PEER_REGION: ("OUTDATED", "SUCCEEDED")}
    assert (sets.value(name, HOME_REGION), sets.value(name, PEER_REGION)) == ("two", "one")


def test_subset_without_changes_outdates_nobody(embedded_aws: EmbeddedAws) -> None:
    """F4.7: neither template nor parameters given, so the others keep their status."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()

    sets.update(name, UsePreviousTemplate=True, Accounts=[sets.account], Regions=[HOME_REGION])

    assert set(sets.statuses(name).values()) == {("CURRENT", "SUCCEEDED")}


@pytest.mark.parametrize("members", [{"Regions": [HOME_REGION]}, {"Accounts": ["111122223333"]}])
def test_accounts_and_regions_go_together(embedded_aws: EmbeddedAws, members: dict[str, list[str]]) -> None:
    """F4.7: one without the other is refused and changes nothing."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()

    with pytest.raises(ClientError, match="Accounts and Regions must be specified together") as error:
        sets.update(name, TemplateBody=a_template(default="two"), **members)

    assert refusal(error) == ("ValidationError", 400)
    assert set(sets.statuses(name).values()) == {("CURRENT", "SUCCEEDED")}


def test_subset_must_have_instances(embedded_aws: EmbeddedAws) -> None:
    """F4.8: a Region without an instance is a StackInstanceNotFoundException, 404."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))

    with pytest.raises(ClientError) as error:
        sets.update(name, TemplateBody=a_template(default="two"), Accounts=[sets.account], Regions=[PEER_REGION])

    assert refusal(error) == ("StackInstanceNotFoundException", 404)


def test_retry_with_a_new_operation_acts_on_what_is_outdated(embedded_aws: EmbeddedAws) -> None:
    """F4.9: the same request again makes the failed and the cancelled Region, and touches the current one not at all."""
    sets = stack_sets(embedded_aws)
    queue = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": f"/taken/{sets.create()}", "Type": "String", "Value": "x"}}
    taken = embedded_aws.clients("ssm", PEER_REGION)
    taken.put_parameter(Name=queue["Properties"]["Name"], Type="String", Value="x")  # type: ignore[index]
    name = sets.create(a_template(extra={"Queue": queue}))
    assert sets.add(name)["Status"] == "FAILED"
    untouched = sets.stack(name, HOME_REGION)
    taken.delete_parameter(Name=queue["Properties"]["Name"])  # type: ignore[index]

    retried = sets.add(name)

    assert retried["Status"] == "SUCCEEDED"
    assert set(sets.statuses(name).values()) == {("CURRENT", "SUCCEEDED")}
    assert sets.stack(name, PEER_REGION)["StackStatus"] == "CREATE_COMPLETE"
    assert sets.stack(name, HOME_REGION) == untouched


def test_update_without_changes_succeeds(embedded_aws: EmbeddedAws) -> None:
    """An instance whose stack has nothing to update counts as updated."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()

    operation = sets.update(name, TemplateBody=a_template())

    assert sets.results(name, operation) == {HOME_REGION: "SUCCEEDED", PEER_REGION: "SUCCEEDED"}


def test_update_of_an_empty_stack_set_changes_it_alone(embedded_aws: EmbeddedAws) -> None:
    """Without instances the operation succeeds and the template is new."""
    sets = stack_sets(embedded_aws)
    name = sets.create()

    assert sets.update(name, TemplateBody=a_template(default="two"))["Status"] == "SUCCEEDED"
    assert sets.client.describe_stack_set(StackSetName=name)["StackSet"]["TemplateBody"] == a_template(default="two")


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({}, id="none"),
        pytest.param({"TemplateBody": a_template(), "UsePreviousTemplate": True}, id="body and previous"),
        pytest.param({"TemplateBody": a_template(), "TemplateURL": "https://s3.amazonaws.com/b/k"}, id="body and URL"),
    ],
)
def test_update_takes_exactly_one_template(embedded_aws: EmbeddedAws, members: dict[str, object]) -> None:
    """TemplateBody, TemplateURL and UsePreviousTemplate exclude each other, and one is needed."""
    sets = stack_sets(embedded_aws)

    with pytest.raises(ClientError) as error:
        sets.update(sets.create(), **members)

    assert refusal(error) == ("ValidationError", 400)


def test_tags_reach_the_stacks_and_stay_until_replaced(embedded_aws: EmbeddedAws) -> None:
    """Tags go to the instances' stacks; an update that leaves them out keeps them, an empty list removes them."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,), Tags=[{"Key": "team", "Value": "payments"}])
    at_first = sets.stack(name)["Tags"]
    sets.update(name, TemplateBody=a_template(default="two"))
    kept = sets.stack(name)["Tags"]
    sets.update(name, TemplateBody=a_template(default="three"), Tags=[])

    assert at_first == kept == [{"Key": "team", "Value": "payments"}]
    assert sets.stack(name)["Tags"] == []


def test_parameters_left_out_of_an_update_take_their_default(embedded_aws: EmbeddedAws) -> None:
    """UsePreviousValue keeps a value; a parameter that is not listed takes the template's default."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,), Parameters=parameters(Value="given"))
    sets.update(name, UsePreviousTemplate=True, Parameters=[{"ParameterKey": "Value", "UsePreviousValue": True}])
    kept = sets.value(name)
    sets.update(name, UsePreviousTemplate=True, Parameters=[])

    assert (kept, sets.value(name)) == ("given", "one")
