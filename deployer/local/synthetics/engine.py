"""The function a canary runs as: made, changed and taken away with it, under the canary's own role.

Its package is the canary's code and `runtime` beside it. Source: "Creating a canary", Amazon CloudWatch User Guide: a canary's zip has
`python/<file>.py`, its handler is `<file>.<function>`.
"""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any, Final

from deployer.local.own_calls import own_client
from deployer.local.synthetics.canary import Canary

_RUNTIME: Final = Path(__file__).with_name("runtime.py")
_RUNTIME_MODULE: Final = "synthetics_runtime"
_FOLDER: Final = "python/"
_PYTHON: Final = "python3.12"
# Beyond the canary's own time: for keeping and telling how it ended.
_MORE_SECONDS: Final = 30
_LAMBDA_SECONDS_MAX: Final = 900
_ACTIVE_SECONDS_MAX: Final = 10.0


def package(code: bytes, handler: str) -> bytes:
    """Return the function's package for a canary's zip; raises ValueError when the zip does not hold what the handler names."""
    try:
        with zipfile.ZipFile(io.BytesIO(code)) as given:
            files = {name: given.read(name) for name in given.namelist() if not name.endswith("/")}
    except zipfile.BadZipFile as error:
        raise ValueError("The canary's code is no zip file") from error
    module, dot, _ = handler.rpartition(".")
    if not dot or f"{_FOLDER}{module.replace('.', '/')}.py" not in files:
        raise ValueError(f"The canary's code has no {_FOLDER}{module or handler}.py, which its handler {handler!r} names")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            if name.startswith(_FOLDER):
                archive.writestr(name.removeprefix(_FOLDER), content)
        archive.writestr(f"{_RUNTIME_MODULE}.py", _RUNTIME.read_bytes())
    return made.getvalue()


def make(canary: Canary, code: bytes, variables: dict[str, str]) -> None:
    """Make the function, `code` being its package; blocks until it can be called. Raises botocore's ClientError."""
    client = own_client("lambda", canary.region)
    with_tags = "lambda-function" in (canary.settings.get("ResourcesToReplicateTags") or ())
    client.create_function(
        FunctionName=canary.function_name,
        Runtime=_PYTHON,
        Code={"ZipFile": code},
        Tags=canary.settings.get("Tags") or {} if with_tags else {},
        **_configuration(canary, variables),
    )
    _settle(client, canary)


def change(canary: Canary, code: bytes | None, variables: dict[str, str]) -> None:
    """Change the function to what the canary is now; None keeps its code."""
    client = own_client("lambda", canary.region)
    client.update_function_configuration(FunctionName=canary.function_name, **_configuration(canary, variables))
    _settle(client, canary)
    if code is not None:
        client.update_function_code(FunctionName=canary.function_name, ZipFile=code)
        _settle(client, canary)


def take_away(canary: Canary) -> None:
    """Delete the function; one that is gone is none to delete."""
    client = own_client("lambda", canary.region)
    try:
        client.delete_function(FunctionName=canary.function_name)
    except client.exceptions.ResourceNotFoundException:
        return


def _configuration(canary: Canary, variables: dict[str, str]) -> dict[str, Any]:
    run = canary.settings.get("RunConfig") or {}
    return {
        "Role": canary.settings["ExecutionRoleArn"],
        "Handler": f"{_RUNTIME_MODULE}.handler",
        "Timeout": min(_LAMBDA_SECONDS_MAX, canary.timeout_seconds + _MORE_SECONDS),
        "MemorySize": int(run.get("MemoryInMB") or 1000),
        "Environment": {"Variables": {**canary.variables, **variables}},
    }


def _settle(client: Any, canary: Canary) -> None:
    until = time.monotonic() + _ACTIVE_SECONDS_MAX
    while time.monotonic() < until:
        found = client.get_function_configuration(FunctionName=canary.function_name)
        if found.get("State", "Active") == "Active" and found.get("LastUpdateStatus", "Successful") != "InProgress":
            return
        time.sleep(0.02)
