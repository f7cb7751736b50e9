"""Where the embedded AWS holds on to MiniStack's change sets: what they tell of an update is worked out from the stack as it stands.

MiniStack resolves a template for a change set as if no resource existed, takes a resource whose condition does not hold for one that
does, and tells neither values nor pages. Making, executing, listing and deleting stay MiniStack's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from deployer.local import attach
from deployer.local.change_sets import KNOWN_AFTER_APPLY, Change, Resource, changes_between, told
from deployer.local.stack_sets.query_output import Answer, write_answer
from deployer.local.stack_sets.service_model import operation_model

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.cloudformation", ("_change_sets", "_stacks")),
    ("ministack.services.cloudformation.changesets", ("_find_change_set",)),
    ("ministack.services.cloudformation.engine", ("_NO_VALUE", "_evaluate_conditions", "_resolve_refs")),
    ("ministack.services.cloudformation.stacks", ("_stack_region_context", "_stack_tags_changed")),
)
PAGE_CHANGES_MAX: Final = 50
NO_CHANGES: Final = "The submitted information didn't contain changes. Submit different information to create a change set."

_HIDDEN: Final = "****"


def register() -> None:
    """Tell change sets of updates as AWS does; raises DeployerError when MiniStack is not the one expected."""
    attach.verify(SEAMS)
    create = attach.cloudformation_action("CreateChangeSet")

    def create_and_work_out(parameters: dict[str, list[str]]) -> Answer:
        from ministack.services.cloudformation import _change_sets

        known = set(_change_sets)
        answer = create(parameters)
        for change_set_id in set(_change_sets) - known:
            _work_out(_change_sets[change_set_id])
        return answer

    attach.register_cloudformation_actions({"CreateChangeSet": create_and_work_out, "DescribeChangeSet": _describe})


def _work_out(change_set: dict[str, Any]) -> None:
    """Put the changes of an update in place of MiniStack's."""
    from ministack.services.cloudformation import _stacks, stacks

    stack = _stacks.get(change_set["StackName"])
    if change_set["ChangeSetType"] != "UPDATE" or stack is None or change_set["ImportExistingResources"]:
        return
    with stacks._stack_region_context(stack, stack["StackId"]):
        changes = _changes_of(change_set, stack)
    change_set["Changes"] = [{"Type": "Resource", "ResourceChange": change} for change in changes]
    outputs_moved = (stack["_template"].get("Outputs") or {}) != (change_set["_template"].get("Outputs") or {})
    if changes or outputs_moved:
        change_set |= {"Status": "CREATE_COMPLETE", "ExecutionStatus": "AVAILABLE", "StatusReason": ""}
    else:
        change_set |= {"Status": "FAILED", "ExecutionStatus": "UNAVAILABLE", "StatusReason": NO_CHANGES}


def _changes_of(change_set: Mapping[str, Any], stack: Mapping[str, Any]) -> list[Change]:
    from ministack.services.cloudformation import stacks

    standing = stack.get("_resources", {})
    old = _resolved(stack, stack["_template"], stack["_resolved_params"], standing)
    before, after = stack["_resolved_params"], change_set["_resolved_params"]
    replaced: frozenset[str] = frozenset()
    while True:
        kept = {name: one for name, one in standing.items() if name not in replaced}
        new = _resolved(stack, change_set["_template"], after, kept)
        changes = changes_between(
            old,
            new,
            region=attach.current_region(),
            changed_parameters=frozenset(name for name in after if (before.get(name) or {}).get("Value") != after[name]["Value"]),
            physical_ids={name: one["PhysicalResourceId"] for name, one in standing.items() if one.get("PhysicalResourceId")},
            retagged=stacks._stack_tags_changed(stack, change_set["Tags"], change_set["_tags_given"]),
        )
        found = frozenset(change["LogicalResourceId"] for change in changes if change.get("Replacement") == "True")
        if found <= replaced:
            return changes
        replaced |= found


