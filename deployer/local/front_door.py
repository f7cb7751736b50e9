"""What the plain endpoint lets through to MiniStack: the AWS APIs, but neither a disabled API nor a way to wipe all.

MiniStack's own administration needs no credentials, and any page open in a browser can reach a loopback port; so it is
shut here, except for what says whether the server lives and what CloudFormation's callbacks need.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local import attach_api_gateway
from deployer.local.asgi import Application, Receive, Scope, Send, answer_json, forbid, host_of
from deployer.local.fault_api import FaultApi

_API_PATH: Final = re.compile(r"^/(?:_aws/execute-api|restapis)/(?P<id>[^/]+)/(?P<rest>.*)$")
_API_HOST: Final = re.compile(r"^(?P<id>[a-z0-9]+)\.execute-api\.")
_OPEN_ADMINISTRATION: Final = (
    "/_ministack/health",
    "/_ministack/ready",
    "/_ministack/cfn-response/",
    "/_ministack/cfn-signal/",
    "/_ministack/lambda-code/",
    "/_ministack/lambda-layers/",
)


def front_door(application: Application, answers: Mapping[str, Callable[[], Any]], faults: FaultApi) -> Application:
    """Return an ASGI application that hands on to `application` what the endpoint may serve, and answers 403 to the rest.

    `answers` maps a path of our own to what it answers as JSON; `faults` answers for paths of its own.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and _is_shut(scope):
            await forbid(scope, send)
            return
        if scope["type"] == "http" and scope["path"] in answers:
            await answer_json(send, answers[scope["path"]]())
            return
        if scope["type"] == "http" and faults.serves(scope["path"]):
            await faults.serve(scope, receive, send)
            return
        await application(scope, receive, send)

    return serve


def _is_shut(scope: Scope) -> bool:
    path = scope["path"]
    if path.startswith(("/_ministack/", "/_localstack/")):
        return not path.startswith(_OPEN_ADMINISTRATION)
    api_id = _called_api(scope)
    return api_id is not None and attach_api_gateway.has_closed_endpoint(api_id)


def _called_api(scope: Scope) -> str | None:
    """Return the id of the API a request invokes at its own endpoint, or None for any other request."""
    by_host = _API_HOST.match(host_of(scope))
    if by_host:
        return by_host["id"]
    by_path = _API_PATH.match(scope["path"])
    if by_path and (scope["path"].startswith("/_aws/") or "/_user_request_" in by_path["rest"]):
        return by_path["id"]
    return None
