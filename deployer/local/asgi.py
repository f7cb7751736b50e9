"""The little of ASGI that the endpoint's front door and the edges share."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

_FORBIDDEN: Final = b'{"message":"Forbidden"}'


def host_of(scope: Scope) -> str:
    """Return the name a request is for, without port, in lower case; empty when it names none."""
    named = next((value for name, value in scope.get("headers", ()) if name.lower() == b"host"), b"")
    return str(named.decode("latin-1")).partition(":")[0].lower()


async def forbid(scope: Scope, send: Send) -> None:
    """Answer a request as API Gateway answers one that is for no API it may serve."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"application/json"), (b"x-amzn-errortype", b"ForbiddenException")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": _FORBIDDEN})


async def answer_json(send: Send, content: Any, status: int = 200) -> None:
    """Answer with `content` as JSON."""
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": json.dumps(content).encode()})


async def read_body(receive: Receive, bytes_max: int) -> bytes | None:
    """Return a request's body, None when it is longer than `bytes_max` or the client went away."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += bytes(message.get("body", b""))
        if len(body) > bytes_max:
            return None
        if not message.get("more_body"):
            return body


async def live(receive: Receive, send: Send) -> None:
    """Answer the start and the end of a listener whose application has nothing to do at either."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
