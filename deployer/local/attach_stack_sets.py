"""Where StackSets hold on to MiniStack: what `attach` does for everyone, for identity and templates.

`SEAMS` names every seam used here, checked when StackSets are registered. Like `attach`, to be imported only after the
process environment is settled.
"""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.iam_actions", ("identity_denial_message",)),
    ("ministack.core.iam_evaluator", ("EvalContext", "_verified_key", "enforce", "evaluate_resource_policy")),
    ("ministack.services.iam", ("_roles", "_gen_secret", "_gen_session_access_key", "_gen_session_token")),
    ("ministack.services.sts", ("register_session",)),
    ("ministack.services.cloudformation.engine", ("_parse_template",)),
    ("ministack.services.cloudformation.handlers", ("_required_capabilities",)),
    ("ministack.services.cloudformation.helpers", ("_resolve_document",)),
)
_SESSION_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCredentials:
    """The keys of a role's session, good for an hour."""

    access_key_id: str
    secret_access_key: str
    session_token: str


def service_session(role_arn: str, service: str, session_name: str, context: Mapping[str, str]) -> SessionCredentials:
    """Return a session of the role, assumed by an AWS service such as `cloudformation.amazonaws.com`.

    `context` holds the condition keys that come with the call, such as aws:SourceArn. Raises PermissionError when
    there is no such role or its trust policy does not let the service in.
    """
    from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
    from ministack.services import iam, sts

    account_id, role_name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    role = iam._roles.get_scoped(account_id, None, role_name)
    asked = EvalContext(
        principal_arn=service,
        principal_type="Service",
        principal_account=account_id,
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=attach.current_region(),
        service_context={key.lower(): value for key, value in context.items()},
    )
    if role is None or evaluate_resource_policy(role["AssumeRolePolicyDocument"], asked, service).decision != "Allow":
        raise PermissionError(f"{service} may not assume {role_arn}")
    keys = SessionCredentials(
        access_key_id=iam._gen_session_access_key(),
        secret_access_key=iam._gen_secret(),
        session_token=iam._gen_session_token(),
    )
    session = {
        "Arn": f"arn:aws:sts::{account_id}:assumed-role/{role_name}/{session_name}",
        "UserId": f"{role['RoleId']}:{session_name}",
        "SecretAccessKey": keys.secret_access_key,
        "SessionToken": keys.session_token,
        "Expiration": time.time() + _SESSION_SECONDS,
        "AccountId": account_id,
        "PrincipalType": "AssumedRole",
        "SourcePrincipalArn": service,
    }
    sts.register_session(keys.access_key_id, session)
    return keys


def register_sessions_one_at_a_time() -> None:
    """Let sessions be made on any thread: operations make theirs beside the event loop, and each looks through all of them."""
    from ministack.services import sts

    register, turn = sts.register_session, Lock()

    def register_in_turn(access_key: str, session: dict[str, Any]) -> None:
        with turn:
            register(access_key, session)

    sts.register_session = register_in_turn


def caller_denial(action: str, resource_arn: str, context: Mapping[str, str]) -> str:
    """Return why IAM denies the running request's caller this action too, in AWS's words; empty when it is allowed."""
    from ministack.core import iam_actions, iam_evaluator

    # The key whose signature this request has passed; root's is not checked and so is empty.
    caller = iam_evaluator._verified_key.get()
    service = action.split(":")[0]
    denied = iam_evaluator.enforce(caller, action, service, attach.current_region(), resource_arn, dict(context))
    if denied is None:
        return ""
    if isinstance(denied, iam_evaluator.AuthError):
        return str(denied.message)
    return str(iam_actions.identity_denial_message(action, denied.principal_arn, resource_arn, denied.decision == "Deny"))


def document_at(url: str) -> str:
    """Return the document behind a TemplateURL, 1 MB at most; raises LookupError in CloudFormation's words."""
    from ministack.services.cloudformation import helpers

    body, error = helpers._resolve_document({"TemplateURL": [url]}, "TemplateBody", "TemplateURL", "Template")
    if error is not None:
        message = re.search(r"<Message>(.*?)</Message>", error[2].decode(), re.DOTALL)
        raise LookupError(html.unescape(message[1]) if message else f"There is no template at {url}")
    return str(body)


def register_template_source(find: Callable[[str], str | None]) -> None:
    """Let CloudFormation ask `find` for the document of a TemplateURL before it looks anywhere else."""
    from ministack.services.cloudformation import helpers

    elsewhere = helpers._resolve_document

    def resolve(params: dict[str, Any], body_key: str, url_key: str, label: str) -> Any:
        values = params.get(url_key) or [""]
        found = find(values[0] if isinstance(values, list) else values)
        return (found, None) if found is not None else elsewhere(params, body_key, url_key, label)

    helpers._resolve_document = resolve


def parsed_template(body: str) -> dict[str, Any]:
    """Return a template's sections as CloudFormation reads them; raises ValueError in its words when it cannot."""
    from ministack.services.cloudformation.engine import _parse_template

    try:
        template = _parse_template(body)
    except Exception as error:
        raise ValueError(f"Template format error: {error}") from error
    if not isinstance(template, dict) or not template.get("Resources"):
        raise ValueError("Template format error: At least one Resources member must be defined.")
    return template


def capabilities_needed(template: dict[str, Any]) -> tuple[str, ...]:
    """Return the capabilities CreateStack demands for a parsed template."""
    from ministack.services.cloudformation.handlers import _required_capabilities

    return tuple(_required_capabilities(template, strict=True)[0])
