"""Where the embedded AWS holds on to MiniStack's CloudFormation: what it gets wrong about stacks in several Regions.

Each function says what AWS does; none of them adds more than that. `register` puts all of them in place, and StackSets call it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from deployer.local import attach
from deployer.local.template_references import unresolved

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.cloudformation.changesets", ("_evaluate_conditions", "_find_change_set", "validate_template_support")),
    ("ministack.services.cloudformation.engine", ("_evaluate_conditions", "_resolve_refs")),
    ("ministack.services.cloudformation.handlers", ("_evaluate_conditions", "_resolve_stack", "validate_template_support")),
    ("ministack.services.cloudformation.provisioners", ("_RESOURCE_HANDLERS",)),
    ("ministack.services.cloudformation.stacks", ("_evaluate_conditions",)),
    ("ministack.services.iam", ("_roles", "_policies")),
)
_RESOLVED_IN_CONDITIONS: Final = frozenset({"Fn::FindInMap", "Fn::Join", "Fn::Split", "Fn::Sub"})


def register() -> None:
    """Correct this process's CloudFormation; raises DeployerError when MiniStack is not the one expected."""
    attach.verify(SEAMS)
    resolve_conditions_in_their_region()
    refuse_unresolved_references()
    refuse_taken_iam_names()
    find_change_sets_by_stack_id()
    delete_a_stack_once()


def resolve_conditions_in_their_region() -> None:
    """Let a template's Conditions know AWS::Region, AWS::AccountId and the like, mappings, and joined text.

    Without it one body for every Region cannot tell the Regions apart: MiniStack compares the words "AWS::Region".
    Source: "Condition intrinsic functions" and "Pseudo parameters reference", CloudFormation User Guide.
    """
    from ministack.services.cloudformation import changesets, engine, handlers, stacks

    evaluate = engine._evaluate_conditions

    def evaluate_here(template: dict[str, Any], params: dict[str, Any]) -> dict[str, bool]:
        def resolved(value: Any) -> Any:
            if isinstance(value, list):
                return [resolved(member) for member in value]
            if not isinstance(value, dict):
                return value
            if _RESOLVED_IN_CONDITIONS & value.keys():
                return engine._resolve_refs(value, {}, params, {}, template.get("Mappings") or {}, "", "")
            return {key: resolved(member) for key, member in value.items()}

        pseudo = {
            "AWS::AccountId": attach.current_account(),
            "AWS::Partition": "aws",
            "AWS::Region": attach.current_region(),
            "AWS::URLSuffix": "amazonaws.com",
        }
        known = params | {name: {"Value": value} for name, value in pseudo.items()}
        return evaluate({**template, "Conditions": resolved(template.get("Conditions") or {})}, known)  # type: ignore[no-any-return]

    for module in (changesets, engine, handlers, stacks):
        module._evaluate_conditions = evaluate_here


def refuse_unresolved_references() -> None:
    """Answer ValidationError to a template that refers to what it does not have; MiniStack puts the name in for the value."""
    from ministack.services.cloudformation import changesets, handlers

    validate = handlers.validate_template_support

    def validate_references_too(template: dict[str, Any], conditions: dict[str, bool], params: Any = None) -> None:
        validate(template, conditions, params=params)
        # ValidateTemplate is given no parameters, and so knows of no condition whether it holds.
        if reason := unresolved(template, {} if params is None else conditions):
            raise ValueError(reason)

    for module in (changesets, handlers):
        module.validate_template_support = validate_references_too


def refuse_taken_iam_names() -> None:
    """Let a stack fail on a role or managed policy whose given name the account already has, as buckets do (F4.19).

    IAM is one for all Regions, so the second Region of a stack set meets what the first one made; MiniStack would
    silently take it over.
    """
    from ministack.services import iam
    from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

    def guarded(kind: str, name_key: str, taken: Callable[[str, str], bool]) -> None:
        create = _RESOURCE_HANDLERS[kind]["create"]

        def create_unless_taken(logical_id: str, properties: dict[str, Any], stack_name: str) -> Any:
            name = properties.get(name_key)
            if name and taken(name, properties.get("Path", "/")):
                raise ValueError(f"Resource of type '{kind}' with identifier '{name}' already exists.")
            return create(logical_id, properties, stack_name)

        _RESOURCE_HANDLERS[kind] = {**_RESOURCE_HANDLERS[kind], "create": create_unless_taken}

    guarded("AWS::IAM::Role", "RoleName", lambda name, path: name in iam._roles)
    guarded(
        "AWS::IAM::ManagedPolicy",
        "ManagedPolicyName",
        lambda name, path: f"arn:aws:iam::{attach.current_account()}:policy{path}{name}" in iam._policies,
    )


def find_change_sets_by_stack_id() -> None:
    """Let a change set be described, executed and listed by its name and its stack's id, not the stack's name alone.

    Source: DescribeChangeSet, ExecuteChangeSet, ListChangeSets, CloudFormation API Reference: "The name or the Amazon
    Resource Name (ARN) of the stack".
    """
    from ministack.services.cloudformation import changesets

    find, list_by_name = changesets._find_change_set, attach.cloudformation_action("ListChangeSets")

    def name_of(stack: str) -> str:
        return stack.split("/")[1] if stack.startswith("arn:") else stack

    changesets._find_change_set = lambda change_set, stack="": find(change_set, name_of(stack))
    attach.register_cloudformation_actions(
        {"ListChangeSets": lambda params: list_by_name(params | {"StackName": [name_of(name) for name in params.get("StackName", [])]})}
    )


def delete_a_stack_once() -> None:
    """Let a deletion asked for again while it goes on be the one that goes on; MiniStack begins it anew, events and all.

    Source: DeleteStack, CloudFormation API Reference: a request with a token that was taken is a retry.
    """
    from ministack.services.cloudformation import handlers

    delete = attach.cloudformation_action("DeleteStack")

    def delete_once(params: dict[str, list[str]]) -> Any:
        stack = handlers._resolve_stack(next(iter(params.get("StackName", [])), ""))
        if stack and stack.get("StackStatus") == "DELETE_IN_PROGRESS":
            return attach.xml_answer("DeleteStackResponse", "")
        return delete(params)

    attach.register_cloudformation_actions({"DeleteStack": delete_once})