def _resolved(
    stack: Mapping[str, Any], template: Mapping[str, Any], parameters: Mapping[str, Any], standing: Mapping[str, Any]
) -> dict[str, Resource]:
    """Return the resources whose condition holds, functions resolved by what stands; what does not stand is known after apply."""
    from ministack.services.cloudformation import engine

    conditions = engine._evaluate_conditions(template, parameters)
    declared = template.get("Resources", {})
    known = {**{name: _NotYet() for name in declared if name not in standing}, **standing}
    resolved = {}
    for name, written in declared.items():
        if written.get("Condition") and not conditions.get(written["Condition"]):
            continue
        properties = json.loads(json.dumps(written.get("Properties") or {}))
        with suppress(ValueError):
            properties = engine._resolve_refs(
                properties, known, parameters, conditions, template.get("Mappings") or {}, stack["StackName"], stack["StackId"]
            )
        resolved[name] = Resource(
            kind=written["Type"],
            properties={key: value for key, value in properties.items() if value is not engine._NO_VALUE},
            written=_taken(written.get("Properties") or {}, conditions),
            attributes={key: value for key, value in written.items() if key not in ("Type", "Properties", "Condition", "DependsOn")},
        )
    return resolved


def _taken(value: Any, conditions: Mapping[str, bool]) -> Any:
    """Return a piece of template with the taken branch of every Fn::If in its place."""
    if isinstance(value, list):
        return [_taken(item, conditions) for item in value]
    if not isinstance(value, dict):
        return value
    if "Fn::If" in value:
        condition, holds, otherwise = value["Fn::If"]
        return _taken(holds if conditions.get(condition) else otherwise, conditions)
    return {key: _taken(item, conditions) for key, item in value.items()}


class _NotYet(dict[str, Any]):
    """A resource that does not stand yet: its id and each of its attributes are known after apply."""

    def __init__(self) -> None:
        super().__init__(PhysicalResourceId=KNOWN_AFTER_APPLY, Attributes=_Anything())


class _Anything(dict[str, str]):
    """Every attribute there could be."""

    def __contains__(self, key: object) -> bool:
        return True

    def __getitem__(self, key: str) -> str:
        return KNOWN_AFTER_APPLY


def _describe(parameters: dict[str, list[str]]) -> Answer:
    """Answer DescribeChangeSet in pages, with values when they are asked for; hidden parameters stay hidden."""
    from ministack.services.cloudformation import _stacks, changesets

    def one(name: str) -> str:
        return (parameters.get(name) or [""])[0]

    change_set = changesets._find_change_set(one("ChangeSetName"), one("StackName"))[1]
    if change_set is None or (_stacks.get(change_set["StackName"]) or {}).get("StackId") != change_set["StackId"]:
        return attach.xml_error("ChangeSetNotFound", f"ChangeSet [{one('ChangeSetName')}] does not exist", 404)
    start = int(one("NextToken")) if one("NextToken").isdigit() else 0
    if one("NextToken") and not 0 < start < len(change_set["Changes"]):
        return attach.xml_error("ValidationError", "Invalid NextToken")
    end = start + PAGE_CHANGES_MAX
    with_values = one("IncludePropertyValues").lower() == "true"
    hidden = {name for name, value in change_set["_resolved_params"].items() if value.get("NoEcho")}
    result = {
        **{key: value for key, value in change_set.items() if not key.startswith("_") and key != "ImportExistingResources"},
        "OnStackFailure": change_set.get("OnStackFailure") or None,
        "ImportExistingResources": change_set["ImportExistingResources"] or None,
        "Parameters": [
            {**pair, "ParameterValue": _HIDDEN} if pair["ParameterKey"] in hidden else pair for pair in change_set["Parameters"]
        ],
        "Changes": [
            {"Type": "Resource", "ResourceChange": told(change["ResourceChange"], with_values=with_values)}
            for change in change_set["Changes"][start:end]
        ],
        "NextToken": str(end) if end < len(change_set["Changes"]) else None,
    }
    return write_answer(operation_model("DescribeChangeSet"), result)
