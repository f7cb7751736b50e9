"""`AWS::Synthetics::Canary`: made, changed and deleted as Synthetics does it, and started when the template says so.

Source: AWS::Synthetics::Canary, CloudFormation Template Reference; `Ref` is the name, which is create-only.
"""

from __future__ import annotations

import io
import zipfile
from typing import Any, Final

from deployer.local import attach, schemas
from deployer.local.attach import ResourceType
from deployer.local.synthetics import operations
from deployer.local.synthetics.canary import Canary
from deployer.local.synthetics.operations import Refused

TYPE: Final = "AWS::Synthetics::Canary"
# What the API calls otherwise than the template.
_RENAMED: Final = {
    "SuccessRetentionPeriod": "SuccessRetentionPeriodInDays",
    "FailureRetentionPeriod": "FailureRetentionPeriodInDays",
    "VPCConfig": "VpcConfig",
}
_TEMPLATE_ONLY: Final = frozenset(
    {"Code", "Tags", "StartCanaryAfterCreation", "DeleteLambdaResourcesOnCanaryDeletion", "DryRunAndUpdate", "VisualReference"}
)


def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    """Make the canary and, when asked to, start it; raises ValueError in CloudFormation's or Synthetics' words."""
    request, starts = _request(properties)
    try:
        canary = operations.create(request)
        if starts:
            operations.start(canary.name)
    except Refused as refused:
        raise ValueError(str(refused)) from refused
    return canary.name, _attributes(canary)


def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Change the canary in place, or make another under another name; the engine then deletes the old one."""
    request, starts = _request(new)
    if request["Name"] != physical_id:
        return create(logical_id, new, stack_name)
    try:
        operations.update(request)
        canary = operations.find(physical_id)
        if starts and canary.state != "RUNNING":
            operations.start(physical_id)
    except Refused as refused:
        raise ValueError(str(refused)) from refused
    return physical_id, _attributes(canary)


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Stop the canary and delete it; one that is gone is none to delete."""
    try:
        if operations.find(physical_id).state == "RUNNING":
            operations.stop(physical_id)
        operations.delete(physical_id)
    except Refused as refused:
        if refused.status != 404:
            raise ValueError(str(refused)) from refused


CANARY: Final = ResourceType(create=create, update=update, delete=delete, create_only=("Name",))


def _request(properties: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """Return CreateCanary's input for a template's properties, and whether the canary is to be started."""
    region = attach.current_region()
    mistakes = schemas.mistakes_in(TYPE, region, properties)
    if mistakes:
        raise ValueError(f"Model validation failed ({'; '.join(mistakes)})")
    schema = schemas.schema_of(TYPE, region)
    plain = schemas.plain(schema, schema, properties)
    request = {_RENAMED.get(name, name): value for name, value in plain.items() if name not in _TEMPLATE_ONLY}
    request["Code"] = _code(plain["Code"])
    # MiniStack's engine adds CloudFormation's own tags to a resource's.
    request["Tags"] = {tag["Key"]: tag["Value"] for tag in plain.get("Tags") or () if not tag["Key"].startswith("aws:")}
    return request, bool(plain.get("StartCanaryAfterCreation"))


def _code(code: dict[str, Any]) -> dict[str, Any]:
    """Return the API's code for a template's, whose script, if it has one, is put into a zip."""
    named = {"Handler": code["Handler"]}
    if code.get("Script"):
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            archive.writestr(f"python/{code['Handler'].rpartition('.')[0]}.py", code["Script"])
        return named | {"ZipFile": content.getvalue()}
    version = {"S3Version": code["S3ObjectVersion"]} if code.get("S3ObjectVersion") else {}
    return named | {name: code[name] for name in ("S3Bucket", "S3Key") if name in code} | version


def _attributes(canary: Canary) -> dict[str, Any]:
    return {"Id": canary.canary_id, "State": canary.state, "Code.SourceLocationArn": canary.source_arn}
