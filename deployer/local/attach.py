"""Where the embedded AWS holds on to MiniStack: the only file that touches what MiniStack keeps to itself.

Every seam used here is named in `SEAMS` and looked for when the server starts, so that another version of MiniStack
fails with the name of what is missing instead of misbehaving. Import this module only after the process environment
is settled: MiniStack reads its settings when it is imported.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Final

from deployer.vocabulary.errors import DeployerError

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.app", ("app", "AUTH")),
    ("ministack.core.responses", ("request_scope", "get_account_id", "get_region")),
    ("ministack.core.iam_evaluator", ("_is_root_key", "authenticate", "is_root_access_key")),
    ("ministack.core.lambda_runtime", ("reset",)),
    ("ministack.services.cloudformation.handlers", ("_ACTION_HANDLERS",)),
    ("ministack.services.cloudformation.helpers", ("_xml", "_error")),
    ("ministack.services.cloudformation.drift", ("_DRIFT_READERS",)),
    ("ministack.services.cloudformation.stacks", ("_runs_on_worker_thread",)),
    ("ministack.services.cloudformation.provisioners", ("_RESOURCE_HANDLERS", "_REPLACING_PROPERTIES", "_physical_name")),
)

# A CloudFormation action: the request's parameters in query form ({"StackName": ["a"]}) -> (status, headers, body).
# It runs on the event loop and so must not block.
Action = Callable[[dict[str, list[str]]], tuple[int, dict[str, str], bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """How CloudFormation handles one resource type. Properties come with every intrinsic function resolved.

    `create(logical_id, properties, stack_name)` and `update(physical_id, old, new, stack_name, logical_id)` return
    (physical id, attributes for Fn::GetAtt, whose keys may be dotted); `delete(physical_id, properties)` returns
    nothing. All three run on a thread of their own, may block, may call the endpoint, and raise any exception to
    fail the resource with its text as the reason. An update that answers another physical id than it was given has
    replaced the resource; CloudFormation then deletes the old one by itself.
    """

    create: Callable[[str, dict[str, Any], str], tuple[str, dict[str, Any]]]
    update: Callable[[str, dict[str, Any], dict[str, Any], str, str], tuple[str, dict[str, Any]]]
    delete: Callable[[str, dict[str, Any]], None]
    create_only: tuple[str, ...] = ()


def verify(seams: tuple[tuple[str, tuple[str, ...]], ...] = SEAMS) -> None:
    """Raise DeployerError naming every seam of MiniStack that is not where this file, or its caller, expects it."""
    missing = []
    for module_name, names in seams:
        try:
            module = importlib.import_module(module_name)
        except ImportError:
            missing.append(module_name)
            continue
        missing += [f"{module_name}.{name}" for name in names if not hasattr(module, name)]
    if missing:
        raise DeployerError(
            "The installed MiniStack is not the one this deployer extends",
            "missing: " + ", ".join(missing),
            "Install the pinned version: pip install -e '.[local]'",
        )


def application() -> Callable[..., Any]:
    """Return MiniStack as an ASGI application."""
    from ministack.app import app

    return app  # type: ignore[no-any-return]


def require_signatures() -> None:
    """Check the signature of requests made with root credentials too.

    MiniStack alone takes any twelve digits, and the word `test`, for root without looking at the signature.
    """
    from ministack.core import iam_evaluator

    iam_evaluator._is_root_key = lambda access_key_id: False


def register_cloudformation_actions(actions: Mapping[str, Action]) -> None:
    """Serve CloudFormation actions by name, such as `CreateStackSet`; a known name is replaced.

    IAM is enforced before an action runs; `current_account()` and `current_region()` tell whose request it is.
    """
    _handlers().update(actions)


def cloudformation_action(name: str) -> Action:
    """Return the handler that answers a CloudFormation action now; raises KeyError for an unknown one."""
    return _handlers()[name]


def register_resource_types(types: Mapping[str, ResourceType]) -> None:
    """Teach CloudFormation resource types; a known type is replaced. All of them run off the event loop."""
    from ministack.services.cloudformation import provisioners

    _run_off_the_loop(frozenset(types))
    for name, kind in types.items():
        provisioners._RESOURCE_HANDLERS[name] = {
            "create": kind.create,
            "update": kind.update,
            "update_with_logical_id": True,
            "delete": kind.delete,
        }
        provisioners._REPLACING_PROPERTIES[name] = kind.create_only


def declare_replacing(name: str, create_only: tuple[str, ...]) -> None:
    """Let change sets and updates know the properties of a resource type whose change means replacement."""
    from ministack.services.cloudformation import provisioners

    provisioners._REPLACING_PROPERTIES[name] = create_only


def amend_resource_type(name: str, settle: Callable[[str, dict[str, Any], dict[str, Any]], dict[str, Any]]) -> None:
    """Do something more after each create and update of a known resource type.

    `settle(physical_id, old properties (empty at a create), new properties)` runs off the event loop, may raise to fail
    the resource (a resource just created is deleted again) and returns further attributes for Fn::GetAtt.
    """
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS[name]
    create, update, delete = handler["create"], handler.get("update"), handler["delete"]
    takes_logical_id = bool(handler.get("update_with_logical_id"))

    def create_and_settle(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        physical_id, attributes = create(logical_id, properties, stack_name)
        try:
            return physical_id, attributes | settle(physical_id, {}, properties)
        except Exception:
            delete(physical_id, properties)
            raise

    def update_and_settle(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str
    ) -> tuple[str, dict[str, Any]]:
        if update is None:
            return create_and_settle(logical_id, new, stack_name)
        more = (logical_id,) if takes_logical_id else ()
        new_physical_id, attributes = update(physical_id, old, new, stack_name, *more)
        return new_physical_id, attributes | settle(new_physical_id, old if new_physical_id == physical_id else {}, new)

    handler |= {"create": create_and_settle, "update": update_and_settle, "update_with_logical_id": True}
    _run_off_the_loop(frozenset({name}))


def divert_resource_type(name: str, applies: Callable[[dict[str, Any]], bool], kind: ResourceType) -> None:
    """Let `kind` create and update those resources of a known type whose properties it `applies` to; the others stay as they are.

    An update from one to the other has to work in place, for it is the one that `applies` to the new properties that runs; so
    has the deletion, which is the known type's unless `kind` applies.
    """
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS[name]
    create, update, delete = handler["create"], handler["update"], handler["delete"]
    takes_logical_id = bool(handler.get("update_with_logical_id"))

    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        return (kind.create if applies(properties) else create)(logical_id, properties, stack_name)

    def updated(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
        if applies(new):
            return kind.update(physical_id, old, new, stack_name, logical_id)
        return update(physical_id, old, new, stack_name, *((logical_id,) if takes_logical_id else ()))  # type: ignore[no-any-return]

    def deleted(physical_id: str, properties: dict[str, Any]) -> None:
        (kind.delete if applies(properties) else delete)(physical_id, properties)

    handler |= {"create": created, "update": updated, "update_with_logical_id": True, "delete": deleted}
    _run_off_the_loop(frozenset({name}))


def refer_by_attribute(name: str, attribute: str, own_id: Callable[[str], str]) -> None:
    """Let `Ref` answer an attribute of a resource type, as on AWS; `own_id` turns it into MiniStack's own physical id."""
    from ministack.services.cloudformation import drift, provisioners

    handler = provisioners._RESOURCE_HANDLERS[name]
    create, update, delete = handler["create"], handler["update"], handler["delete"]
    read, compared = drift._DRIFT_READERS[name]

    def created(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        attributes = create(logical_id, properties, stack_name)[1]
        return attributes[attribute], attributes

    def updated(physical_id: str, *rest: Any) -> tuple[str, dict[str, Any]]:
        attributes = update(own_id(physical_id), *rest)[1]
        return attributes[attribute], attributes

    handler |= {
        "create": created,
        "update": updated,
        "delete": lambda physical_id, properties: delete(own_id(physical_id), properties),
    }
    drift._DRIFT_READERS[name] = (lambda physical_id, properties: read(own_id(physical_id), properties), compared)


def guard_deletion(name: str, check: Callable[[str, dict[str, Any]], None]) -> None:
    """Call `check(physical_id, properties)` before each deletion of a known resource type; what it raises fails it."""
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS[name]
    delete = handler["delete"]

    def check_and_delete(physical_id: str, properties: dict[str, Any], *more: Any) -> None:
        check(physical_id, properties)
        delete(physical_id, properties, *more)

    handler["delete"] = check_and_delete
    _run_off_the_loop(frozenset({name}))


def guard_settings(name: str, check: Callable[[dict[str, Any], dict[str, Any]], None]) -> None:
    """Call `check(old properties (empty at a create), new properties)` before each create and update of a known resource type.

    What it raises fails the resource, and nothing of it is made or changed.
    """
    from ministack.services.cloudformation import provisioners

    handler = provisioners._RESOURCE_HANDLERS[name]
    create, update = handler["create"], handler.get("update")

    def check_and_create(logical_id: str, properties: dict[str, Any], *more: Any) -> Any:
        check({}, properties)
        return create(logical_id, properties, *more)

    def check_and_update(physical_id: str, old: dict[str, Any], new: dict[str, Any], *more: Any) -> Any:
        check(old, new)
        return update(physical_id, old, new, *more)

    handler |= {"create": check_and_create} | ({"update": check_and_update} if update else {})


def known_resource_types() -> Iterable[str]:
    """Return the names of the resource types that CloudFormation can create now."""
    from ministack.services.cloudformation import provisioners

    return tuple(provisioners._RESOURCE_HANDLERS)


def generated_name(stack_name: str, logical_id: str, *, characters_max: int, lowercase: bool = False) -> str:
    """Return the name CloudFormation gives a resource that has none: `<stack>-<logical id>-<suffix>`."""
    from ministack.services.cloudformation.provisioners import _physical_name

    return str(_physical_name(stack_name, logical_id, lowercase=lowercase, max_len=characters_max))


def xml_answer(root: str, inner: str, status: int = 200) -> tuple[int, dict[str, str], bytes]:
    """Return a CloudFormation answer: `root` is `<Action>Response`, `inner` its XML content."""
    from ministack.services.cloudformation.helpers import _xml

    return _xml(status, root, inner)  # type: ignore[no-any-return]


def xml_error(code: str, message: str, status: int = 400) -> tuple[int, dict[str, str], bytes]:
    """Return CloudFormation's error envelope with AWS's own error code."""
    from ministack.services.cloudformation.helpers import _error

    return _error(code, message, status)  # type: ignore[no-any-return]


def scope(account_id: str, region: str) -> AbstractContextManager[None]:
    """Act for an account in a Region inside the `with` block; every store of MiniStack is looked up under it."""
    from ministack.core.responses import request_scope

    return request_scope(account_id, region)  # type: ignore[no-any-return]


def current_account() -> str:
    """Return the account the running request or resource belongs to."""
    from ministack.core.responses import get_account_id

    return str(get_account_id())


def current_region() -> str:
    """Return the Region the running request or resource belongs to."""
    from ministack.core.responses import get_region

    return str(get_region())


def end_lambda_workers() -> None:
    """End every process that runs a function's code; takes at most about two seconds."""
    from ministack.core import lambda_runtime

    lambda_runtime.reset()


def _run_off_the_loop(names: frozenset[str]) -> None:
    from ministack.services.cloudformation import stacks

    runs_on_worker_thread = stacks._runs_on_worker_thread
    stacks._runs_on_worker_thread = lambda name: name in names or runs_on_worker_thread(name)


def _handlers() -> dict[str, Action]:
    from ministack.services.cloudformation import handlers

    return handlers._ACTION_HANDLERS  # type: ignore[no-any-return]
