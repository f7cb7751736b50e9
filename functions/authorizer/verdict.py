"""What an API Gateway REQUEST authorizer answers, as pure functions.

[docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html]
"""

from __future__ import annotations

from typing import Any, Literal

# One name for every caller: they share one key, and the key itself must never name anybody.
PRINCIPAL_ID = "payment-api-client"


def stage_arn(method_arn: str) -> str:
    """Return the ARN of every method of the stage in `method_arn` (arn:…:<api>/<stage>/<METHOD>/<path>).

    API Gateway caches one answer for a key and evaluates it for each method called: an answer for one method alone would refuse
    the next.
    """
    api, stage, *_ = method_arn.split("/", 2)
    return f"{api}/{stage}/*"


def verdict(effect: Literal["Allow", "Deny"], method_arn: str, *, key_version: str | None = None) -> dict[str, Any]:
    """Return the answer that allows or denies the whole stage; `key_version` (current, previous) goes to the access log's context."""
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": stage_arn(method_arn)}
    answer: dict[str, Any] = {
        "principalId": PRINCIPAL_ID,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
    if key_version:
        answer["context"] = {"keyVersion": key_version}
    return answer
