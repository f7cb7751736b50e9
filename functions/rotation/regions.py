"""What a rotation asks of each Region: whether the new key has arrived there, and whether a caller who sends it is let in.

The second question goes to the authorizer itself and not to the API: its answer is what decides, nothing on the way there can
keep an answer of before, and it needs no name that is delegated yet.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

PENDING: Final = "AWSPENDING"


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One Region: its name, a Secrets Manager and a Lambda client for it, and the ARN of its authorizer's live version."""

    name: str
    secrets: Any
    functions: Any
    authorizer_arn: str

    def holds(self, secret_id: str, version_id: str, text: str) -> bool:
        """Say whether this Region's copy of the secret has that version, pending, with that text; no when it does not answer.

        The text and not the label alone: a version is named, and its name may be copied, before it is given a value.
        """
        try:
            held = self.secrets.get_secret_value(SecretId=secret_id, VersionId=version_id, VersionStage=PENDING)
        except (BotoCoreError, ClientError):
            return False
        return bool(held.get("SecretString") == text)

    def accepts(self, key: str) -> bool:
        """Say whether the authorizer lets a caller with `key` in; no when it fails or cannot be asked."""
        try:
            answer = self.functions.invoke(FunctionName=self.authorizer_arn, Payload=json.dumps(request_with(key, self.name)).encode())
            if answer.get("FunctionError"):
                return False
            statement = json.loads(answer["Payload"].read())["policyDocument"]["Statement"][0]
        except (BotoCoreError, ClientError, ValueError, KeyError, IndexError, TypeError):
            return False
        return bool(statement["Effect"] == "Allow")


def request_with(key: str, region: str) -> dict[str, Any]:
    """Return what API Gateway hands a REQUEST authorizer for a request that carries `key`, as far as ours looks at it."""
    return {
        "type": "REQUEST",
        "methodArn": f"arn:aws:execute-api:{region}:000000000000:rotation/live/GET/payment",
        "headers": {"x-api-key": key},
        "multiValueHeaders": {"x-api-key": [key]},
        "requestContext": {"extendedRequestId": "rotation"},
    }
