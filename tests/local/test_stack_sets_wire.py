"""The wire follows botocore's model: constraints, paging, and what is honestly refused."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from deployer.local.stack_sets import ACTIONS
from deployer.local.stack_sets.service_model import operation_model
from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import HOME_REGION, a_name, a_template, refusal, stack_sets

ANY_SET = {"StackSetName": "some-set"}


def test_every_stack_set_call_of_the_model_is_answered() -> None:
    """No call of botocore's model whose name speaks of stack sets, instances or the organization's access is left out."""
    modelled = {
        name
        for name in operation_model("CreateStackSet").service_model.operation_names
        if any(word in name for word in ("StackSet", "StackInstance", "OrganizationsAccess"))
    }

    assert modelled == set(ACTIONS)


@pytest.mark.parametrize(
    ("call", "members", "constraint"),
    [
        pytest.param("describe_stack_set", {}, "'stackSetName' failed to satisfy constraint: Member must not be null", id="required"),
        pytest.param(
            "create_stack_instances",
            {**ANY_SET, "Accounts": ["12"], "Regions": ["us-east-1"]},
            r"'accounts.1.member' failed .* pattern: \^\[0-9\]\{12\}\$",
            id="pattern",
        ),
        pytest.param("list_stack_sets", {"MaxResults": 101}, "'maxResults' failed .* value less than or equal to 100", id="max"),
        pytest.param("list_stack_sets", {"MaxResults": 0}, "'maxResults' failed .* value greater than or equal to 1", id="min"),
        pytest.param("list_stack_sets", {"Status": "GONE"}, r"'status' failed .* enum value set: \[ACTIVE, DELETED\]", id="enum"),
        pytest.param(
            "create_stack_set",
            {**ANY_SET, "Description": "x" * 1025, "TemplateBody": "{}"},
            "'description' failed .* length less than or equal to 1024",
            id="length",
        ),
        pytest.param(
            "create_stack_set",
            {**ANY_SET, "TemplateBody": "{}", "Tags": [{"Key": f"k{n}", "Value": "v"} for n in range(51)]},
            "'tags' failed .* length less than or equal to 50",
            id="list length",
        ),
        pytest.param("create_stack_set", {"StackSetName": "a_b", "TemplateBody": "{}"}, r"'stackSetName' failed .* pattern", id="name"),
        pytest.param(
            "create_stack_set",
            {"StackSetName": "a" * 129, "TemplateBody": "{}"},
            "'stackSetName' failed .* length less than or equal to 128",
            id="long name",
        ),
    ],
)
def test_constraint_of_the_model_is_kept(embedded_aws: EmbeddedAws, call: str, members: dict[str, Any], constraint: str) -> None:
    """What the SDK lets pass is refused by the service, with the constraint named."""
    with pytest.raises(ClientError, match=constraint) as error:
        getattr(_unchecked_client(embedded_aws), call)(**members)

    assert refusal(error) == ("ValidationError", 400)


def test_all_faults_are_reported_at_once(embedded_aws: EmbeddedAws) -> None:
    """Two broken constraints make one error that names both."""
    with pytest.raises(ClientError, match=r"2 validation errors detected: .*'maxResults'.*'status'"):
        _unchecked_client(embedded_aws).list_stack_sets(MaxResults=0, Status="GONE")


def test_number_that_is_none_is_refused(embedded_aws: EmbeddedAws) -> None:
    """Text where the model has an integer is a ValidationError."""
    with pytest.raises(ClientError, match="is not of type integer"):
        _unchecked_client(embedded_aws).list_stack_sets(MaxResults="many")


@pytest.mark.parametrize(
    ("call", "members"),
    [
        pytest.param("create_stack_set", {"AutoDeployment": {"Enabled": True}, "TemplateBody": "{}"}, id="auto deployment"),
        pytest.param("create_stack_set", {"StackId": "arn:aws:cloudformation:us-east-2:111122223333:stack/a/b"}, id="import new"),
        pytest.param("import_stacks_to_stack_set", {"StackIds": ["arn:a"]}, id="import (F4.17)"),
    ],
)
def test_what_is_not_imitated_says_so(embedded_aws: EmbeddedAws, call: str, members: dict[str, Any]) -> None:
    """Automatic deployment and imports are refused as not imitated, never half done."""
    with pytest.raises(ClientError, match="is not imitated by the embedded AWS") as error:
        getattr(stack_sets(embedded_aws).client, call)(**ANY_SET, **members)

    assert refusal(error) == ("ValidationError", 400)


def test_deployment_targets_are_refused(embedded_aws: EmbeddedAws) -> None:
    """DeploymentTargets belong to service-managed stack sets."""
    sets = stack_sets(embedded_aws)

    with pytest.raises(ClientError, match="can only have accounts as target"):
        sets.client.create_stack_instances(
            StackSetName=sets.create(), DeploymentTargets={"Accounts": [sets.account]}, Regions=[HOME_REGION]
        )


@pytest.mark.parametrize(
    ("call", "members", "code"),
    [
        pytest.param("describe_stack_set", {}, "StackSetNotFoundException", id="DescribeStackSet"),
        pytest.param("list_stack_instances", {}, "StackSetNotFoundException", id="ListStackInstances"),
        pytest.param("stop_stack_set_operation", {"OperationId": "op"}, "StackSetNotFoundException", id="StopStackSetOperation"),
        pytest.param("update_stack_set", {"UsePreviousTemplate": True}, "StackSetNotFoundException", id="UpdateStackSet"),
    ],
)
def test_unknown_stack_set_is_not_found(embedded_aws: EmbeddedAws, call: str, members: dict[str, Any], code: str) -> None:
    """F4.8: every NotFound is a 404 by the model's error trait."""
    with pytest.raises(ClientError) as error:
        getattr(stack_sets(embedded_aws).client, call)(StackSetName="never-made", **members)

    assert refusal(error) == (code, 404)


