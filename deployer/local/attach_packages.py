"""Where the embedded AWS makes Lambda refuse a package that is not in its bucket.

MiniStack makes a function or layer without code of it, which is noticed when the function is called, if at all.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Final

from deployer.local import attach, attach_shared_packages

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.responses", ("error_response_json",)),
    ("ministack.services.lambda_svc", ("_create_function", "_update_code", "_publish_layer_version")),
    ("ministack.services.s3", ("_get_object_data", "bucket_region")),
)

Answer = tuple[int, dict[str, str], bytes]


def refuse_absent_packages() -> None:
    """Let Lambda's calls and CloudFormation's resources fail on a bucket, key or version that does not exist.

    Source: "Troubleshoot deployment issues in Lambda", AWS Lambda Developer Guide: "Error occurred while GetObject. S3 Error Code: …".
    """
    from ministack.services import lambda_svc

    lambda_svc._create_function = _refusing(lambda_svc._create_function, lambda data: data.get("Code"))
    lambda_svc._update_code = _refusing(lambda_svc._update_code, lambda data: data)
    lambda_svc._publish_layer_version = _refusing(lambda_svc._publish_layer_version, lambda data: data.get("Content"))
    for kind, setting in (("AWS::Lambda::Function", "Code"), ("AWS::Lambda::LayerVersion", "Content")):
        attach.guard_settings(kind, functools.partial(_check, setting))


def _refusing(call: Callable[..., Answer], place_in: Callable[[dict[str, Any]], Any]) -> Callable[..., Answer]:
    """Return a call of Lambda, whose last argument is the request's body, that refuses what is not there."""

    def refuse_or_call(*arguments: Any) -> Answer:
        from ministack.core.responses import error_response_json

        fault = _fault(place_in(arguments[-1]) or {})
        return error_response_json("InvalidParameterValueException", fault, 400) if fault else call(*arguments)

    return refuse_or_call


def _check(setting: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raise ValueError when a resource's package is not there; one that stays is not fetched again."""
    fault = _fault(new.get(setting) or {}) if new.get(setting) != old.get(setting) else ""
    if fault:
        raise ValueError(f"{fault} (Service: Lambda, Status Code: 400)")


def _fault(place: Mapping[str, Any]) -> str:
    """Return what S3 says of a package's place, "" when it is there or not in S3; that it is in another Region MiniStack says itself."""
    bucket, key, version = place.get("S3Bucket"), place.get("S3Key"), place.get("S3ObjectVersion")
    if not bucket or not key:
        return ""
    with attach.scope(attach_shared_packages.owner_of(bucket), attach.current_region()):
        code, message = _absent(bucket, key, version)
    if not code and not attach_shared_packages.may_read(bucket, key):
        code, message = "AccessDenied", "Access Denied"
    return f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}" if code else ""


def _absent(bucket: str, key: str, version: str | None) -> tuple[str, str]:
    """Return S3's error code and message for an object of the running account, empty ones when it is there."""
    from ministack.services import s3

    if s3.bucket_region(bucket) not in (None, attach.current_region()):
        return "", ""
    if s3.bucket_region(bucket) is None:
        return "NoSuchBucket", "The specified bucket does not exist"
    if s3._get_object_data(bucket, key) is None:
        return "NoSuchKey", "The specified key does not exist."
    if version and s3._get_object_data(bucket, key, version_id=version) is None:
        return "NoSuchVersion", "The specified version does not exist."
    return "", ""
