"""Synthetics' API on the wire: REST with JSON, checked against the service's model as botocore ships it.

Source: CloudWatch Synthetics API Reference. Groups, dry runs and runtime versions are not offered.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import unquote

import botocore.session
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from deployer.local.synthetics import operations
from deployer.local.synthetics.canary import shown, shown_run
from deployer.local.synthetics.operations import Refused

Answer = tuple[int, dict[str, str], bytes]
Input = dict[str, Any]
_PAGE_MAX: Final = 100


async def handle(method: str, path: str, body: bytes, query: Mapping[str, Any]) -> Answer:
    """Answer one request for the account and Region of the running request."""
    try:
        for operation, (wanted, pattern, act) in _ROUTES.items():
            found = pattern.fullmatch(path)
            if wanted == method and found:
                given = _input(operation, body, {name: unquote(value) for name, value in found.groupdict().items()}, query)
                return _json(200, await asyncio.to_thread(act, given))
    except Refused as refused:
        return _json(refused.status, {"Message": str(refused)}, refused.code)
    except ClientError as error:
        return _json(400, {"Message": str(error)}, "ValidationException")
    return _json(404, {"Message": f"{method} {path} is not offered here"}, "UnknownOperationException")


def _input(operation: str, body: bytes, in_path: Mapping[str, str], query: Mapping[str, Any]) -> Input:
    """Return a request's input by the names of the model; raises Refused when the model does not allow it."""
    try:
        given = json.loads(body or b"{}")
        if given.get("Code", {}).get("ZipFile"):
            given["Code"]["ZipFile"] = base64.b64decode(given["Code"]["ZipFile"], validate=True)
    except (ValueError, AttributeError, binascii.Error) as error:
        raise Refused("ValidationException", 400, f"The request is not what it should be: {error}") from error
    shape = _model().operation_model(operation).input_shape
    places = {member.serialization.get("name", name): name for name, member in shape.members.items() if member.serialization}
    given |= {places[name]: value for name, value in in_path.items() if name in places}
    for name, value in query.items():
        if name in places:
            first = value[0] if isinstance(value, list) else value
            is_true = {"true": True, "false": False}.get(str(first).lower())
            given[places[name]] = first if is_true is None else is_true
    faults = ParamValidator().validate(given, shape)
    if faults.has_errors():
        raise Refused("ValidationException", 400, faults.generate_report())
    return dict(given)


@cache
def _model() -> Any:
    return botocore.session.Session().get_service_model("synthetics")


def _create(given: Input) -> Input:
    return {"Canary": shown(operations.create(given))}


def _get(given: Input) -> Input:
    return {"Canary": shown(operations.find(given["Name"]))}


def _update(given: Input) -> Input:
    operations.update(given)
    return {}


def _delete(given: Input) -> Input:
    operations.delete(given["Name"], with_function=bool(given.get("DeleteLambda")))
    return {}


def _start(given: Input) -> Input:
    operations.start(given["Name"])
    return {}


def _stop(given: Input) -> Input:
    operations.stop(given["Name"])
    return {}


def _describe(given: Input) -> Input:
    names = given.get("Names")
    return _page("Canaries", [shown(canary) for canary in operations.listed() if not names or canary.name in names], given)


def _last_runs(given: Input) -> Input:
    names = given.get("Names")
    found = [canary for canary in operations.listed() if canary.runs and (not names or canary.name in names)]
    return _page("CanariesLastRun", [{"CanaryName": canary.name, "LastRun": shown_run(canary, canary.runs[-1])} for canary in found], given)


def _runs(given: Input) -> Input:
    canary = operations.find(given["Name"])
    return _page("CanaryRuns", [shown_run(canary, run) for run in reversed(canary.runs)], given)


def _tags(given: Input) -> Input:
    return {"Tags": _named(given).settings.get("Tags") or {}}


def _tag(given: Input) -> Input:
    settings = _named(given).settings
    settings["Tags"] = {**(settings.get("Tags") or {}), **given["Tags"]}
    return {}


def _untag(given: Input) -> Input:
    settings = _named(given).settings
    settings["Tags"] = {name: value for name, value in (settings.get("Tags") or {}).items() if name not in given["TagKeys"]}
    return {}


def _named(given: Input) -> Any:
    return operations.find(str(given["ResourceArn"]).rpartition(":")[2])


def _page(name: str, items: Sequence[Any], given: Input) -> Input:
    """Return one page of a list; a token is where the next one begins."""
    token = str(given.get("NextToken") or "0")
    if not token.isdecimal():
        raise Refused("ValidationException", 400, "NextToken is not valid")
    begin, size = int(token), int(given.get("MaxResults") or _PAGE_MAX)
    more = {"NextToken": str(begin + size)} if begin + size < len(items) else {}
    return {name: list(items[begin : begin + size]), **more}


_ROUTES: Final[Mapping[str, tuple[str, re.Pattern[str], Callable[[Input], Input]]]] = {
    operation: (method, re.compile(pattern), act)
    for operation, method, pattern, act in (
        ("CreateCanary", "POST", r"/canary", _create),
        ("GetCanary", "GET", r"/canary/(?P<name>[^/]+)", _get),
        ("UpdateCanary", "PATCH", r"/canary/(?P<name>[^/]+)", _update),
        ("DeleteCanary", "DELETE", r"/canary/(?P<name>[^/]+)", _delete),
        ("StartCanary", "POST", r"/canary/(?P<name>[^/]+)/start", _start),
        ("StopCanary", "POST", r"/canary/(?P<name>[^/]+)/stop", _stop),
        ("GetCanaryRuns", "POST", r"/canary/(?P<name>[^/]+)/runs", _runs),
        ("DescribeCanaries", "POST", r"/canaries", _describe),
        ("DescribeCanariesLastRun", "POST", r"/canaries/last-run", _last_runs),
        ("ListTagsForResource", "GET", r"/tags/(?P<resourceArn>.+)", _tags),
        ("TagResource", "POST", r"/tags/(?P<resourceArn>.+)", _tag),
        ("UntagResource", "DELETE", r"/tags/(?P<resourceArn>.+)", _untag),
    )
}


def _json(status: int, content: Input, error: str = "") -> Answer:
    headers = {"Content-Type": "application/json"} | ({"x-amzn-ErrorType": error} if error else {})
    return status, headers, json.dumps(content).encode()
