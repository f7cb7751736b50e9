"""What one may do to canaries: make, change, start, stop and delete them, and look at them.

Each acts for the account and Region of the running request, and raises Refused in Synthetics' own terms. Making, changing and deleting
block, for they call Lambda and S3. Not imitated: browsers, Node.js, dry runs, replicas in other Regions, retries of a failed run, and the
network of a canary inside a VPC.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any, Final

from botocore.exceptions import ClientError

from deployer.local import attach, attach_synthetics
from deployer.local.attach_stack_sets import service_session
from deployer.local.own_calls import own_client
from deployer.local.synthetics import engine
from deployer.local.synthetics.canary import Canary
from deployer.local.synthetics.schedule import next_run, schedule_of

_RUNTIMES: Final = "syn-python-selenium-"
_CODE_FIELDS: Final = ("ZipFile", "S3Bucket", "S3Key", "S3Version")

# (account, Region, name) -> canary
_canaries: Final[dict[tuple[str, str, str], Canary]] = {}
_changing: Final = threading.Lock()
# What every canary's function gets beside its own variables; the server says what once it knows.
_variables: Final[dict[str, str]] = {}


class Refused(Exception):
    """Synthetics does not do it: the error's code, its HTTP status, and why."""

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def give_variables(**variables: str) -> None:
    """Let the functions of canaries made from now on have these environment variables too."""
    _variables.update(variables)


def create(request: dict[str, Any]) -> Canary:
    """Make a canary from CreateCanary's input; it is READY and does not run."""
    key = _key(request["Name"])
    settings = {name: value for name, value in request.items() if name != "Name"}
    with _changing:
        if key in _canaries:
            raise Refused("ConflictException", 409, f"A canary with the name {request['Name']} already exists")
        _check(settings)
        code = _package(settings["Code"])
        now = time.time()
        account_id, region, name = key
        canary = Canary(
            account_id=account_id,
            region=region,
            name=name,
            canary_id=str(uuid.uuid4()),
            settings=_without_code(settings),
            created=now,
            modified=now,
        )
        engine.make(canary, code, _variables)
        _canaries[key] = canary
    return canary


def update(request: dict[str, Any]) -> None:
    """Change a canary by UpdateCanary's input: what is not named stays. One that runs goes on running."""
    canary = find(request["Name"])
    given = {name: value for name, value in request.items() if name not in ("Name", "Code")}
    with _changing:
        settings = canary.settings | given
        code = None
        if request.get("Code"):
            settings["Code"] = {**canary.settings["Code"], **request["Code"]}
            _check(settings)
            code = _package(settings["Code"])
        else:
            _check(settings)
        canary.settings = _without_code(settings)
        engine.change(canary, code, _variables)
        canary.version += 1
        canary.modified = time.time()


def start(name: str) -> None:
    """Let a canary run by its schedule from now on; refuses one that does."""
    canary = find(name)
    if canary.state not in ("READY", "STOPPED"):
        raise Refused("ConflictException", 409, f"Canary {name} is in state {canary.state} and cannot be started")
    canary.state, canary.started, canary.last_due = "RUNNING", time.time(), None


def stop(name: str) -> None:
    """Let a canary run no more; a run under way is finished. Refuses one that does not run."""
    canary = find(name)
    if canary.state != "RUNNING":
        raise Refused("ConflictException", 409, f"Canary {name} is in state {canary.state} and cannot be stopped")
    canary.state, canary.stopped = "STOPPED", time.time()


def finish(canary: Canary) -> None:
    """Stop a canary whose schedule is over."""
    canary.state, canary.stopped = "STOPPED", time.time()


def delete(name: str, *, with_function: bool = False) -> None:
    """Delete a canary that does not run, and its function when that was agreed on."""
    canary = find(name)
    if canary.state == "RUNNING":
        raise Refused("ConflictException", 409, f"Canary {name} is in state {canary.state} and cannot be deleted")
    with _changing:
        if with_function or canary.settings.get("ProvisionedResourceCleanup", "AUTOMATIC") == "AUTOMATIC":
            engine.take_away(canary)
        _canaries.pop(_key(name), None)


def find(name: str) -> Canary:
    """Return the canary of that name in the running request's account and Region."""
    canary = _canaries.get(_key(name))
    if canary is None:
        raise Refused("ResourceNotFoundException", 404, f"Canary {name} does not exist")
    return canary


def listed() -> tuple[Canary, ...]:
    """Return the canaries of the running request's account and Region, by name."""
    here = _key("")[:2]
    return tuple(canary for key, canary in sorted(_canaries.items()) if key[:2] == here)


def all_canaries() -> tuple[Canary, ...]:
    """Return the canaries of all accounts and Regions."""
    return tuple(_canaries.values())


def _key(name: str) -> tuple[str, str, str]:
    return attach.current_account(), attach.current_region(), name


def _check(settings: dict[str, Any]) -> None:
    """Refuse what Synthetics would refuse of a canary's settings, its code aside."""
    version, schedule = str(settings["RuntimeVersion"]), settings["Schedule"]
    if not version.startswith(_RUNTIMES):
        raise Refused("ValidationException", 400, f"Runtime version {version} is not supported; the embedded AWS has {_RUNTIMES}*")
    if not str(settings["ArtifactS3Location"]).startswith("s3://"):
        raise Refused("ValidationException", 400, "ArtifactS3Location has to begin with s3://")
    try:
        parsed = schedule_of(str(schedule["Expression"]), int(schedule.get("DurationInSeconds") or 0))
        next_run(parsed, started=time.time(), last=None, next_of_cron=attach_synthetics.next_of_cron)
        service_session(str(settings["ExecutionRoleArn"]), "lambda.amazonaws.com", "synthetics", {})
    except ValueError as error:
        raise Refused("ValidationException", 400, str(error)) from error
    except PermissionError as error:
        raise Refused("ValidationException", 400, f"The role defined for the function cannot be assumed by Lambda: {error}") from error


def _package(code: dict[str, Any]) -> bytes:
    """Return the function's package for what a request says the code is."""
    try:
        return engine.package(code["ZipFile"] if code.get("ZipFile") else _fetched(code), str(code["Handler"]))
    except ValueError as error:
        raise Refused("ValidationException", 400, str(error)) from error
    except ClientError as error:
        place = f"s3://{code.get('S3Bucket')}/{code.get('S3Key')}"
        raise Refused("ValidationException", 400, f"Error occurred while reading {place}: {error}") from error


def _fetched(code: dict[str, Any]) -> bytes:
    if not code.get("S3Bucket") or not code.get("S3Key"):
        raise ValueError("Code has neither ZipFile nor S3Bucket and S3Key")
    version = {"VersionId": code["S3Version"]} if code.get("S3Version") else {}
    found = own_client("s3", attach.current_region()).get_object(Bucket=code["S3Bucket"], Key=code["S3Key"], **version)
    content: bytes = found["Body"].read()
    return content


def _without_code(settings: dict[str, Any]) -> dict[str, Any]:
    code = {name: value for name, value in settings["Code"].items() if name not in _CODE_FIELDS}
    return {**settings, "Code": code}
