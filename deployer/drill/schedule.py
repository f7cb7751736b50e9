"""What a drill does when: a scenario as a list of deeds in time. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from deployer.drill.history import PhaseName
from deployer.params.scenario import ActionPlan, FaultPlan, Scenario

# A Region that is taken away is asked about by way of the other one a little later: when whoever was under way there has ended.
ASK_AFTER_SECONDS: Final = 10.0
_ORDER: Final = tuple(PhaseName)
_TAKE_AWAY: Final = ("dead", "black-hole", "isolated")

DeedKind = Literal["phase", "break", "heal", "heal-all", "fail-over", "fail-back", "broken-roll-out", "by-hand", "ask-survivor", "end"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing to do, so many of the scenario's seconds after the drill began.

    `fault` is the number of the scenario's fault for break and heal, `role` that of a broken roll-out's Region; `text` is for the timeline.
    """

    at_seconds: float
    phase: PhaseName
    kind: DeedKind
    text: str
    fault: int | None = None
    role: str | None = None


def schedule_of(scenario: Scenario) -> tuple[Deed, ...]:
    """Return a scenario's deeds in the order in which they are due; phases begin before what happens in them."""
    return tuple(sorted(_deeds(scenario), key=lambda deed: (deed.at_seconds, _ORDER.index(deed.phase))))


def roles_gone_for_good(scenario: Scenario) -> tuple[str, ...]:
    """Return the roles of the Regions that are away when the drill ends."""
    if scenario.region_returns:
        return ()
    return tuple(dict.fromkeys(str(one.region) for one in scenario.faults if one.kind in _TAKE_AWAY and one.until_seconds is None))


def _deeds(scenario: Scenario) -> Iterator[Deed]:
    begins = _begins(scenario)
    for phase, at in begins.items():
        yield Deed(at_seconds=at, phase=phase, kind="phase", text=phase.value)
    fault = begins[PhaseName.FAULT]
    for number, plan in enumerate(scenario.faults):
        at = fault + plan.at_seconds
        yield Deed(at_seconds=at, phase=PhaseName.FAULT, kind="break", text=words_of(plan), fault=number)
        if plan.until_seconds is not None:
            until = fault + plan.until_seconds
            yield Deed(at_seconds=until, phase=PhaseName.FAULT, kind="heal", text=f"healed: {words_of(plan)}", fault=number)
    for action in scenario.actions:
        yield _acting(action, begins)
    if scenario.survivor:
        yield Deed(
            at_seconds=_ask_at(scenario, fault), phase=PhaseName.FAULT, kind="ask-survivor", text="the survivor is asked for every payment"
        )
    if PhaseName.HEAL in begins:
        yield Deed(at_seconds=begins[PhaseName.HEAL], phase=PhaseName.HEAL, kind="heal-all", text="everything is healed")
    if PhaseName.FAIL_BACK in begins:
        yield Deed(at_seconds=begins[PhaseName.FAIL_BACK], phase=PhaseName.FAIL_BACK, kind="fail-back", text="an operator fails back")
    yield Deed(at_seconds=scenario.seconds, phase=PhaseName.SETTLE, kind="end", text="the traffic ends")


def _begins(scenario: Scenario) -> dict[PhaseName, float]:
    """Return when each phase begins; a heal takes place even if nothing is waited for after it."""
    phases = scenario.phases
    begins = {PhaseName.WARM_UP: 0.0, PhaseName.FAULT: phases.warm_up_seconds}
    at = phases.warm_up_seconds + phases.fault_seconds
    if scenario.region_returns:
        begins[PhaseName.HEAL] = at
        at += phases.heal_seconds
        if phases.fail_back_seconds:
            begins[PhaseName.FAIL_BACK] = at
            at += phases.fail_back_seconds
    begins[PhaseName.SETTLE] = at
    return begins


def _acting(action: ActionPlan, begins: dict[PhaseName, float]) -> Deed:
    phase = PhaseName(action.phase)
    texts = {
        "fail-over": "an operator fails over",
        "fail-back": "an operator fails back",
        "broken-roll-out": f"a broken release goes out to the {action.region}",
        "by-hand": "now people break something, by hand or with FIS",
    }
    return Deed(at_seconds=begins[phase] + action.at_seconds, phase=phase, kind=action.kind, text=texts[action.kind], role=action.region)


def _ask_at(scenario: Scenario, fault: float) -> float:
    """Return when the survivor is asked: while the first thing that breaks is still broken."""
    first = min(scenario.faults, key=lambda one: one.at_seconds, default=None)
    begin = first.at_seconds if first else 0.0
    end = first.until_seconds if first and first.until_seconds is not None else scenario.phases.fault_seconds
    return fault + begin + min(ASK_AFTER_SECONDS, (end - begin) / 2)


def words_of(plan: FaultPlan) -> str:
    """Return a planned fault in a few words."""
    details = (
        plan.service,
        plan.region and f"in the {plan.region}",
        plan.peer and f"from the {plan.peer}",
        plan.checker_region,
        plan.rate and f"{plan.rate:.0%}",
        plan.latency_seconds and f"{plan.latency_seconds:g} s",
    )
    return " ".join(str(word) for word in (plan.kind, *details) if word)
