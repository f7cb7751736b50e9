"""Event source mappings in one Region: listed by their function, and disabled, as a tear-down needs it."""

from __future__ import annotations

from typing import Any

from tests.support.rollout.wire import refusal


class FakeEventSources:
    """`states` maps a mapping's UUID to its state, `functions` to what it calls; one that is disabled takes `looks` to be so."""

    def __init__(self) -> None:
        """Begin with no mapping."""
        self.states: dict[str, str] = {}
        self.functions: dict[str, str] = {}
        self.looks = 1
        self._left: dict[str, int] = {}

    def put(self, uuid: str, function: str, state: str = "Enabled") -> None:
        """Have a mapping that brings records to `function`, such as `name:alias`."""
        self.states[uuid], self.functions[uuid] = state, function

    def list_event_source_mappings(self, *, FunctionName: str) -> dict[str, Any]:
        """Return the mappings of a function; one under way to be disabled comes nearer to it."""
        own = [uuid for uuid, function in self.functions.items() if function == FunctionName]
        for uuid in own:
            if self.states[uuid] == "Disabling":
                self._left[uuid] -= 1
                self.states[uuid] = "Disabling" if self._left[uuid] > 0 else "Disabled"
        return {"EventSourceMappings": [{"UUID": uuid, "State": self.states[uuid]} for uuid in own]}

    def update_event_source_mapping(self, *, UUID: str, Enabled: bool) -> dict[str, Any]:
        """Begin to disable a mapping."""
        if UUID not in self.states:
            raise refusal("ResourceNotFoundException", f"The resource {UUID} does not exist")
        assert not Enabled, "nobody enables a mapping by hand"
        self.states[UUID], self._left[UUID] = "Disabling", self.looks
        return {}
