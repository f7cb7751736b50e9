"""Service-managed stack sets: the organization's units are the targets, and its service does the work instead of roles."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded import EmbeddedAws
from tests.support.organizations import STACK_SETS, Organization, an_organization
from tests.support.stack_set_rules import HOME_REGION, PEER_REGION, StackSets, a_name, a_template, refusal

SERVICE_MANAGED = {"PermissionModel": "SERVICE_MANAGED", "AutoDeployment": {"Enabled": False}}
DELEGATED = {"CallAs": "DELEGATED_ADMIN"}


class Managed:
    """Stack sets of an organization, as its delegated administrator calls them."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws
        self.organization: Organization = an_organization(aws)
        self.client = self.organization.clients("cloudformation", HOME_REGION, self.organization.administrator)

    def create(self, template: str = "", **members: Any) -> str:
        """Create a stack set; return its name."""
        name = a_name()
        self.client.create_stack_set(StackSetName=name, TemplateBody=template or a_template(), **SERVICE_MANAGED, **DELEGATED, **members)
        return name

    def add(self, name: str, regions: tuple[str, ...] = (HOME_REGION,), **targets: Any) -> dict[str, Any]:
        """Create instances in the units given, the whole one otherwise; return the operation once it has ended."""
        answer = self.client.create_stack_instances(
            StackSetName=name,
            DeploymentTargets={"OrganizationalUnitIds": [self.organization.unit]} | targets,
            Regions=list(regions),
            **DELEGATED,
        )
        return self.ended(name, answer["OperationId"])

    def ended(self, name: str, operation_id: str) -> dict[str, Any]:
        """Wait as the management account, which the stack set belongs to."""
        owner = self.organization.clients("cloudformation", HOME_REGION, self.organization.management)
        return StackSets(aws=self.aws, client=owner).ended(name, operation_id)

    def places(self, name: str) -> dict[tuple[str, str], str]:
        """Return the unit of each instance by account and Region."""
        listed = self.client.list_stack_instances(StackSetName=name, **DELEGATED)["Summaries"]
        return {(one["Account"], one["Region"]): one["OrganizationalUnitId"] for one in listed}


@pytest.fixture
def managed(embedded_aws: EmbeddedAws) -> Managed:
    """Return an organization of its own."""
    return Managed(embedded_aws)


def test_unit_stands_for_every_account_below_it(managed: Managed) -> None:
    """Nested units count; no role was made by anybody, and each stack is in its own account."""
    name, organization = managed.create(), managed.organization

    operation = managed.add(name, (HOME_REGION, PEER_REGION))

    assert operation["Status"] == "SUCCEEDED"
    assert operation["DeploymentTargets"] == {"OrganizationalUnitIds": [organization.unit]}
    assert managed.places(name) == {
        (account, region): unit
        for account, unit in zip(
            (organization.administrator, *organization.members),
            (organization.unit, organization.unit, organization.nested_unit),
            strict=True,
        )
        for region in (HOME_REGION, PEER_REGION)
    }
    member = organization.clients("cloudformation", PEER_REGION, organization.members[1])
    assert [stack["StackStatus"] for stack in member.describe_stacks()["Stacks"]] == ["CREATE_COMPLETE"]


def test_management_account_gets_no_stack(managed: Managed) -> None:
    """It is in the root like the others, and is left out."""
    name = managed.create()

    managed.add(name, OrganizationalUnitIds=[managed.organization.root])

    assert managed.organization.management not in {account for account, _ in managed.places(name)}
    assert managed.organization.administrator in {account for account, _ in managed.places(name)}


@pytest.mark.parametrize(("choice", "chosen"), [("INTERSECTION", {"first"}), ("DIFFERENCE", {"administrator", "second"})])
def test_accounts_narrow_a_unit(managed: Managed, choice: str, chosen: set[str]) -> None:
    """INTERSECTION takes the accounts named, DIFFERENCE all others."""
    name, organization = managed.create(), managed.organization
    names = {organization.administrator: "administrator", organization.members[0]: "first", organization.members[1]: "second"}

    managed.add(name, Accounts=[organization.members[0]], AccountFilterType=choice)

    assert {names[account] for account, _ in managed.places(name)} == chosen


def test_stack_set_belongs_to_the_management_account(managed: Managed) -> None:
    """A delegated administrator's is seen by the management account, and by the administrator only when acting as one."""
    name = managed.create()
    owner = managed.organization.clients("cloudformation", HOME_REGION, managed.organization.management)

    described = owner.describe_stack_set(StackSetName=name)["StackSet"]

    assert f":{managed.organization.management}:stackset/{name}" in described["StackSetARN"]
    assert (described["PermissionModel"], described["AutoDeployment"]) == ("SERVICE_MANAGED", {"Enabled": False})
    with pytest.raises(ClientError, match="not found"):
        managed.client.describe_stack_set(StackSetName=name)


def test_only_a_delegated_administrator_acts_as_one(managed: Managed) -> None:
    """Another member is refused."""
    member = managed.organization.clients("cloudformation", HOME_REGION, managed.organization.members[0])

    with pytest.raises(ClientError, match="delegated admin account") as error:
        member.list_stack_sets(**DELEGATED)

    assert refusal(error) == ("ValidationError", 400)


