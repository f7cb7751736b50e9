"""What a service that is out answers, in the protocol it was called in. Pure.

Sources: "Error handling with DynamoDB", "Error responses", Amazon S3 API Reference, "Common errors" of the query services: a 503 that
SDKs take for passing and try again.
"""

from __future__ import annotations

import json
from typing import Final

from deployer.local.asgi import Scope

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]

_MESSAGE: Final = "The service is unavailable. Please try again shortly."


def service_unavailable(service: str, scope: Scope) -> Answer:
    """Return (status 503, headers, body) for a call to a service that answers nobody."""
    target = next((value for name, value in scope.get("headers", ()) if name.lower() == b"x-amz-target"), b"")
    if service == "s3":
        body = f"<?xml version='1.0' encoding='UTF-8'?><Error><Code>ServiceUnavailable</Code><Message>{_MESSAGE}</Message></Error>"
        return 503, [(b"content-type", b"application/xml")], body.encode()
    if target or service in ("lambda", "apigateway", "execute-api", "synthetics"):
        code = "ServiceUnavailable" if service == "dynamodb" else "ServiceUnavailableException"
        kind = b"application/x-amz-json-1.0" if target else b"application/json"
        body = json.dumps({"__type": code, "message": _MESSAGE})
        return 503, [(b"content-type", kind), (b"x-amzn-errortype", code.encode())], body.encode()
    body = (
        "<ErrorResponse><Error><Type>Receiver</Type><Code>ServiceUnavailable</Code>"
        f"<Message>{_MESSAGE}</Message></Error><RequestId>0</RequestId></ErrorResponse>"
    )
    return 503, [(b"content-type", b"text/xml")], body.encode()


def api_failure() -> Answer:
    """Return what API Gateway answers when what stands behind it fails: 500."""
    return 500, [(b"content-type", b"application/json")], b'{"message": "Internal server error"}'
