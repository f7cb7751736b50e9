"""An organization on the embedded AWS: who manages it, who administers its stack sets, and members in units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from tests.support.embedded import EmbeddedAws

STACK_SETS: Final = "member.org.stacksets.cloudformation.amazonaws.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An organization with everything active and trusted; `unit` holds the administrator and two members, one in a nested unit."""

    aws: EmbeddedAws
    management: str
    administrator: str
    members: tuple[str, str]
    root: str
    unit: str
    nested_unit: str

    def clients(self, service: str, region: str, account: str) -> Any:
        """Return a client of `service` as the root of one of the accounts."""
        return clients_of(self.aws, service, region, account)


def clients_of(aws: EmbeddedAws, service: str, region: str, account: str) -> Any:
    """Return a client of `service` in `region` as an account's root."""
    return aws.clients(service, region, aws_access_key_id=account, aws_secret_access_key=aws.state.secret_access_key)


def an_organization(aws: EmbeddedAws, administrator: str = "") -> Organization:
    """Return a new organization of four accounts; the administrator is a member that acts for StackSets.

    All are new, but for the administrator when it is given: an account that is invited.
    """
    management = _an_account()
    client = clients_of(aws, "organizations", "us-east-1", management)
    root = client.list_roots()["Roots"][0]["Id"]
    unit = client.create_organizational_unit(ParentId=root, Name="payments")["OrganizationalUnit"]["Id"]
    nested = client.create_organizational_unit(ParentId=unit, Name="spares")["OrganizationalUnit"]["Id"]
    first = _guest(aws, client, administrator) if administrator else _member(client, "administrator")
    accounts = [first, *(_member(client, name) for name in ("one", "two"))]
    for account, home in zip(accounts, (unit, unit, nested), strict=True):
        client.move_account(AccountId=account, SourceParentId=root, DestinationParentId=home)
    client.enable_aws_service_access(ServicePrincipal=STACK_SETS)
    client.register_delegated_administrator(AccountId=accounts[0], ServicePrincipal=STACK_SETS)
    return Organization(
        aws=aws,
        management=management,
        administrator=accounts[0],
        members=(accounts[1], accounts[2]),
        root=root,
        unit=unit,
        nested_unit=nested,
    )


def _member(client: Any, name: str) -> str:
    status = client.create_account(Email=f"{name}-{uuid4().hex[:8]}@example.com", AccountName=name)["CreateAccountStatus"]
    return str(status["AccountId"])


def _guest(aws: EmbeddedAws, client: Any, account: str) -> str:
    handshake = client.invite_account_to_organization(Target={"Type": "ACCOUNT", "Id": account})["Handshake"]["Id"]
    clients_of(aws, "organizations", "us-east-1", account).accept_handshake(HandshakeId=handshake)
    return account


def _an_account() -> str:
    return f"9{uuid4().int % 10**11:011d}"
