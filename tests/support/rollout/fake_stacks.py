"""A Region's stacks as a test scripts them: each look at a stack shows the next frame of its timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.support.rollout.clock import FakeClock
from tests.support.rollout.wire import refusal

STACK_TYPE = "AWS::CloudFormation::Stack"


@dataclass(frozen=True)
class Frame:
    """What one look shows: the stack's status, and events as (logical id, type, status, reason) that came before it."""

    status: str
    events: tuple[tuple[str, str, str, str], ...] = ()


@dataclass
class FakeStack:
    """One stack, its events newest last."""

    name: str
    stack_id: str
    region: str
    status: str = "CREATE_COMPLETE"
    body: str = ""
    parameters: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    frames: list[Frame] = field(default_factory=list)
    protected: bool = False
    status_reason: str = ""


class FakeStacks:
    """The stacks of one Region. `timelines` maps a stack's name to what its next operations show, `objections` to its validation errors."""

    def __init__(self, region: str, clock: FakeClock) -> None:
        """Begin without stacks."""
        self.region, self.clock = region, clock
        self.stacks: list[FakeStack] = []
        self.timelines: dict[str, list[Sequence[Frame]]] = {}
        self.objections: dict[str, list[dict[str, Any]]] = {}
        self.resources: dict[str, list[tuple[str, str]]] = {}
        self._events_count = 0

    def add(self, name: str, *, body: str = "", outputs: dict[str, str] | None = None, status: str = "CREATE_COMPLETE") -> FakeStack:
        """Put a settled stack there, with the events of its creation."""
        stack_id = f"arn:aws:cloudformation:{self.region}:111122223333:stack/{name}/{len(self.stacks)}"
        stack = FakeStack(name=name, stack_id=stack_id, region=self.region, status=status, body=body, outputs=outputs or {})
        self.stacks.append(stack)
        self.happened(stack, name, STACK_TYPE, "CREATE_IN_PROGRESS", "User Initiated", token="before")
        self.happened(stack, name, STACK_TYPE, status, token="before")
        return stack

    def find(self, name_or_id: str) -> FakeStack | None:
        """Return the stack: by name only while it is not deleted."""
        for stack in self.stacks:
            if stack.stack_id == name_or_id or (stack.name == name_or_id and stack.status != "DELETE_COMPLETE"):
                return stack
        return None

    def begin(self, stack: FakeStack, verb: str, ended: str, token: str = "") -> None:
        """Put the stack in progress; its timeline is the next one scripted, or straight to `ended`."""
        stack.status = f"{verb}_IN_PROGRESS"
        scripted = self.timelines.get(stack.name, [])
        stack.frames = list(scripted.pop(0)) if scripted else [Frame(ended)]
        self.happened(stack, stack.name, STACK_TYPE, stack.status, "User Initiated", token)

    def advance(self, stack: FakeStack) -> None:
        """Show the next frame."""
        if stack.frames:
            frame = stack.frames.pop(0)
            for logical_id, kind, status, reason in frame.events:
                self.happened(stack, logical_id, kind, status, reason)
            if frame.status != stack.status:
                stack.status = frame.status
                self.happened(stack, stack.name, STACK_TYPE, frame.status)

    def happened(self, stack: FakeStack, logical_id: str, kind: str, status: str, reason: str = "", token: str = "") -> None:
        """Record one event now; each is a millisecond later than the one before it."""
        self._events_count += 1
        stack.events.append(
            {
                "EventId": f"event-{self._events_count}",
                "Timestamp": self.clock.now() + timedelta(milliseconds=self._events_count),
                "StackId": stack.stack_id,
                "StackName": stack.name,
                "LogicalResourceId": logical_id,
                "PhysicalResourceId": stack.stack_id if kind == STACK_TYPE and logical_id == stack.name else f"physical-{logical_id}",
                "ResourceType": kind,
                "ResourceStatus": status,
                "ResourceStatusReason": reason,
                "ClientRequestToken": token or self._token_of(stack),
            }
        )

    def create_stack(self, *, StackName: str, ClientRequestToken: str, **rest: Any) -> dict[str, Any]:
        """Begin a new stack."""
        stack = FakeStack(name=StackName, stack_id=f"{self.region}/{StackName}/{len(self.stacks)}", region=self.region)
        self.stacks.append(stack)
        self._take(stack, rest)
        self.begin(stack, "CREATE", "CREATE_COMPLETE", ClientRequestToken)
        return {"StackId": stack.stack_id}

    def update_stack(self, *, StackName: str, ClientRequestToken: str, **rest: Any) -> dict[str, Any]:
        """Begin an update, unless it is the same."""
        stack = self._existing(StackName)
        before = (stack.body, dict(stack.parameters), dict(stack.tags))
        self._take(stack, rest)
        if (stack.body, stack.parameters, stack.tags) == before:
            raise refusal("ValidationError", "No updates are to be performed.")
        self.begin(stack, "UPDATE", "UPDATE_COMPLETE", ClientRequestToken)
        return {"StackId": stack.stack_id}

    def delete_stack(self, *, StackName: str, ClientRequestToken: str) -> dict[str, Any]:
        """Begin a deletion."""
        self.begin(self._existing(StackName), "DELETE", "DELETE_COMPLETE", ClientRequestToken)
        return {}

    def continue_update_rollback(self, *, StackName: str, ClientRequestToken: str) -> dict[str, Any]:
        """Begin to go on with a rollback that failed."""
        self.begin(self._existing(StackName), "UPDATE_ROLLBACK", "UPDATE_ROLLBACK_COMPLETE", ClientRequestToken)
        return {}

    def rollback_stack(self, *, StackName: str, ClientRequestToken: str) -> dict[str, Any]:
        """Begin to return to the last good state."""
        self.begin(self._existing(StackName), "UPDATE_ROLLBACK", "UPDATE_ROLLBACK_COMPLETE", ClientRequestToken)
        return {}

    def list_stack_resources(self, *, StackName: str) -> dict[str, Any]:
        """Return the resources put there, as (logical id, status)."""
        listed = self.resources.get(self._existing(StackName).name, [])
        summaries = [
            {"LogicalResourceId": name, "PhysicalResourceId": f"physical-{name}", "ResourceStatus": status} for name, status in listed
        ]
        return {"StackResourceSummaries": summaries}

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:
        """Show the stack as it stands, and move it on by one frame for the next look."""
        stack = self._existing(StackName)
        shown = {
            "StackName": stack.name,
            "StackId": stack.stack_id,
            "StackStatus": stack.status,
            "StackStatusReason": stack.status_reason,
            "EnableTerminationProtection": stack.protected,
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in stack.parameters.items()],
            "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
            "Outputs": [{"OutputKey": key, "OutputValue": value} for key, value in stack.outputs.items()],
        }
        self.advance(stack)
        return {"Stacks": [shown]}

    def describe_stack_events(self, *, StackName: str) -> dict[str, Any]:
        """Return all events, newest first."""
        return {"StackEvents": list(reversed(self._existing(StackName).events))}

    def describe_events(self, *, StackName: str, Filters: dict[str, bool]) -> dict[str, Any]:
        """Return what validation objected to, newest first."""
        return {"OperationEvents": list(reversed(self.objections.get(self._existing(StackName).name, [])))}

    def get_template(self, *, StackName: str, TemplateStage: str) -> dict[str, Any]:
        """Return the body as it was sent."""
        return {"TemplateBody": self._existing(StackName).body}

    def _existing(self, name_or_id: str) -> FakeStack:
        stack = self.find(name_or_id)
        if stack is None:
            raise refusal("ValidationError", f"Stack with id {name_or_id} does not exist")
        return stack

    @staticmethod
    def _token_of(stack: FakeStack) -> str:
        return str(stack.events[-1]["ClientRequestToken"]) if stack.events else ""

    @staticmethod
    def _take(stack: FakeStack, request: dict[str, Any]) -> None:
        stack.body = request.get("TemplateBody") or request["TemplateURL"]
        stack.parameters = {pair["ParameterKey"]: pair["ParameterValue"] for pair in request["Parameters"]}
        stack.tags = {pair["Key"]: pair["Value"] for pair in request["Tags"]}
