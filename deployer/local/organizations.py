"""AWS Organizations beyond what MiniStack has: trusted access of services and delegated administrators.

A service with trusted access may work in the organization's accounts; a delegated administrator is a member account that may act for
that service as the management account does, and may read the organization. StackSets with service-managed permissions need both.
Source: AWS Organizations API reference; CloudFormation user guide: "Activate trusted access", "Register a delegated administrator".
"""

from __future__ import annotations

from typing import Any, Final
from uuid import uuid4

from deployer.local import attach, attach_organizations
from deployer.local.attach_organizations import Answer, refused, said

STACK_SETS_PRINCIPAL: Final = "member.org.stacksets.cloudformation.amazonaws.com"

# What a delegated administrator of any service may ask; any member may ask for the organization itself.
_READABLE: Final = frozenset(
    {
        "DescribeAccount",
        "DescribeOrganizationalUnit",
        "ListAWSServiceAccessForOrganization",
        "ListAccounts",
        "ListAccountsForParent",
        "ListDelegatedAdministrators",
        "ListOrganizationalUnitsForParent",
        "ListParents",
        "ListRoots",
    }
)
# (management account, service principal), and with the member account that administers for it.
_trusted: set[tuple[str, str]] = set()
_delegated: set[tuple[str, str, str]] = set()
# Handshake to (management account, account that is invited).
_invitations: dict[str, tuple[str, str]] = {}


def register() -> None:
    """Let the embedded AWS of this process answer the calls below, and members read what they may."""
    attach.verify(attach_organizations.SEAMS)
    attach_organizations.register_calls(
        {
            "EnableAWSServiceAccess": _enable,
            "DisableAWSServiceAccess": _disable,
            "ListAWSServiceAccessForOrganization": _list_access,
            "RegisterDelegatedAdministrator": _delegate,
            "DeregisterDelegatedAdministrator": _take_back,
            "ListDelegatedAdministrators": _list_delegated,
            "InviteAccountToOrganization": _invite,
            "AcceptHandshake": _accept,
        }
    )
    attach_organizations.read_through(lambda member, call: call == "DescribeOrganization" or (call in _READABLE and is_delegated(member)))
    attach_organizations.tell_members_their_organization()


def is_trusted(management_account: str, principal: str = STACK_SETS_PRINCIPAL) -> bool:
    """Return whether the service has trusted access to this account's organization."""
    return (management_account, principal) in _trusted


def trust(management_account: str, principal: str = STACK_SETS_PRINCIPAL) -> None:
    """Give the service trusted access."""
    _trusted.add((management_account, principal))


def distrust(management_account: str, principal: str = STACK_SETS_PRINCIPAL) -> None:
    """Take trusted access away."""
    _trusted.discard((management_account, principal))


def is_delegated(account: str, principal: str = "") -> bool:
    """Return whether the account administers for this service, for any service when none is given."""
    management = attach_organizations.management_account(account)
    return any(one[:2] == (management, account) and principal in ("", one[2]) for one in _delegated)


def _enable(request: dict[str, Any]) -> Answer:
    attach_organizations.settle_organization()
    trust(attach.current_account(), request["ServicePrincipal"])
    return said({})


def _disable(request: dict[str, Any]) -> Answer:
    distrust(attach.current_account(), request["ServicePrincipal"])
    return said({})


def _list_access(request: dict[str, Any]) -> Answer:
    mine = sorted(principal for management, principal in _trusted if management == attach.current_account())
    return said({"EnabledServicePrincipals": [{"ServicePrincipal": principal} for principal in mine]})


def _delegate(request: dict[str, Any]) -> Answer:
    management, account, principal = attach.current_account(), request["AccountId"], request["ServicePrincipal"]
    if account == management:
        return refused("ConstraintViolationException", "You cannot register the management account as a delegated administrator.")
    if attach_organizations.management_account(account) != management:
        return refused("AccountNotFoundException", f"Account {account} is no member of the organization.")
    if (management, account, principal) in _delegated:
        return refused("AccountAlreadyRegisteredException", "The account is already a delegated administrator for this service.")
    _delegated.add((management, account, principal))
    return said({})


def _take_back(request: dict[str, Any]) -> Answer:
    one = (attach.current_account(), request["AccountId"], request["ServicePrincipal"])
    if one not in _delegated:
        return refused("AccountNotRegisteredException", "The account is no delegated administrator for this service.")
    _delegated.remove(one)
    return said({})


def _list_delegated(request: dict[str, Any]) -> Answer:
    wanted = request.get("ServicePrincipal", "")
    management = attach.current_account()
    accounts = sorted({account for owner, account, principal in _delegated if owner == management and wanted in ("", principal)})
    return said({"DelegatedAdministrators": [{"Id": account} for account in accounts]})


def _invite(request: dict[str, Any]) -> Answer:
    attach_organizations.settle_organization()
    management, account = attach.current_account(), request["Target"]["Id"]
    if attach_organizations.management_account(account) != account:
        return refused("HandshakeConstraintViolationException", f"Account {account} is already in an organization.")
    handshake = f"h-{uuid4().hex[:8]}"
    _invitations[handshake] = management, account
    return _handshake(handshake, "OPEN")


def _accept(request: dict[str, Any]) -> Answer:
    management, account = _invitations.get(request["HandshakeId"], ("", ""))
    if account != attach.current_account():
        return refused("HandshakeNotFoundException", "We can't find a handshake with the HandshakeId that you specified.")
    del _invitations[request["HandshakeId"]]
    attach_organizations.join(management, account)
    return _handshake(request["HandshakeId"], "ACCEPTED")


def _handshake(handshake: str, state: str) -> Answer:
    return said({"Handshake": {"Id": handshake, "Action": "INVITE", "State": state}})
