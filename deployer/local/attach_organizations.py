"""Where the embedded AWS holds on to MiniStack's Organizations, which knows accounts and units but no delegated administrator.

Every account that asks gets an organization of its own there; an account that another one has made or invited belongs to that one's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.organizations", ("_DISPATCH", "_accounts", "_orgs", "_ous", "_roots", "_ensure_org")),
    ("ministack.core.iam_evaluator", ("_principal_org_id",)),
)
_GLOBAL: Final = "us-east-1"

Answer = tuple[int, dict[str, str], bytes]
Call = Callable[[dict[str, Any]], Answer]


def management_account(account_id: str) -> str:
    """Return the account that manages the organization this one is in, itself when nobody else does."""
    from ministack.services import organizations

    for (owner, key), _ in list(organizations._accounts.to_dict().items()):
        if key == account_id and owner != account_id:
            return str(owner)
    return account_id


def active_accounts(management_account_id: str, parent_id: str) -> tuple[tuple[str, str], ...]:
    """Return (account, its own unit or root) of every active account below a root or a unit, nested units included, sorted.

    The management account is among them, as Organizations lists it. Raises LookupError when there is no such parent.
    """
    from ministack.services import organizations

    with attach.scope(management_account_id, _GLOBAL):
        units = {unit: record.get("_ParentId") for unit, record in organizations._ous.items()}
        if parent_id not in units and parent_id not in organizations._roots:
            raise LookupError(f"OrganizationalUnit {parent_id} not found")
        below = {parent_id}
        # Every unit's parent is above it, so this ends after as many rounds as there are levels.
        while more := {unit for unit, parent in units.items() if parent in below} - below:
            below |= more
        return tuple(
            sorted(
                (str(account), str(record["_ParentId"]))
                for account, record in organizations._accounts.items()
                if record.get("_ParentId") in below and record.get("Status") == "ACTIVE"
            )
        )


def organization_path(account_id: str) -> str:
    """Return where a member account is, as aws:PrincipalOrgPaths has it (`o-…/r-…/ou-…/`); empty when it is in no organization."""
    from ministack.services import organizations

    management = management_account(account_id)
    with attach.scope(management, _GLOBAL):
        account, organization = organizations._accounts.get(account_id), organizations._orgs.get("self")
        if account is None or organization is None:
            return ""
        above = [str(account["_ParentId"])]
        while (unit := organizations._ous.get(above[-1])) is not None:
            above.append(str(unit["_ParentId"]))
        return "/".join((str(organization["Id"]), *reversed(above))) + "/"


def register_calls(calls: Mapping[str, Call]) -> None:
    """Let Organizations answer these calls, given the request's members."""
    from ministack.services import organizations

    organizations._DISPATCH.update(calls)


def read_through(may_read: Callable[[str, str], bool]) -> None:
    """Answer every call of a member account from its management account's organization where `may_read(member, call)`, and refuse others.

    Source: AWS Organizations API reference: most calls can be made from the management account or a delegated administrator only.
    """
    from ministack.services import organizations

    def through(name: str, call: Call) -> Call:
        def answer(request: dict[str, Any]) -> Answer:
            caller = attach.current_account()
            management = management_account(caller)
            if management == caller:
                return call(request)
            if not may_read(caller, name):
                return refused("AccessDeniedException", "You don't have permissions to access this resource.")
            with attach.scope(management, _GLOBAL):
                return call(request)

        return answer

    organizations._DISPATCH.update({name: through(name, call) for name, call in list(organizations._DISPATCH.items())})


def tell_members_their_organization() -> None:
    """Let aws:PrincipalOrgID of a member account be the organization it is a member of."""
    from ministack.core import iam_evaluator

    own = iam_evaluator._principal_org_id
    iam_evaluator._principal_org_id = lambda account_id: own(management_account(account_id))


def settle_organization() -> None:
    """Make sure that the running account has an organization, as Organizations does at the first call."""
    from ministack.services import organizations

    organizations._ensure_org()


def join(management_account_id: str, account_id: str) -> None:
    """Make an account that exists a member of an organization, below its root."""
    from ministack.services import organizations

    with attach.scope(management_account_id, _GLOBAL):
        organizations._ensure_org()
        organization = organizations._orgs["self"]["Id"]
        organizations._accounts[account_id] = {
            "Id": account_id,
            "Arn": f"arn:aws:organizations::{management_account_id}:account/{organization}/{account_id}",
            "Email": f"{account_id}@example.com",
            "Name": account_id,
            "Status": "ACTIVE",
            "JoinedMethod": "INVITED",
            "JoinedTimestamp": int(time.time()),
            "Path": "/",
            "_ParentId": next(iter(organizations._roots)),
        }


def said(content: Mapping[str, Any]) -> Answer:
    """Return Organizations' answer with these members."""
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(content).encode()


def refused(code: str, message: str) -> Answer:
    """Return Organizations' refusal."""
    return 400, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"__type": code, "Message": message}).encode()
