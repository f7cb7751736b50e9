"""Change sets: make one on a stack, read all it says, delete it. None is ever executed here.

Sources: CloudFormation API reference (CreateChangeSet, DescribeChangeSet, ListChangeSets, DeleteChangeSet). With and without property
values DescribeChangeSet tells two things: the plain answer names what causes a change, the other one each value before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from deployer.aws.artifacts import ensure_object
from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.aws.stacks import CAPABILITIES
from deployer.aws.template_source import INLINE_BYTES_MAX, TemplateSource

NAME_BEGINS: Final = "preview-"
PREFIX_OF_BODIES: Final = "previews/"

_NO_CHANGES: Final = ("didn't contain changes", "No updates are to be performed")
# A stack has 500 resources at most (fact 4.14); a reader that is led in circles stops here.
_PAGES_MAX: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSetRequest:
    """What a stack might become. Of `parameters`, (name, None) keeps the value that stands."""

    name: str
    stack_id: str
    template: TemplateSource
    parameters: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetail:
    """One reason or place of a change. `path` is without its first word (`Code/S3Key`), the property's name where AWS tells no more.

    `attribute` is Properties, Metadata, Tags or a policy's name; `evaluation` Static (certain) or Dynamic (not ruled out);
    `requires_recreation` Never, Conditionally or Always. A value that was not told is None.
    """

    attribute: str
    path: str
    requires_recreation: str
    evaluation: str
    source: str
    causing_entity: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedResource:
    """One resource's change: `action` Add, Modify, Remove or Import, `replacement` True, Conditional, False or empty."""

    logical_id: str
    physical_id: str
    resource_type: str
    action: str
    replacement: str
    policy_action: str
    details: tuple[ChangeDetail, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """A change set as it is now. `finds_nothing` when its failure means that nothing would change."""

    status: str
    reason: str
    changes: tuple[ChangedResource, ...]

    @property
    def is_being_made(self) -> bool:
        """Whether CloudFormation is still comparing."""
        return self.status in ("CREATE_PENDING", "CREATE_IN_PROGRESS")

    @property
    def finds_nothing(self) -> bool:
        """Whether nothing would change; CloudFormation tells that as a failure."""
        return self.status == "FAILED" and any(words in self.reason for words in _NO_CHANGES)


def preview_source(aws: Aws, body: str, *, bucket: str, region: str) -> TemplateSource:
    """Return how to name `body` in a change set, uploaded to `previews/<sha256>.yaml` in `bucket` if it is long. Raises AwsRefused.

    Not where a roll-out keeps its bodies: who may only plan writes nothing that a roll-out reads.
    """
    content = body.encode()
    if len(content) <= INLINE_BYTES_MAX:
        return TemplateSource(body=body)
    digest = sha256(content).hexdigest()
    key = f"{PREFIX_OF_BODIES}{digest}.yaml"
    ensure_object(aws, content, bucket=bucket, key=key, digest=digest, region=region)
    return TemplateSource(url=f"https://s3.{region}.amazonaws.com/{bucket}/{key}")


def create_change_set(aws: Aws, request: ChangeSetRequest, region: str) -> str:
    """Have CloudFormation compare a stack with what it might become; return the change set's id. Raises AwsRefused."""
    parameters = [
        {"ParameterKey": name, "UsePreviousValue": True} if value is None else {"ParameterKey": name, "ParameterValue": value}
        for name, value in request.parameters
    ]
    with asking("cloudformation", "CreateChangeSet", region):
        return aws.client("cloudformation", region).create_change_set(
            StackName=request.stack_id,
            ChangeSetName=request.name,
            ChangeSetType="UPDATE",
            Description="What a roll-out would change. Made to be read and deleted; never to be executed.",
            Parameters=parameters,  # type: ignore[arg-type]
            Capabilities=CAPABILITIES,
            **request.template.arguments,  # type: ignore[arg-type]
        )["Id"]


def read_change_set(aws: Aws, name: str, stack_id: str, region: str) -> ChangeSet:
    """Return the change set with everything that both ways of describing it tell, once it has been made. Raises AwsRefused."""
    plain = list(_pages(aws, name, stack_id, region, with_values=False))
    status, reason = plain[0].get("Status", ""), plain[0].get("StatusReason", "")
    if status != "CREATE_COMPLETE":
        return ChangeSet(status=status, reason=reason, changes=())
    valued = {one["LogicalResourceId"]: one for one in _changes(_pages(aws, name, stack_id, region, with_values=True))}
    changes = tuple(_changed(one, valued.get(one["LogicalResourceId"], one)) for one in _changes(plain))
    return ChangeSet(status=status, reason=reason, changes=changes)


def delete_change_set(aws: Aws, name: str, stack_id: str, region: str) -> None:
    """Delete the change set; one that is gone already is no mistake. Raises AwsRefused."""
    with asking("cloudformation", "DeleteChangeSet", region):
        aws.client("cloudformation", region).delete_change_set(ChangeSetName=name, StackName=stack_id)


def left_over_change_sets(aws: Aws, own_name: str, stack_id: str, region: str, *, older_seconds: float) -> tuple[str, ...]:
    """Return the previews on a stack that are older than `own_name` by so much that nobody can still be reading them.

    Both ages are AWS's own, so no clock of this machine counts. Raises AwsRefused.
    """
    with asking("cloudformation", "ListChangeSets", region):
        pages = list(aws.client("cloudformation", region).get_paginator("list_change_sets").paginate(StackName=stack_id))
    made: dict[str, datetime] = {one["ChangeSetName"]: one["CreationTime"] for page in pages for one in page["Summaries"]}
    if own_name not in made:
        return ()
    latest = made[own_name] - timedelta(seconds=older_seconds)
    return tuple(sorted(name for name, at in made.items() if name.startswith(NAME_BEGINS) and at < latest))


def _pages(aws: Aws, name: str, stack_id: str, region: str, *, with_values: bool) -> Iterator[Mapping[str, Any]]:
    arguments: dict[str, Any] = {"ChangeSetName": name, "StackName": stack_id, "IncludePropertyValues": with_values}
    for _ in range(_PAGES_MAX):
        with asking("cloudformation", "DescribeChangeSet", region):
            page: Mapping[str, Any] = aws.client("cloudformation", region).describe_change_set(**arguments)
        yield page
        if not page.get("NextToken"):
            return
        arguments["NextToken"] = page["NextToken"]


def _changes(pages: Any) -> Iterator[Mapping[str, Any]]:
    for page in pages:
        yield from (change["ResourceChange"] for change in page.get("Changes", []) if "ResourceChange" in change)


def _changed(plain: Mapping[str, Any], valued: Mapping[str, Any]) -> ChangedResource:
    told = [_detail(detail) for answer in (valued, plain) for detail in answer.get("Details", [])]
    exact = {(one.attribute, one.path.split("/")[0]) for one in told if one.before is not None or one.after is not None}
    details = dict.fromkeys(
        one
        for one in told
        # The plain answer's word for a property whose every value the other one tells adds its cause, or nothing.
        if one.before is not None or one.after is not None or one.causing_entity or (one.attribute, one.path) not in exact
    )
    return ChangedResource(
        logical_id=plain["LogicalResourceId"],
        physical_id=plain.get("PhysicalResourceId", ""),
        resource_type=plain.get("ResourceType", ""),
        action=plain.get("Action", ""),
        replacement=plain.get("Replacement", ""),
        policy_action=plain.get("PolicyAction", ""),
        details=tuple(details),
    )


def _detail(answer: Mapping[str, Any]) -> ChangeDetail:
    target = answer.get("Target", {})
    first, _, rest = str(target.get("Path", "")).lstrip("/").partition("/")
    return ChangeDetail(
        attribute=target.get("Attribute", ""),
        path=rest if first.lower() == "properties" and rest else target.get("Name", ""),
        requires_recreation=target.get("RequiresRecreation", ""),
        evaluation=answer.get("Evaluation", ""),
        source=answer.get("ChangeSource", ""),
        causing_entity=answer.get("CausingEntity", ""),
        before=target.get("BeforeValue"),
        after=target.get("AfterValue"),
    )
