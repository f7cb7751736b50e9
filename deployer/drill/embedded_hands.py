"""The hands on a system in the embedded AWS: everything AWS lets one do, and every fault there is."""

from __future__ import annotations

from deployer.aws.session import Aws
from deployer.drill.hands import CheckerView, CheckView, SystemHands
from deployer.drill.operators import Typed
from deployer.local import fault_control
from deployer.local.faults import Fault, FaultKind
from deployer.local.state import LocalState
from deployer.params.model import Environment
from deployer.params.scenario import FaultPlan
from deployer.vocabulary.names import name_of


class EmbeddedHands(SystemHands):
    """`time_scale` is the embedded AWS's own: faults that last are scaled with it."""

    def __init__(self, aws: Aws, environment: Environment, typed: Typed, state: LocalState, *, time_scale: float = 1.0) -> None:
        super().__init__(aws, environment, typed)
        self._state, self.time_scale = state, time_scale

    def break_it(self, fault: FaultPlan) -> str:
        """`Hands.break_it`."""
        return fault_control.inject(self._state, fault_of_plan(fault, self))

    def heal(self, fault_id: str) -> None:
        """`Hands.heal`; a fault that has passed by itself is healed already."""
        if any(one.fault_id == fault_id for one in fault_control.active(self._state)):
            fault_control.heal(self._state, fault_id)

    def broken(self) -> tuple[str, ...]:
        """`Hands.broken`."""
        return (*super().broken(), *(words_of(one) for one in fault_control.active(self._state)))

    def checks(self) -> tuple[CheckerView, CheckView]:
        """`Hands.checks`."""
        states = fault_control.check_states(self._state)
        names = {one.check_id: f"{one.about or one.check_id}" for one in states}
        for one in states:
            if one.kind == "CALCULATED":
                names[one.check_id] = "primary health"
        checkers = tuple((names[one.check_id], region, healthy) for one in states for region, healthy in one.checkers)
        return checkers, tuple((names[one.check_id], one.published_healthy) for one in states)


def fault_of_plan(plan: FaultPlan, hands: SystemHands) -> Fault:
    """Return the embedded AWS's fault for a scenario's, roles turned into Regions and seconds scaled."""
    kind = FaultKind(plan.kind)
    region = hands.region_of(plan.region) if plan.region else plan.checker_region
    if kind is FaultKind.CANARY_BROKEN and plan.service and plan.region:
        return Fault(kind=kind, service=name_of(plan.service, role=plan.region, suffix=hands.suffix))
    return Fault(
        kind=kind,
        region=region,
        peer=hands.region_of(plan.peer) if plan.peer else None,
        service=plan.service,
        rate=plan.rate,
        latency_seconds=plan.latency_seconds and plan.latency_seconds / hands.time_scale,
    )


def words_of(fault: Fault) -> str:
    """Return a fault in a few words for a timeline."""
    details = (
        fault.service,
        fault.region and f"in {fault.region}",
        fault.peer and f"from {fault.peer}",
        fault.rate and f"{fault.rate:.0%}",
        fault.latency_seconds and f"{fault.latency_seconds:g} s",
    )
    return " ".join(str(word) for word in (fault.kind.value, *details) if word)
