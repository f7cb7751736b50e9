"""Stacks on the embedded AWS, deployed and awaited in one call, and the resources tests put into them."""

from __future__ import annotations

import io
import json
import time
import uuid
import zipfile
from dataclasses import dataclass
from typing import Any

from tests.support.embedded import EmbeddedAws

_WAIT_SECONDS_MAX = 60


class StackFailed(Exception):
    """A stack did not settle as asked; `reasons` holds CloudFormation's own words, by logical id."""

    def __init__(self, status: str, reasons: dict[str, str]) -> None:
        super().__init__(f"{status}: {reasons}")
        self.status = status
        self.reasons = reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """A settled stack: its name, Region, outputs, and the physical id of each resource by logical id."""

    name: str
    region: str
    outputs: dict[str, str]
    physical_ids: dict[str, str]


def unique(prefix: str) -> str:
    """Return a name no other test uses."""
    return f"{prefix}-{uuid.uuid4().hex[:10]}"


def deploy(
    aws: EmbeddedAws,
    resources: dict[str, Any],
    outputs: dict[str, Any] | None = None,
    *,
    region: str = "us-east-1",
    name: str = "",
    **options: Any,
) -> Stack:
    """Create a stack, or update the one named, and return it once it is complete; raises StackFailed otherwise."""
    client = aws.clients("cloudformation", region)
    body = {"Resources": resources, "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()}}
    arguments = {"StackName": name or unique("stack"), "Capabilities": ["CAPABILITY_NAMED_IAM"], **options}
    if "TemplateURL" not in options:
        arguments["TemplateBody"] = json.dumps(body)
    (client.update_stack if name else client.create_stack)(**arguments)
    described = _settled(client, arguments["StackName"])
    if described["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise StackFailed(described["StackStatus"], _reasons(client, described["StackId"]))
    listed = client.list_stack_resources(StackName=arguments["StackName"])["StackResourceSummaries"]
    return Stack(
        name=arguments["StackName"],
        region=region,
        outputs={output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])},
        physical_ids={resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed},
    )


def delete(aws: EmbeddedAws, stack: Stack) -> None:
    """Delete a stack and return once it is gone; raises StackFailed when it stays."""
    client = aws.clients("cloudformation", stack.region)
    stack_id = client.describe_stacks(StackName=stack.name)["Stacks"][0]["StackId"]
    client.delete_stack(StackName=stack.name)
    described = _settled(client, stack_id)
    if described["StackStatus"] != "DELETE_COMPLETE":
        raise StackFailed(described["StackStatus"], _reasons(client, stack_id))


def zipped(**sources: str) -> bytes:
    """Return a zip of Python files, named by keyword; `__` in a name stands for `/`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, source in sources.items():
            archive.writestr(name.replace("__", "/") + ".py", source)
    return content.getvalue()


def _settled(client: Any, stack: str) -> dict[str, Any]:
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while time.monotonic() < deadline:
        described: dict[str, Any] = client.describe_stacks(StackName=stack)["Stacks"][0]
        if not described["StackStatus"].endswith("_IN_PROGRESS"):
            return described
        time.sleep(0.02)
    raise TimeoutError(f"{stack} did not settle")


def _reasons(client: Any, stack_id: str) -> dict[str, str]:
    events = client.describe_stack_events(StackName=stack_id)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    return {event["LogicalResourceId"]: event.get("ResourceStatusReason", "") for event in failed}
