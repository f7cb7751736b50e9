"""What stands of a system and what was done to it, in a form in which two systems can be compared: no ids, no suffix, no times.

`state` is where a run led to: definitions, instances, stacks, outputs, objects. `effects` is how often AWS did something: every
operation of the StackSet, every creation, update or deletion of a stack by its own events, every version of an object.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from deployer.local.state import LocalState
from deployer.vocabulary.names import name_of
from tests.faults.tiny_system import HOME, PEER

_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DRAWN: Final = re.compile(r"-[A-Z0-9]{12,13}\b")
# What the deployer keeps for itself while it is at work, and renews as often as time demands.
_JOURNAL: Final = "rollouts/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands, and what was done so far: `effects` maps what was done to how often."""

    state: tuple[str, ...]
    effects: Counter[str]

    def differences(self, other: Standing) -> tuple[str, ...]:
        """Return what stands here and not there, and the other way round, as lines."""
        here, there = set(self.state), set(other.state)
        return (*(f"too much: {line}" for line in sorted(here - there)), *(f"missing: {line}" for line in sorted(there - here)))


@dataclass
class Inspector:
    """Looks at systems with clients of its own, that no run shares."""

    server: LocalState
    _clients: dict[tuple[str, str], Any] = field(default_factory=dict)

    def client(self, service: str, region: str) -> Any:
        """Return the client of `service` in `region`, with the root's rights."""
        if (service, region) not in self._clients:
            self._clients[service, region] = self._session.client(  # type: ignore[call-overload]
                service,
                region_name=region,
                endpoint_url=self.server.endpoint,
                aws_access_key_id=self.server.access_key_id,
                aws_secret_access_key=self.server.secret_access_key,
                config=Config(retries={"total_max_attempts": 5, "mode": "standard"}, read_timeout=60),
            )
        return self._clients[service, region]

    @cached_property
    def _session(self) -> boto3.session.Session:
        return boto3.session.Session()


