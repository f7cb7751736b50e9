"""Which service in which Region a request to the endpoint is for, by what it was signed for or, unsigned, by host or path.

Pure. Source: "Create a signed AWS API request", IAM User Guide: the credential scope is `<key>/<date>/<Region>/<service>/aws4_request`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs

from deployer.local.asgi import Scope, host_of
from deployer.local.faults import CONTROL_PLANE_REGION, GLOBAL_SERVICES

_SIGNED: Final = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[a-z0-9-]+)/(?P<service>[a-z0-9-]+)/aws4_request")
_HOST: Final = re.compile(r"(?:^|\.)(?P<service>[a-z0-9-]+)[.-](?P<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com$")
_API_PATH: Final = re.compile(r"^/(?:_aws/execute-api|restapis)/(?P<id>[^/]+)/")
_BUCKET_PATH: Final = re.compile(r"^/(?P<bucket>[^/]+)(?P<key>/.+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledService:
    """A service, by its signing name, in a Region; `changes_bucket` when it is a call to the control plane of buckets.

    `caller` is the Region of the function that calls, None for a call from outside.
    """

    service: str
    region: str
    changes_bucket: bool = False
    caller: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where what a request names is: an API by its id, a bucket by its name, a function by its access key; None for what is not there."""

    region_of_api: Callable[[str], str | None]
    region_of_bucket: Callable[[str], str | None]
    region_of_function: Callable[[str], str | None]


def called_service(scope: Scope, whereabouts: Whereabouts) -> CalledService | None:
    """Return what a request calls, None for what belongs to no Region. A bucket is served where it is, whatever a call was signed for."""
    signed = _SIGNED.search(_credential(scope))
    if signed:
        service, region, caller = signed["service"], signed["region"], whereabouts.region_of_function(signed["key"])
        if service in GLOBAL_SERVICES:
            return CalledService(service=service, region=CONTROL_PLANE_REGION, caller=caller)
        bucket = _BUCKET_PATH.match(scope["path"]) if service == "s3" else None
        if bucket is None:
            return CalledService(service=service, region=region, caller=caller)
        changes = scope["method"] in ("PUT", "DELETE") and bucket["key"] is None
        place = whereabouts.region_of_bucket(bucket["bucket"])
        return CalledService(service=service, region=place or region, changes_bucket=changes, caller=caller)
    by_host = _HOST.search(host_of(scope))
    if by_host:
        return CalledService(service=by_host["service"], region=by_host["region"])
    by_path = _API_PATH.match(scope["path"])
    region_by_id = whereabouts.region_of_api(by_path["id"]) if by_path else None
    return CalledService(service="execute-api", region=region_by_id) if region_by_id else None


def _credential(scope: Scope) -> str:
    """Return the part of a request that tells what it was signed for: its header, or its query when presigned."""
    for name, value in scope.get("headers", ()):
        if name.lower() == b"authorization":
            return str(value.decode("latin-1"))
    query = scope.get("query_string", b"")
    if b"X-Amz-Credential" not in query:
        return ""
    presigned = parse_qs(query.decode("latin-1")).get("X-Amz-Credential", [""])
    return f"Credential={presigned[0]}"
