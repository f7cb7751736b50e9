"""Where the embedded AWS holds on to MiniStack's Secrets Manager: rotations, and replicas that follow.

MiniStack's RotateSecret calls no function but copies the current value, and its replicas follow at once. What a rotation does, and
when, is `secret_rotation`'s. Each function here says what AWS does.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.responses", ("error_response_json", "json_response")),
    (
        "ministack.services.secretsmanager",
        (
            *("_secrets", "_resolve", "_find_stage_version", "_sync_replicas", "_is_replica", "handle_request"),
            *("_rotate_secret", "_describe_secret", "_get_secret_value", "_put_secret_value"),
        ),
    ),
    ("ministack.services.lambda_svc", ("function_policy_for_arn",)),
)
_CURRENT: Final = "AWSCURRENT"
_PENDING: Final = "AWSPENDING"
_DAY_SECONDS: Final = 86400
_NOT_LET_IN: Final = (
    "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal "
    "secretsmanager.amazonaws.com."
)

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class RotationAsked:
    """A rotation that has begun: whose secret it is, the function to call, the version it makes, and whether it only tries the function."""

    account_id: str
    region: str
    secret_arn: str
    function_arn: str
    version_id: str
    trial: bool


def follow_after(seconds: float) -> None:
    """Let replicas have a change after a while, with `InProgress` in the primary's ReplicationStatus until then (F8.1)."""
    from ministack.services import secretsmanager

    copy_now = secretsmanager._sync_replicas

    def copy(secret: dict[str, Any]) -> None:
        # Regions whose way is shut, which `copies` looks after.
        waiting = copy_now(secret) or ()
        for status in secret.get("ReplicationStatus", ()):
            if status["Region"] not in waiting:
                status["Status"] = "InSync"

    def copy_later(secret: dict[str, Any]) -> None:
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # CloudFormation's own thread, where a resource is done when it is done.
            copy(secret)
            return
        for status in secret.get("ReplicationStatus", ()):
            status["Status"] = "InProgress"
        loop.call_later(seconds, copy, secret)

    secretsmanager._sync_replicas = copy_later


def keep_versions_apart() -> None:
    """Answer no value for a version that has none, and give a version its value once.

    Source: PutSecretValue, "This operation is idempotent", and VersionIdsToStages of DescribeSecret, AWS Secrets Manager API Reference.
    """
    from ministack.services import secretsmanager

    get, put = secretsmanager._get_secret_value, secretsmanager._put_secret_value

    def get_value(data: dict[str, Any]) -> Answer:
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        version_id, version = _asked_version(secret or {"Versions": {}}, data)
        stage = data.get("VersionStage")
        if version and (_is_empty(version) or (data.get("VersionId") and stage and stage not in version["Stages"])):
            which = f"VersionId: {version_id}" if data.get("VersionId") else f"staging label: {stage or _CURRENT}"
            return _refused("ResourceNotFoundException", f"Secrets Manager can't find the specified secret value for {which}")
        return get(data)  # type: ignore[no-any-return]

    def put_value(data: dict[str, Any]) -> Answer:
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        version_id = data.get("ClientRequestToken")
        there = secret["Versions"].get(version_id) if secret else None
        if there and not _is_empty(there):
            if there.get("SecretString") != data.get("SecretString"):
                in_use = f"You can't use ClientRequestToken {version_id} because that value is already in use for a version of secret"
                return _refused("ResourceExistsException", f"{in_use} {secret['ARN']}.")
            return _said({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version_id, "VersionStages": there["Stages"]})
        if secret:
            # A label is on one version at a time.
            _take_labels(secret, set(data.get("VersionStages", ())) - {_CURRENT}, version_id)
        return put(data)  # type: ignore[no-any-return]

    secretsmanager._get_secret_value, secretsmanager._put_secret_value = get_value, put_value