@dataclass
class Look:
    """One system under inspection; remembers the stacks it has met, for the events of one that is gone are found by its id alone."""

    inspector: Inspector
    suffix: str
    _stack_ids: dict[str, tuple[str, str]] = field(default_factory=dict)
    _operations: dict[str, str] = field(default_factory=dict)
    _puts: Counter[str] = field(default_factory=Counter)

    def now(self) -> Standing:
        """Return what stands now and what has been done up to now."""
        state = sorted(self._plain(line) for line in self._lines())
        effects = Counter(self._plain(effect) for effect in self._effects())
        return Standing(state=tuple(state), effects=effects)

    def is_at_rest(self) -> bool:
        """Return whether AWS is at work on nothing of this system."""
        stacks = [stack for region in (HOME, PEER) for stack in self._stacks(region)]
        operations = self._operation_summaries()
        return not any(one["StackStatus"].endswith("IN_PROGRESS") for one in stacks) and not any(
            one["Status"] in ("RUNNING", "QUEUED", "STOPPING") for one in operations
        )

    def _lines(self) -> Iterator[str]:
        for region in (HOME, PEER):
            for stack in self._stacks(region):
                yield from self._stack_lines(stack, region)
            yield from (f"object {key} in {region}" for key in self._keys(region))
        yield from self._stack_set_lines()

    def _stacks(self, region: str) -> list[dict[str, Any]]:
        """Return the system's stacks in a Region, instances' too, and remember them."""
        cloudformation = self.inspector.client("cloudformation", region)
        names = {name_of(kind, suffix=self.suffix) for kind in ("bootstrap stack", "global stack")}
        names |= {instance["StackId"] for instance in self._instances() if instance["Region"] == region and instance.get("StackId")}
        found = []
        for name in sorted(names):
            try:
                found += cloudformation.describe_stacks(StackName=name)["Stacks"]
            except ClientError as error:
                if "does not exist" not in str(error):
                    raise
        for stack in found:
            self._stack_ids[stack["StackId"]] = (stack["StackName"], region)
        return [stack for stack in found if stack["StackStatus"] != "DELETE_COMPLETE"]

    def _stack_lines(self, stack: dict[str, Any], region: str) -> Iterator[str]:
        cloudformation = self.inspector.client("cloudformation", region)
        what = f"stack {stack['StackName']} in {region}"
        body = cloudformation.get_template(StackName=stack["StackId"], TemplateStage="Original")["TemplateBody"]
        yield f"{what}: {stack['StackStatus']}, template {self._digest(body)}"
        yield from (f"{what}: parameter {one['ParameterKey']} is {one['ParameterValue']}" for one in stack.get("Parameters", []))
        yield from (f"{what}: output {one['OutputKey']} is {one['OutputValue']}" for one in stack.get("Outputs", []))
        yield from (f"{what}: tag {one['Key']} is {one['Value']}" for one in stack.get("Tags", []))
        changes = cloudformation.list_change_sets(StackName=stack["StackId"])["Summaries"]
        yield from (f"{what}: change set {one['ChangeSetName']}" for one in changes)

    def _stack_set_lines(self) -> Iterator[str]:
        try:
            found = self.inspector.client("cloudformation", HOME).describe_stack_set(StackSetName=self._set_name)["StackSet"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "StackSetNotFoundException":
                raise
            return
        yield f"stack set: template {self._digest(found['TemplateBody'])}, {found['AdministrationRoleARN']}, {found['ExecutionRoleName']}"
        yield from (f"stack set: parameter {one['ParameterKey']} is {one['ParameterValue']}" for one in found.get("Parameters", []))
        yield from (f"stack set: tag {one['Key']} is {one['Value']}" for one in found.get("Tags", []))
        for one in self._instances():
            detail = one.get("StackInstanceStatus", {}).get("DetailedStatus")
            yield f"instance in {one['Region']}: {one['Status']} ({detail}) {one.get('StatusReason', '')}"

    @property
    def _set_name(self) -> str:
        return name_of("stack set", suffix=self.suffix)

    def _instances(self) -> list[dict[str, Any]]:
        return self._of_the_set("list_stack_instances")

    def _operation_summaries(self) -> list[dict[str, Any]]:
        return self._of_the_set("list_stack_set_operations")

    def _of_the_set(self, listing: str) -> list[dict[str, Any]]:
        cloudformation = self.inspector.client("cloudformation", HOME)
        try:
            return list(getattr(cloudformation, listing)(StackSetName=self._set_name)["Summaries"])
        except ClientError as error:
            if error.response["Error"]["Code"] != "StackSetNotFoundException":
                raise
            return []

    def _versions(self, region: str) -> list[str]:
        """Return the key of every version of every object; none when there is no bucket."""
        bucket = name_of("artifact bucket", suffix=self.suffix, account_id=self.inspector.server.account_id, region=region)
        try:
            answer = self.inspector.client("s3", region).list_object_versions(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            return []
        return [one["Key"] for one in answer.get("Versions", [])]

    def _keys(self, region: str) -> list[str]:
        bucket = name_of("artifact bucket", suffix=self.suffix, account_id=self.inspector.server.account_id, region=region)
        if not self._versions(region):
            return []
        return [one["Key"] for one in self.inspector.client("s3", region).list_objects_v2(Bucket=bucket).get("Contents", [])]

    def _effects(self) -> Iterator[str]:
        # A deletion of instances shows in their stacks' events; the operation itself can be read only as long as the StackSet stands.
        for summary in (one for one in self._operation_summaries() if one["Action"] != "DELETE"):
            self._operations[summary["OperationId"]] = f"{summary['Action']} of the stack set, {summary['Status']}"
        yield from self._operations.values()
        for stack_id, (name, region) in self._stack_ids.items():
            events = self.inspector.client("cloudformation", region).get_paginator("describe_stack_events").paginate(StackName=stack_id)
            for event in (event for page in events for event in page["StackEvents"]):
                status = event["ResourceStatus"]
                if event["PhysicalResourceId"] == stack_id and status in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS"):
                    yield f"{status.split('_')[0]} of stack {name} in {region}"
        # An object that was deleted with its bucket had been put all the same.
        self._puts |= Counter(
            f"put {key} in {region}" for region in (HOME, PEER) for key in self._versions(region) if not key.startswith(_JOURNAL)
        )
        yield from self._puts.elements()

    def _digest(self, body: Any) -> str:
        return sha256(self._plain(str(body)).encode()).hexdigest()[:12]

    def _plain(self, text: str) -> str:
        return _DRAWN.sub("-<drawn>", _ID.sub("<id>", text)).replace(self.suffix, "<suffix>")
