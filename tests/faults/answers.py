"""Errors as AWS's front sends them, in each service's own wire format, and what a network does instead of answering.

Formats: query services answer with an ErrorResponse document, S3 with an Error document and with none to HEAD, JSON services with a
`__type` [Smithy: AWS query, REST XML and JSON protocols].
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.httpsession import URLLib3Session
from botocore.model import OperationModel

_REQUEST_ID: Final = "00000000-0000-0000-0000-000000000000"
_SENT_SECONDS_MAX: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One error: its code and status, in S3's words where those differ."""

    code: str
    status: int
    s3_code: str
    s3_status: int
    message: str

    def answer(self, model: OperationModel, request: AWSPreparedRequest) -> AWSResponse:
        """Return the answer to a request of this operation."""
        service = model.service_model
        is_s3 = service.service_name == "s3"
        code, status = (self.s3_code, self.s3_status) if is_s3 else (self.code, self.status)
        headers = {"x-amzn-RequestId": _REQUEST_ID}
        error = f"<Error><Code>{code}</Code><Message>{self.message}</Message></Error>"
        if request.method == "HEAD":
            body = ""
        elif is_s3:
            body = error
        elif service.resolved_protocol in ("json", "rest-json"):
            headers |= {"x-amzn-ErrorType": code}
            body = json.dumps({"__type": code, "message": self.message})
        else:
            body = f"<ErrorResponse>{error}<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
        return AWSResponse(request.url, status, headers, _Body(body.encode()))


THROTTLED: Final = Refusal(code="Throttling", status=400, s3_code="SlowDown", s3_status=503, message="Rate exceeded")
BROKEN: Final = Refusal(
    code="InternalFailure",
    status=500,
    s3_code="InternalError",
    s3_status=500,
    message="We encountered an internal error.",
)
DENIED: Final = Refusal(
    code="AccessDenied", status=403, s3_code="AccessDenied", s3_status=403, message="User is not authorized to perform this action"
)
EXPIRED: Final = Refusal(
    code="ExpiredToken",
    status=403,
    s3_code="ExpiredToken",
    s3_status=400,
    message="The security token included in the request is expired",
)


def let_arrive(request: AWSPreparedRequest) -> None:
    """Send the request and forget the answer."""
    URLLib3Session(timeout=_SENT_SECONDS_MAX).send(request)


@dataclass(frozen=True, slots=True)
class _Body:
    """What botocore reads an answer from."""

    content: bytes

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.content

    def read(self, *_: object) -> bytes:
        return self.content