def rotate_by(may_call: Callable[[str, Mapping[str, str]], bool], start: Callable[[RotationAsked], None]) -> None:
    """Let RotateSecret name a version, call `start` with it and return; and know CancelRotateSecret.

    `may_call(function ARN, condition keys)` tells whether Secrets Manager may call the function.
    Source: RotateSecret and CancelRotateSecret, AWS Secrets Manager API Reference.
    """
    from ministack.services import secretsmanager

    own, handle = secretsmanager._rotate_secret, secretsmanager.handle_request

    def rotate(data: dict[str, Any]) -> Answer:
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if not secret or secret.get("DeletedDate") or secretsmanager._is_replica(secret):
            return own(data)  # type: ignore[no-any-return]
        function_arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
        if not function_arn:
            return _refused("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
        if not may_call(function_arn, {"aws:SourceArn": secret["ARN"], "aws:SourceAccount": attach.current_account()}):
            return _refused("AccessDeniedException", _NOT_LET_IN)
        pending, _ = secretsmanager._find_stage_version(secret, _PENDING)
        current, version = secretsmanager._find_stage_version(secret, _CURRENT)
        if pending and pending != current:
            start(_asked(secret, function_arn, pending, trial=False))
            return _refused("InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted.")
        trial = data.get("RotateImmediately") is False
        secret |= {
            "RotationEnabled": True,
            "RotationLambdaARN": function_arn,
            "RotationRules": data.get("RotationRules") or secret.get("RotationRules"),
        }
        version_id = str(data["ClientRequestToken"])
        _take_labels(secret, {_PENDING}, version_id)
        # A trial brings along what is there; a rotation leaves it to the function to make something new.
        value = {"SecretString": version["SecretString"] if trial else None, "SecretBinary": None}
        secret["Versions"][version_id] = {**value, "CreatedDate": int(time.time()), "Stages": [_PENDING]}
        secretsmanager._sync_replicas(secret)
        start(_asked(secret, function_arn, version_id, trial=trial))
        return _said({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": version_id})

    async def handle_more(method: str, path: str, headers: dict[str, str], body: bytes, query_params: Any) -> Any:
        if headers.get("x-amz-target", "").endswith(".CancelRotateSecret"):
            return _cancel(body)
        return await handle(method, path, headers, body, query_params)

    secretsmanager._rotate_secret, secretsmanager.handle_request = rotate, handle_more


def tell_of_rotations() -> None:
    """Let DescribeSecret show when a secret was rotated last and when it will be next."""
    from ministack.services import secretsmanager

    describe = secretsmanager._describe_secret

    def describe_more(data: dict[str, Any]) -> Answer:
        status, headers, body = describe(data)
        _, secret = secretsmanager._resolve(data.get("SecretId"))
        if status != 200 or not secret:
            return status, headers, body
        rotated, days = secret.get("LastRotatedDate"), (secret.get("RotationRules") or {}).get("AutomaticallyAfterDays")
        more = {"LastRotatedDate": rotated} if rotated else {}
        if secret.get("RotationEnabled") and days:
            more["NextRotationDate"] = (rotated or secret["CreatedDate"]) + int(days) * _DAY_SECONDS
        return _said(_content(body) | more)

    secretsmanager._describe_secret = describe_more


def function_policy(function_arn: str) -> str:
    """Return a function's policy as JSON text, empty when there is no such function."""
    from ministack.services import lambda_svc

    found = lambda_svc.function_policy_for_arn(function_arn)
    return json.dumps(found[0]) if found else ""


def end_rotation(asked: RotationAsked) -> bool:
    """Take the pending label off after the function's last step; return whether the rotation's version is the current one.

    What a trial made is taken away again. On the event loop.
    """
    from ministack.services import secretsmanager

    with attach.scope(asked.account_id, asked.region):
        _, secret = secretsmanager._resolve(asked.secret_arn)
        if not secret:
            return False
        version = secret["Versions"].get(asked.version_id)
        rotated = bool(version and _CURRENT in version["Stages"])
        if rotated:
            secret["LastRotatedDate"] = int(time.time())
        if rotated or asked.trial:
            _take_labels(secret, {_PENDING}, None)
        secretsmanager._sync_replicas(secret)
        return rotated


def _cancel(body: bytes) -> Answer:
    from ministack.services import secretsmanager

    _, secret = secretsmanager._resolve(_content(body).get("SecretId"))
    if not secret:
        return _refused("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    secret["RotationEnabled"] = False
    return _said({"ARN": secret["ARN"], "Name": secret["Name"]})


def _asked(secret: Mapping[str, Any], function_arn: str, version_id: str, *, trial: bool) -> RotationAsked:
    return RotationAsked(
        account_id=attach.current_account(),
        region=attach.current_region(),
        secret_arn=secret["ARN"],
        function_arn=function_arn,
        version_id=version_id,
        trial=trial,
    )


def _asked_version(secret: Mapping[str, Any], data: Mapping[str, Any]) -> tuple[str | None, Any]:
    from ministack.services import secretsmanager

    if data.get("VersionId"):
        return data["VersionId"], secret["Versions"].get(data["VersionId"])
    return secretsmanager._find_stage_version(secret, data.get("VersionStage", _CURRENT))  # type: ignore[no-any-return]


def _is_empty(version: Mapping[str, Any]) -> bool:
    return version.get("SecretString") is None and version.get("SecretBinary") is None


def _take_labels(secret: dict[str, Any], labels: set[str], kept_by: str | None) -> None:
    """Take labels off every version but one; a version without a label is gone."""
    for version_id, version in list(secret["Versions"].items()):
        if version_id != kept_by and labels & set(version["Stages"]):
            version["Stages"] = [label for label in version["Stages"] if label not in labels]
            if not version["Stages"]:
                del secret["Versions"][version_id]


def _content(body: bytes) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(body or b"{}")
    return content


def _said(content: Mapping[str, Any]) -> Answer:
    from ministack.core.responses import json_response

    return json_response(dict(content))  # type: ignore[no-any-return]


def _refused(code: str, message: str) -> Answer:
    from ministack.core.responses import error_response_json

    return error_response_json(code, message, 400)  # type: ignore[no-any-return]
