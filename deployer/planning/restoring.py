"""Making a restore point of what stands, and writing it down so that whoever goes on after a kill can go back.

Pure: a survey in, data out. A restore point's document holds the bodies that it names, so that it needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deployer.planning.plan_record import NotThisRecord, read_record, record_of
from deployer.planning.restore_point import InstanceBefore, RestorePoint, StackBefore, StackSetBefore
from deployer.planning.survey import StackFacts, StackSetFacts
from deployer.planning.template_text import read_template, section
from deployer.rendering.rendered import digest_of as digest_of_bytes
from deployer.vocabulary.errors import DeployerError

_PLACE: Final = "the restore point"


def restore_point_of(stack_set: StackSetFacts, global_stack: StackFacts) -> RestorePoint:
    """Return what stands as a restore point; whether it is worth going back to is the planner's to judge."""
    return RestorePoint(
        stack_set=StackSetBefore(
            name=stack_set.name,
            region=stack_set.region,
            template_digest=_digest(stack_set.template_body),
            parameters=stack_set.parameters,
            tags=stack_set.tags,
            administration_role_arn=stack_set.administration_role_arn,
            execution_role_name=stack_set.execution_role_name,
            instances=tuple(
                InstanceBefore(account_id=one.account_id, region=one.region, overrides=one.overrides) for one in stack_set.instances
            ),
        ),
        global_stack=StackBefore(
            name=global_stack.name,
            region=global_stack.region,
            template_digest=_digest(global_stack.template_body),
            parameters=global_stack.parameters,
            tags=global_stack.tags,
        ),
        package_keys=package_keys(stack_set.template_body),
    )


def package_keys(body: str) -> tuple[str, ...]:
    """Return the keys of the packages that a template takes code from, sorted; raises DeployerError for text that is no template."""
    return tuple(sorted(set(_keys(section(read_template(body), "Resources"))))) if body else ()


def document_of(point: RestorePoint, templates: Mapping[str, str]) -> dict[str, Any]:
    """Return the restore point as a JSON document with the bodies it names; raises KeyError when one is not among `templates`."""
    named = (point.stack_set.template_digest, point.global_stack.template_digest)
    return {"point": record_of(point), "templates": {digest: templates[digest] for digest in named}}


def point_of_document(document: Mapping[str, Any]) -> tuple[RestorePoint, dict[str, str]]:
    """Return (restore point, body by digest) of a document; raises DeployerError for one that is none, or was edited."""
    try:
        point = read_record(RestorePoint, document.get("point"), _PLACE)
    except NotThisRecord as error:
        raise _unreadable(str(error)) from error
    templates = dict(document.get("templates", {}))
    for digest in (point.stack_set.template_digest, point.global_stack.template_digest):
        if _digest(str(templates.get(digest, ""))) != digest:
            raise _unreadable(f"it holds no template with the digest {digest}")
    return point, templates


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "S3Key" and isinstance(item, str):
                yield item
            else:
                yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


def _digest(body: str) -> str:
    return digest_of_bytes(body.encode())


def _unreadable(reason: str) -> DeployerError:
    return DeployerError(
        "The record of the roll-out that is open cannot be read",
        reason,
        "It was written by another version of the deployer: finish that roll-out with that version.",
    )