def test_unknown_operation_and_instance_are_not_found(embedded_aws: EmbeddedAws) -> None:
    """F4.8: OperationNotFoundException and StackInstanceNotFoundException, 404."""
    sets = stack_sets(embedded_aws)
    name = sets.create()

    with pytest.raises(ClientError) as unknown_operation:
        sets.operation(name, "never-begun")
    with pytest.raises(ClientError) as unknown_instance:
        sets.instance(name)

    assert refusal(unknown_operation) == ("OperationNotFoundException", 404)
    assert refusal(unknown_instance) == ("StackInstanceNotFoundException", 404)


@pytest.mark.parametrize(
    "listing", ["list_stack_sets", "list_stack_instances", "list_stack_set_operations", "list_stack_set_operation_results"]
)
def test_every_listing_comes_in_pages(embedded_aws: EmbeddedAws, listing: str) -> None:
    """Pages of one item give the same items as one large page."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    sets.update(name, UsePreviousTemplate=True)
    operation_id = sets.instance(name)["LastOperationId"]
    members: dict[str, Any] = {} if listing == "list_stack_sets" else {"StackSetName": name}
    if listing == "list_stack_set_operation_results":
        members["OperationId"] = operation_id
    if listing == "list_stack_sets":
        sets.create()
    paginator = sets.client.get_paginator(listing)

    pages = list(paginator.paginate(**members, PaginationConfig={"PageSize": 1}))

    single = [item for page in pages for item in page["Summaries"]]
    whole = [item for page in paginator.paginate(**members) for item in page["Summaries"]]
    assert len(pages) >= 2
    assert {len(page["Summaries"]) for page in pages} == {1}
    if listing != "list_stack_sets":
        assert single == whole


@pytest.mark.parametrize("token", ["nonsense", "TGlzdFN0YWNrU2V0c3w="])
def test_made_up_token_is_refused(embedded_aws: EmbeddedAws, token: str) -> None:
    """A NextToken that no listing gave out is a ValidationError."""
    with pytest.raises(ClientError, match="NextToken is not valid"):
        stack_sets(embedded_aws).client.list_stack_sets(NextToken=token)


def test_token_of_another_listing_is_refused(embedded_aws: EmbeddedAws) -> None:
    """A NextToken counts for the listing that gave it out."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed()
    token = sets.client.list_stack_instances(StackSetName=name, MaxResults=1)["NextToken"]

    with pytest.raises(ClientError, match="NextToken is not valid"):
        sets.client.list_stack_sets(NextToken=token)


def test_stack_instances_can_be_filtered(embedded_aws: EmbeddedAws) -> None:
    """DETAILED_STATUS, LAST_OPERATION_ID, DRIFT_STATUS, account and Region narrow ListStackInstances."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in="us-east-1"))
    operation = sets.add(name)

    def found(**members: Any) -> list[str]:
        return [one["Region"] for one in sets.client.list_stack_instances(StackSetName=name, **members)["Summaries"]]

    assert found(Filters=[{"Name": "DETAILED_STATUS", "Values": "FAILED"}]) == ["us-east-1"]
    assert sorted(found(Filters=[{"Name": "LAST_OPERATION_ID", "Values": operation["OperationId"]}])) == ["us-east-1", "us-east-2"]
    assert found(Filters=[{"Name": "DRIFT_STATUS", "Values": "DRIFTED"}]) == []
    assert found(StackInstanceRegion="us-east-2") == ["us-east-2"]
    assert found(StackInstanceAccount="999999999999") == []


def test_operation_results_can_be_filtered(embedded_aws: EmbeddedAws) -> None:
    """OPERATION_RESULT_STATUS narrows ListStackSetOperationResults."""
    sets = stack_sets(embedded_aws)
    name = sets.create(a_template(broken_in="us-east-1"))
    operation = sets.add(name)
    failed = [{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}]

    answer = sets.client.list_stack_set_operation_results(StackSetName=name, OperationId=operation["OperationId"], Filters=failed)

    assert [result["Region"] for result in answer["Summaries"]] == ["us-east-1"]


def _unchecked_client(aws: EmbeddedAws) -> Any:
    """Return a client that sends what it is given, so that the service has to judge."""
    return boto3.session.Session().client(
        "cloudformation",
        region_name=HOME_REGION,
        endpoint_url=aws.endpoint,
        aws_access_key_id=aws.state.access_key_id,
        aws_secret_access_key=aws.state.secret_access_key,
        config=Config(parameter_validation=False, retries={"max_attempts": 1}),
    )


def test_name_given_back_is_the_name_taken(embedded_aws: EmbeddedAws) -> None:
    """A 128-character name is allowed, and its instances' stacks still fit CloudFormation's 128."""
    sets = stack_sets(embedded_aws)
    name = sets.create(StackSetName=a_name() + "x" * 114)

    operation = sets.add(name, (HOME_REGION,))

    assert len(name) == 128
    assert operation["Status"] == "SUCCEEDED"
