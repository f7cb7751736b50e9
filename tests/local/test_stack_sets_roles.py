"""Self-managed permissions: both roles are really assumed, and each missing right shows where AWS shows it."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.stack_set_rules import (
    ADMINISTRATION_ROLE,
    EXECUTION_ROLE,
    HOME_REGION,
    StackSets,
    a_name,
    a_template,
    add_role,
    as_user,
    refusal,
    stack_sets,
)

CLOUDFORMATION = {"Service": "cloudformation.amazonaws.com"}
OTHER_ACCOUNT = "444455556666"


def _failure(sets: StackSets, administration_role_arn: str, execution_role: str) -> str:
    """Return why an instance made by these roles failed."""
    name = sets.create(AdministrationRoleARN=administration_role_arn, ExecutionRoleName=execution_role)
    operation = sets.add(name, (HOME_REGION,))

    assert operation["Status"] == "FAILED"
    assert sets.statuses(name) == {HOME_REGION: ("OUTDATED", "FAILED")}
    return sets.reasons(name, operation)[HOME_REGION]


def test_custom_roles_deploy_an_instance(embedded_aws: EmbeddedAws) -> None:
    """F4.1: a trust policy narrowed to the account's stack sets by aws:SourceAccount and aws:SourceArn is met."""
    sets = stack_sets(embedded_aws)
    execution = a_name("execution")
    source = f"arn:aws:cloudformation:*:{sets.account}:stackset/*"
    condition = {"StringEquals": {"aws:SourceAccount": sets.account}, "ArnLike": {"aws:SourceArn": source}}
    administration = add_role(
        embedded_aws, a_name("admin"), CLOUDFORMATION, "sts:AssumeRole", f"arn:aws:iam::*:role/{execution}", condition=condition
    )
    add_role(embedded_aws, execution, {"AWS": administration}, "*")
    name = sets.create(AdministrationRoleARN=administration, ExecutionRoleName=execution)

    operation = sets.add(name, (HOME_REGION,))

    assert operation["Status"] == "SUCCEEDED"
    assert (operation["AdministrationRoleARN"], operation["ExecutionRoleName"]) == (administration, execution)


def test_administration_role_must_exist(embedded_aws: EmbeddedAws) -> None:
    """F4.1: a missing administration role fails the instance in AWS's words."""
    sets = stack_sets(embedded_aws)

    reason = _failure(sets, f"arn:aws:iam::{sets.account}:role/never-made", EXECUTION_ROLE)

    assert reason.startswith(f"Account {sets.account} should have 'never-made' role with trust relationship to CloudFormation service")


def test_administration_role_must_trust_cloudformation(embedded_aws: EmbeddedAws) -> None:
    """F4.1: trust in another service is none in CloudFormation."""
    sets = stack_sets(embedded_aws)
    administration = add_role(embedded_aws, a_name("admin"), {"Service": "lambda.amazonaws.com"}, "sts:AssumeRole")

    assert "trust relationship to CloudFormation service" in _failure(sets, administration, EXECUTION_ROLE)


def test_condition_of_the_trust_policy_counts(embedded_aws: EmbeddedAws) -> None:
    """F4.1: trust for another account's stack sets is none for this one's."""
    sets = stack_sets(embedded_aws)
    condition = {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}
    administration = add_role(embedded_aws, a_name("admin"), CLOUDFORMATION, "sts:AssumeRole", condition=condition)

    assert "trust relationship to CloudFormation service" in _failure(sets, administration, EXECUTION_ROLE)


def test_administration_role_must_be_allowed_to_assume_the_execution_role(embedded_aws: EmbeddedAws) -> None:
    """F4.1: sts:AssumeRole is enforced for the administration role's session."""
    sets = stack_sets(embedded_aws)
    execution = a_name("execution")
    administration = add_role(embedded_aws, a_name("admin"), CLOUDFORMATION, "sts:AssumeRole", "arn:aws:iam::*:role/another")
    add_role(embedded_aws, execution, {"AWS": administration}, "*")

    reason = _failure(sets, administration, execution)

    assert f"should have '{execution}' role with trust relationship to Role '{administration.rsplit('/', 1)[-1]}'" in reason
    assert "is not authorized to perform: sts:AssumeRole" in reason


def test_execution_role_must_trust_the_administration_role(embedded_aws: EmbeddedAws) -> None:
    """F4.1: needed also when the administrator's account is the target."""
    sets = stack_sets(embedded_aws)
    execution = a_name("execution")
    add_role(embedded_aws, execution, {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}, "*")
    administration = add_role(embedded_aws, a_name("admin"), CLOUDFORMATION, "sts:AssumeRole")

    assert f"Account {sets.account} should have '{execution}' role" in _failure(sets, administration, execution)


