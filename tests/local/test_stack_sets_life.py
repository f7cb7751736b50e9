"""A stack set's own life: created once, described, listed, seen in one Region only, deleted when empty."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import (
    ADMINISTRATION_ROLE,
    EXECUTION_ROLE,
    HOME_REGION,
    PEER_REGION,
    a_name,
    a_template,
    parameters,
    refusal,
    stack_sets,
)


def test_new_stack_set_shows_what_it_was_made_of(embedded_aws: EmbeddedAws) -> None:
    """F4.1: without roles given the default ones are named; F4.18: self-managed is the default."""
    sets = stack_sets(embedded_aws)
    name = sets.create(
        Description="a description",
        Parameters=parameters(Value="two"),
        Capabilities=["CAPABILITY_NAMED_IAM"],
        Tags=[{"Key": "team", "Value": "payments"}],
    )

    seen = sets.client.describe_stack_set(StackSetName=name)["StackSet"]

    assert seen["StackSetARN"] == f"arn:aws:cloudformation:{HOME_REGION}:{sets.account}:stackset/{seen['StackSetId']}"
    assert seen["AdministrationRoleARN"] == f"arn:aws:iam::{sets.account}:role/{ADMINISTRATION_ROLE}"
    assert (seen["ExecutionRoleName"], seen["PermissionModel"], seen["Status"]) == (EXECUTION_ROLE, "SELF_MANAGED", "ACTIVE")
    assert (seen["Description"], seen["Capabilities"]) == ("a description", ["CAPABILITY_NAMED_IAM"])
    assert seen["Tags"] == [{"Key": "team", "Value": "payments"}]
    assert seen["TemplateBody"] == a_template()
    assert {"ParameterKey": "Value", "ParameterValue": "two"} in seen["Parameters"]
    assert seen["Regions"] == []
    assert seen["StackSetDriftDetectionDetails"]["DriftStatus"] == "NOT_CHECKED"


def test_stack_set_is_found_by_name_id_and_arn(embedded_aws: EmbeddedAws) -> None:
    """A stack set answers to its name, its id and its ARN."""
    sets = stack_sets(embedded_aws)
    seen = sets.client.describe_stack_set(StackSetName=sets.create())["StackSet"]

    for key in ("StackSetName", "StackSetId", "StackSetARN"):
        assert sets.client.describe_stack_set(StackSetName=seen[key])["StackSet"]["StackSetId"] == seen["StackSetId"]


def test_stack_set_is_seen_only_where_it_was_created(embedded_aws: EmbeddedAws) -> None:
    """F4.3: another Region does not know it."""
    name = stack_sets(embedded_aws).create()
    elsewhere = stack_sets(embedded_aws, PEER_REGION)

    with pytest.raises(ClientError) as error:
        elsewhere.client.describe_stack_set(StackSetName=name)

    assert refusal(error) == ("StackSetNotFoundException", 404)


def test_name_is_taken_once(embedded_aws: EmbeddedAws) -> None:
    """F4.8: a second stack set of the same name is refused with 409."""
    sets = stack_sets(embedded_aws)
    name = sets.create()

    with pytest.raises(ClientError) as error:
        sets.create(StackSetName=name)

    assert refusal(error) == ("NameAlreadyExistsException", 409)


def test_repeated_creation_with_the_same_token_answers_the_same_stack_set(embedded_aws: EmbeddedAws) -> None:
    """ClientRequestToken makes CreateStackSet idempotent."""
    sets = stack_sets(embedded_aws)
    request = {"StackSetName": a_name(), "TemplateBody": a_template(), "ClientRequestToken": "token-1"}

    first = sets.client.create_stack_set(**request)
    second = sets.client.create_stack_set(**request)

    assert first["StackSetId"] == second["StackSetId"]


def test_repeated_creation_after_a_change_is_refused(embedded_aws: EmbeddedAws) -> None:
    """F4.8: the token's stack set exists but is no longer what the request says."""
    sets = stack_sets(embedded_aws)
    request = {"StackSetName": a_name(), "TemplateBody": a_template(), "ClientRequestToken": "token-1"}
    sets.client.create_stack_set(**request)
    sets.update(request["StackSetName"], TemplateBody=a_template(default="two"))

    with pytest.raises(ClientError) as error:
        sets.client.create_stack_set(**request)

    assert refusal(error) == ("CreatedButModifiedException", 409)


def test_stack_set_with_instances_cannot_be_deleted(embedded_aws: EmbeddedAws) -> None:
    """F4.8: StackSetNotEmptyException, 409."""
    sets = stack_sets(embedded_aws)
    name = sets.deployed(regions=(HOME_REGION,))

    with pytest.raises(ClientError) as error:
        sets.client.delete_stack_set(StackSetName=name)

    assert refusal(error) == ("StackSetNotEmptyException", 409)


def test_deleted_stack_set_is_only_listed_and_frees_its_name(embedded_aws: EmbeddedAws) -> None:
    """After deletion the name is unknown, listed as DELETED, and may be taken again."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    sets.client.delete_stack_set(StackSetName=name)

    with pytest.raises(ClientError) as error:
        sets.client.describe_stack_set(StackSetName=name)

    assert refusal(error) == ("StackSetNotFoundException", 404)
    assert name in _names(sets.client, "DELETED")
    assert name not in _names(sets.client, "ACTIVE")
    assert sets.create(StackSetName=name) == name


def test_deleting_what_is_not_there_succeeds(embedded_aws: EmbeddedAws) -> None:
    """F4.8: DeleteStackSet declares no error for it."""
    sets = stack_sets(embedded_aws)

    assert sets.client.delete_stack_set(StackSetName="never-made")["ResponseMetadata"]["HTTPStatusCode"] == 200


def _names(client: object, status: str) -> set[str]:
    pages = client.get_paginator("list_stack_sets").paginate(Status=status)  # type: ignore[attr-defined]
    return {summary["StackSetName"] for page in pages for summary in page["Summaries"]}