def test_trusted_access_is_needed(managed: Managed) -> None:
    """Taken away, no service-managed stack set can be made; given back, it can."""
    owner = managed.organization.clients("cloudformation", HOME_REGION, managed.organization.management)
    owner.deactivate_organizations_access()

    assert owner.describe_organizations_access()["Status"] == "DISABLED"
    with pytest.raises(ClientError, match="enable organizations access"):
        managed.create()

    owner.activate_organizations_access()

    assert managed.create()


@pytest.mark.parametrize(
    ("members", "said"),
    [
        pytest.param({"AdministrationRoleARN": "arn:aws:iam::111122223333:role/any"}, "only with SELF_MANAGED", id="role"),
        pytest.param({"AutoDeployment": {"Enabled": True}}, "not imitated", id="auto deployment"),
    ],
)
def test_what_does_not_go_with_it_is_refused(managed: Managed, members: dict[str, Any], said: str) -> None:
    """Roles belong to the other permission model."""
    request = {"StackSetName": a_name(), "TemplateBody": a_template(), **SERVICE_MANAGED, **DELEGATED, **members}

    with pytest.raises(ClientError, match=said):
        managed.client.create_stack_set(**request)


def test_accounts_alone_are_no_target(managed: Managed) -> None:
    """Accounts belong to self-managed stack sets; an unknown unit is no target either."""
    name = managed.create()

    with pytest.raises(ClientError, match="can only have Organizational Units as target"):
        managed.client.create_stack_instances(
            StackSetName=name, Accounts=[managed.organization.members[0]], Regions=[HOME_REGION], **DELEGATED
        )
    with pytest.raises(ClientError, match="ou-none-00000000 not found"):
        managed.add(name, OrganizationalUnitIds=["ou-none-00000000"])


def test_update_and_deletion_take_targets_too(managed: Managed) -> None:
    """An update of one account outdates the others (F4.7); deletion of the unit leaves nothing."""
    name, organization = managed.create(), managed.organization
    managed.add(name)
    one = {"OrganizationalUnitIds": [organization.unit], "Accounts": [organization.members[0]], "AccountFilterType": "INTERSECTION"}

    update = managed.client.update_stack_set(
        StackSetName=name, TemplateBody=a_template(default="two"), DeploymentTargets=one, Regions=[HOME_REGION], **DELEGATED
    )
    managed.ended(name, update["OperationId"])

    listed = managed.client.list_stack_instances(StackSetName=name, **DELEGATED)["Summaries"]
    assert {one["Account"] for one in listed if one["Status"] == "CURRENT"} == {organization.members[0]}
    gone = managed.client.delete_stack_instances(
        StackSetName=name,
        DeploymentTargets={"OrganizationalUnitIds": [organization.unit]},
        Regions=[HOME_REGION],
        RetainStacks=False,
        **DELEGATED,
    )
    assert managed.ended(name, gone["OperationId"])["Status"] == "SUCCEEDED"
    assert managed.places(name) == {}


def test_account_that_is_invited_is_a_member_once_it_accepts(managed: Managed) -> None:
    """Not before, not for anybody else, and only of one organization."""
    organization, account = managed.organization, "444455556666"
    manager = organization.clients("organizations", "us-east-1", organization.management)
    guest, stranger = (organization.clients("organizations", "us-east-1", one) for one in (account, "777788889999"))

    handshake = manager.invite_account_to_organization(Target={"Type": "ACCOUNT", "Id": account})["Handshake"]["Id"]
    before = {one["Id"] for one in manager.list_accounts()["Accounts"]}
    with pytest.raises(ClientError, match="can't find a handshake"):
        stranger.accept_handshake(HandshakeId=handshake)
    guest.accept_handshake(HandshakeId=handshake)

    assert account not in before
    assert account in {one["Id"] for one in manager.list_accounts()["Accounts"]}
    assert guest.describe_organization()["Organization"]["MasterAccountId"] == organization.management
    with pytest.raises(ClientError, match="already in an organization"):
        manager.invite_account_to_organization(Target={"Type": "ACCOUNT", "Id": account})


def test_administrator_reads_the_organization_and_members_do_not(managed: Managed) -> None:
    """A delegated administrator lists accounts as the management account does; another member may ask for the organization only."""
    organization = managed.organization
    administrator = organization.clients("organizations", "us-east-1", organization.administrator)
    member = organization.clients("organizations", "us-east-1", organization.members[0])

    listed = administrator.list_accounts_for_parent(ParentId=organization.nested_unit)["Accounts"]

    assert [account["Id"] for account in listed] == [organization.members[1]]
    assert member.describe_organization()["Organization"]["MasterAccountId"] == organization.management
    with pytest.raises(ClientError, match="permissions"):
        member.list_accounts()
    with pytest.raises(ClientError, match="permissions"):
        administrator.register_delegated_administrator(AccountId=organization.members[0], ServicePrincipal=STACK_SETS)