def test_execution_role_needs_rights_on_stacks(embedded_aws: EmbeddedAws) -> None:
    """F4.1: CloudFormation's calls are made, and enforced, as the execution role's session."""
    sets = stack_sets(embedded_aws)
    administration = add_role(embedded_aws, a_name("admin"), CLOUDFORMATION, "sts:AssumeRole")
    execution = a_name("execution")
    add_role(embedded_aws, execution, {"AWS": administration}, ["cloudformation:DescribeStacks", "ssm:*"])

    reason = _failure(sets, administration, execution)

    assert f"assumed-role/{execution}/" in reason
    assert "is not authorized to perform: cloudformation:CreateStack" in reason


def test_caller_must_be_allowed_to_pass_the_default_role(embedded_aws: EmbeddedAws) -> None:
    """F4.2: iam:PassRole is needed even when AdministrationRoleARN is omitted."""
    stack_sets(embedded_aws)
    caller = as_user(embedded_aws, "cloudformation:*")

    with pytest.raises(ClientError, match="is not authorized to perform: iam:PassRole on resource") as error:
        caller.create()

    assert refusal(error) == ("AccessDenied", 403)
    assert ADMINISTRATION_ROLE in str(error.value)


def test_caller_who_may_pass_the_role_creates_and_updates(embedded_aws: EmbeddedAws) -> None:
    """F4.2: with iam:PassRole on the administration role the same caller is let through."""
    stack_sets(embedded_aws)
    caller = as_user(embedded_aws, ["cloudformation:*", "iam:PassRole"])
    name = caller.create()

    assert caller.update(name, TemplateBody=a_template(default="two"))["Status"] == "SUCCEEDED"


def test_update_needs_the_right_to_pass_the_role_too(embedded_aws: EmbeddedAws) -> None:
    """F4.2: UpdateStackSet by a caller without iam:PassRole is refused and changes nothing."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    caller = as_user(embedded_aws, "cloudformation:*")

    with pytest.raises(ClientError) as error:
        caller.update(name, TemplateBody=a_template(default="two"))

    assert refusal(error) == ("AccessDenied", 403)
    assert sets.client.describe_stack_set(StackSetName=name)["StackSet"]["TemplateBody"] == a_template()


def test_call_itself_is_enforced(embedded_aws: EmbeddedAws) -> None:
    """A caller without cloudformation:CreateStackSet is denied before anything else is looked at."""
    with pytest.raises(ClientError, match="cloudformation:CreateStackSet") as error:
        as_user(embedded_aws, "iam:PassRole").create()

    assert refusal(error) == ("AccessDenied", 403)


def test_custom_administration_role_must_be_restated(embedded_aws: EmbeddedAws) -> None:
    """F4.2: an update that leaves out a customised administration role is refused."""
    sets = stack_sets(embedded_aws)
    administration = add_role(embedded_aws, a_name("admin"), CLOUDFORMATION, "sts:AssumeRole")
    name = sets.create(AdministrationRoleARN=administration)

    with pytest.raises(ClientError, match="AdministrationRoleARN must be specified") as error:
        sets.update(name, UsePreviousTemplate=True)

    assert refusal(error) == ("ValidationError", 400)
    assert sets.update(name, UsePreviousTemplate=True, AdministrationRoleARN=administration)["Status"] == "SUCCEEDED"


def test_other_accounts_get_their_own_stacks(embedded_aws: EmbeddedAws) -> None:
    """F4.1: the execution role of each target account is assumed, and the stack is made in that account."""
    sets = stack_sets(embedded_aws)
    administration = f"arn:aws:iam::{sets.account}:role/{ADMINISTRATION_ROLE}"
    add_role(embedded_aws, EXECUTION_ROLE, {"AWS": administration}, "*", account=OTHER_ACCOUNT)
    name = sets.create()

    operation = sets.add(name, (HOME_REGION,), Accounts=[sets.account, OTHER_ACCOUNT])

    assert operation["Status"] == "SUCCEEDED"
    stack_ids = {one["Account"]: one["StackId"] for one in sets.client.list_stack_instances(StackSetName=name)["Summaries"]}
    assert f":{OTHER_ACCOUNT}:stack/StackSet-{name}-" in stack_ids[OTHER_ACCOUNT]
    assert f":{sets.account}:stack/StackSet-{name}-" in stack_ids[sets.account]


def test_account_without_the_execution_role_fails_alone(embedded_aws: EmbeddedAws) -> None:
    """F4.10: with a failure tolerated the operation succeeds while one account's instance failed."""
    sets = stack_sets(embedded_aws)
    name = sets.create()
    preferences = {"FailureToleranceCount": 1, "MaxConcurrentCount": 2}

    operation = sets.add(name, (HOME_REGION,), Accounts=[sets.account, "777788889999"], OperationPreferences=preferences)

    assert operation["Status"] == "SUCCEEDED"
    assert operation["StatusDetails"]["FailedStackInstancesCount"] == 1
    assert {one["Account"]: one["Status"] for one in sets.summaries(name, operation)} == {
        sets.account: "SUCCEEDED",
        "777788889999": "FAILED",
    }
