"""What the embedded AWS of the matrices knows besides: a resource that takes its time.

Stacks of parameters alone are done before anyone can look. With one of these in it, a stack is still in progress when a deployer comes
back that was killed a moment ago: attaching to what runs is what the matrices are about.
"""

from __future__ import annotations

import time
from typing import Any, Final

from deployer.local import attach

TYPE: Final = "Faults::Time::Passing"
SECONDS: Final = 0.15


def register() -> None:
    """Teach the type to the embedded AWS of this process."""
    attach.register_resource_types({TYPE: attach.ResourceType(create=_create, update=_update, delete=_delete)})


def _create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    time.sleep(SECONDS)
    return f"{stack_name}-{logical_id}", {}


def _update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    time.sleep(SECONDS)
    return physical_id, {}


def _delete(physical_id: str, properties: dict[str, Any]) -> None:
    time.sleep(SECONDS)
