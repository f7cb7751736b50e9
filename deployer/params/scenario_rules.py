"""Rules across a scenario's fields: what each field's own type cannot tell. As `rules.py` does for parameter files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from deployer.params.breach import Breach, Rule
from deployer.params.scenario import ActionPlan, FaultPlan, Limits, Phases, Traffic

# What each kind of fault has to be told, beside when; everything else would be ignored, and so is refused.
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "dead": ("region",),
    "black-hole": ("region",),
    "slow": ("region", "latency_seconds"),
    "failing": ("region", "rate"),
    "service-out": ("region", "service"),
    "partition": ("region", "peer"),
    "isolated": ("region",),
    "checker-wrong": ("checker_region",),
    "canary-broken": ("region", "service"),
    "watcher-cut-off": ("region",),
    "zone-lost": ("region",),
}
MAY: Final[Mapping[str, tuple[str, ...]]] = {"zone-lost": ("rate",)}
CANARIES: Final = ("own canary", "peer canary", "peer health canary")
PAYMENTS_MAX: Final = 100_000

_DETAILS: Final = ("region", "peer", "service", "checker_region", "rate", "latency_seconds")
_Values = tuple[Mapping[str, Any], ...]


def faults_are_told_what_they_need(faults: _Values) -> Iterator[Breach]:
    """Each fault has the fields of its kind and no others; a witness can only be a partition's peer: it holds no edge."""
    for index, fault in enumerate(_faults(faults)):
        place = f"faults.{index}"
        given = [name for name in _DETAILS if getattr(fault, name) is not None]
        for name in NEEDS[fault.kind]:
            if name not in given:
                yield Breach(field=place, sentence=f"{fault.kind} needs {name}")
        for name in given:
            if name not in (*NEEDS[fault.kind], *MAY.get(fault.kind, ())):
                yield Breach(field=f"{place}.{name}", sentence=f"{fault.kind} does not use {name}; take it out")
        if fault.region == "witness":
            yield Breach(
                field=f"{place}.region", sentence="the witness holds a share of the quorum and nothing else; name it as a partition's peer"
            )
        if fault.region is not None and fault.region == fault.peer:
            yield Breach(field=f"{place}.peer", sentence="a Region always reaches itself; name another one")
        if fault.kind == "canary-broken" and fault.service not in (None, *CANARIES):
            yield Breach(field=f"{place}.service", sentence=f"{fault.service} is no canary; choose one of {', '.join(CANARIES)}")


def faults_fit_their_phase(faults: _Values, phases: Phases) -> Iterator[Breach]:
    """A fault begins within the fault phase, and is healed after it began and before the phase ends."""
    for index, fault in enumerate(_faults(faults)):
        if fault.at_seconds >= phases.fault_seconds:
            yield Breach(field=f"faults.{index}.at_seconds", sentence=f"the fault phase ends after {phases.fault_seconds:g} s")
        if fault.until_seconds is not None and not fault.at_seconds < fault.until_seconds <= phases.fault_seconds:
            yield Breach(
                field=f"faults.{index}.until_seconds",
                sentence=f"it has to be after {fault.at_seconds:g} s and not after the fault phase's {phases.fault_seconds:g} s",
            )


def actions_fit_their_phase(actions: _Values, phases: Phases) -> Iterator[Breach]:
    """An action lies within a phase that takes place, and says where only if it is done somewhere."""
    lengths = {"fault": phases.fault_seconds, "heal": phases.heal_seconds, "fail-back": phases.fail_back_seconds}
    for index, values in enumerate(actions):
        action = ActionPlan.model_validate(values, strict=True)
        if action.at_seconds >= lengths[action.phase]:
            yield Breach(field=f"actions.{index}.at_seconds", sentence=f"the {action.phase} phase ends after {lengths[action.phase]:g} s")
        if (action.kind == "broken-roll-out") != (action.region is not None):
            need = "needs a region" if action.region is None else "acts on the whole system; take region out"
            yield Breach(field=f"actions.{index}", sentence=f"{action.kind} {need}")


def something_happens(faults: _Values, actions: _Values) -> Iterator[Breach]:
    """A drill in which nothing fails and nobody acts proves nothing."""
    if not faults and not actions:
        yield Breach(field="faults", sentence="nothing happens in this scenario; give it a fault or an action")


def what_is_gone_for_good_is_not_healed(region_returns: bool, phases: Phases) -> Iterator[Breach]:
    """Without a return there is neither a heal nor a fail-back to go through."""
    if region_returns:
        return
    for name in ("heal_seconds", "fail_back_seconds"):
        if getattr(phases, name):
            yield Breach(field=f"phases.{name}", sentence="it has to be 0, since region_returns is false: nothing is healed")


def limits_agree(limits: Limits, survivor: str | None) -> Iterator[Breach]:
    """Traffic that must not move ends where it began."""
    if limits.traffic_must_not_move and limits.traffic_ends_in == "secondary":
        yield Breach(field="limits.traffic_ends_in", sentence="traffic that must not move ends in the primary")
    if limits.traffic_must_not_move and survivor == "secondary":
        yield Breach(field="survivor", sentence="traffic that must not move cannot need the secondary to hold out alone")


def traffic_is_bounded(traffic: Traffic, phases: Phases) -> Iterator[Breach]:
    """Every request is kept in memory, and in the report."""
    one = phases
    seconds = one.warm_up_seconds + one.fault_seconds + one.heal_seconds + one.fail_back_seconds + one.settle_seconds
    count = traffic.payments_per_second * seconds
    if count > PAYMENTS_MAX:
        yield Breach(
            field="traffic.payments_per_second",
            sentence=f"{count:,.0f} payments in {seconds:g} s are more than the {PAYMENTS_MAX:,} a drill keeps",
        )


def _faults(values: _Values) -> Iterator[FaultPlan]:
    return (FaultPlan.model_validate(one, strict=True) for one in values)


SCENARIO_RULES: Final = (
    Rule(reads=("faults",), check=faults_are_told_what_they_need),
    Rule(reads=("faults", "phases"), check=faults_fit_their_phase),
    Rule(reads=("actions", "phases"), check=actions_fit_their_phase),
    Rule(reads=("faults", "actions"), check=something_happens),
    Rule(reads=("region_returns", "phases"), check=what_is_gone_for_good_is_not_healed),
    Rule(reads=("limits", "survivor"), check=limits_agree),
    Rule(reads=("traffic", "phases"), check=traffic_is_bounded),
)
