"""Gates of a system that has no API: passed in a moment, after they have asked AWS what they ask.

The health of a Region is answered in its place; alarms and canaries are looked for in AWS, which has none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Final

from deployer.outside.view import ANSWER_SECONDS_MAX, HttpAnswer, Outside
from deployer.planning.gates import Gate
from deployer.planning.plan import RolloutPlan

_LOOK_SECONDS: Final = 0.1
_GATE_SECONDS_MAX: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AlwaysWell(Outside):
    """Callers of a Region that is always healthy."""

    def get(self, region: str, host: str, path: str, *, seconds_max: float = ANSWER_SECONDS_MAX) -> HttpAnswer:
        """Return what a healthy Region answers."""
        return HttpAnswer(status=200, body=json.dumps({"region": region}))


def with_short_gates(plan: RolloutPlan) -> RolloutPlan:
    """Return the plan with gates that one good look is enough for; the parameter file takes no such short ones."""
    return replace(plan, steps=tuple(_short(step) if isinstance(step, Gate) else step for step in plan.steps))


def _short(gate: Gate) -> Gate:
    return replace(gate, burn_in_seconds=0.0, sample_seconds=_LOOK_SECONDS, seconds_max=_GATE_SECONDS_MAX)
