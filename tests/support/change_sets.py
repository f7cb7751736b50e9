"""CloudFormation's change sets from memory, and what they say, for tests of those who ask and of what is made of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any

from deployer.aws.change_sets import ChangeDetail, ChangedResource
from deployer.aws.session import Aws, AwsAccess
from tests.support.rollout.wire import refusal


def detail(
    name: str,
    *,
    path: str = "",
    before: str = "",
    after: str = "",
    evaluation: str = "Static",
    source: str = "DirectModification",
    cause: str = "",
) -> dict[str, Any]:
    """Return one detail as DescribeChangeSet tells it."""
    target = {"Attribute": "Properties", "Name": name, "RequiresRecreation": "Never"}
    target |= {key: value for key, value in (("Path", path), ("BeforeValue", before), ("AfterValue", after)) if value}
    return {"Target": target, "Evaluation": evaluation, "ChangeSource": source} | ({"CausingEntity": cause} if cause else {})


def modified(logical_id: str, *details: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return one changed resource as DescribeChangeSet tells it."""
    change = {"Action": "Modify", "LogicalResourceId": logical_id, "ResourceType": "AWS::Lambda::Function", "Replacement": "False"}
    return {"Type": "Resource", "ResourceChange": {**change, "Details": list(details), **fields}}


def changed(logical_id: str, *details: ChangeDetail, **fields: Any) -> ChangedResource:
    """Return one changed resource as deployer/aws tells it."""
    given: dict[str, Any] = {
        "logical_id": logical_id,
        "physical_id": "",
        "resource_type": "AWS::Lambda::Function",
        "action": "Modify",
        "replacement": "False",
        "policy_action": "",
        "details": details,
    }
    return ChangedResource(**given | fields)


def changed_at(path: str, before: str | None = "1", after: str | None = "2", **fields: Any) -> ChangeDetail:
    """Return one place in a resource as deployer/aws tells it."""
    given: dict[str, Any] = {
        "attribute": "Properties",
        "path": path,
        "requires_recreation": "Never",
        "evaluation": "Static",
        "source": "DirectModification",
        "causing_entity": "",
        "before": before,
        "after": after,
    }
    return ChangeDetail(**given | fields)


@dataclass(slots=True)
class FakeChangeSets:
    """Answers the four calls; `plain` and `valued` are the changes without and with values, told one a page."""

    plain: list[dict[str, Any]] = field(default_factory=list)
    valued: list[dict[str, Any]] = field(default_factory=list)
    status: str = "CREATE_COMPLETE"
    reason: str = ""
    listed: dict[str, datetime] = field(default_factory=dict)
    refuses: str = ""
    endless: bool = False
    looks_until_made: int = 0
    made: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[tuple[str, str]] = field(default_factory=list)
    lock: Any = field(default_factory=Lock)

    def aws(self) -> Aws:
        """Return AWS with this CloudFormation in every Region."""
        return Aws(AwsAccess(), make_client=lambda service, region: self)

    def create_change_set(self, **arguments: Any) -> dict[str, str]:
        """Keep what was asked."""
        self._refuse("CreateChangeSet")
        self.made.append(arguments)
        return {"Id": arguments["ChangeSetName"], "StackId": arguments["StackName"]}

    def describe_change_set(self, ChangeSetName: str, StackName: str, IncludePropertyValues: bool, NextToken: str = "0") -> dict[str, Any]:
        """Tell one change a page."""
        self._refuse("DescribeChangeSet")
        with self.lock:
            if self.looks_until_made:
                self.looks_until_made -= 1
                return {"Status": "CREATE_IN_PROGRESS", "Changes": []}
        changes, at = self.valued if IncludePropertyValues else self.plain, int(NextToken)
        more = {"NextToken": "0" if self.endless else str(at + 1)} if self.endless or at + 1 < len(changes) else {}
        return {"Status": self.status, "StatusReason": self.reason, "Changes": changes[at : at + 1], **more}

    def delete_change_set(self, ChangeSetName: str, StackName: str) -> dict[str, str]:
        """Keep what was deleted."""
        self._refuse("DeleteChangeSet")
        self.deleted.append((ChangeSetName, StackName))
        return {}

    def get_paginator(self, name: str) -> FakeChangeSets:
        """Return what lists the change sets."""
        return self

    def paginate(self, StackName: str) -> list[dict[str, Any]]:
        """Tell those prepared, and those made as if just now."""
        now = max(self.listed.values(), default=datetime.fromisoformat("2026-03-04T05:06:07+00:00"))
        names = {**self.listed, **{one["ChangeSetName"]: now for one in self.made if one["StackName"] == StackName}}
        return [{"Summaries": [{"ChangeSetName": name, "CreationTime": at} for name, at in names.items()]}]

    def _refuse(self, operation: str) -> None:
        if self.refuses == operation:
            raise refusal("AccessDenied", f"not authorized to perform: cloudformation:{operation}")
