"""One drill from begin to end: steady traffic, a fault, what people do about it, the heal, the last reads; a record comes out.

    refuse what is not steady → traffic and samples → the scenario's deeds in time → traffic ends → last reads, ledger, audit log → clean up

Whatever happens on the way, what the drill broke is healed, what it released is taken back, and the hold is cleared: in the end, after an
error, after Ctrl-C. Judging is `verdict`'s; what a system is driven by comes in as `Hands`.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import Final, Protocol

from deployer.drill.client import Client
from deployer.drill.hands import Hands
from deployer.drill.history import Attempt, DrillRecord, Mark, Outcome, PhaseName, Read, Sample
from deployer.drill.names import Names, NoAddress
from deployer.drill.operators import Operators
from deployer.drill.sampling import Sampler, seen_in
from deployer.drill.schedule import Deed, roles_gone_for_good, schedule_of
from deployer.drill.settling import question_witnesses, read_payments
from deployer.drill.target import Target
from deployer.drill.traffic import History, TrafficRun, order_of
from deployer.params.scenario import Scenario
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import DeployerError, InputRefused

# What came before may still be on its way: an earlier drill's failover, a roll-out's last alarm.
STEADY_SECONDS_MAX: Final = 180.0
_STEP_SECONDS: Final = 0.1
_POLL_SECONDS: Final = 2.0


class Watcher(Protocol):
    """Whoever looks on while a drill runs. Called from several threads, and not to hold them up."""

    def marked(self, mark: Mark) -> None:
        """Something was done."""
        ...

    def sampled(self, sample: Sample, history: History) -> None:
        """A look was taken; `history` is the traffic so far, and grows."""
        ...

    def told(self, sentence: str) -> None:
        """Something that takes seconds begins."""
        ...


@dataclass(slots=True, kw_only=True)
class _Course:
    """One drill under way."""

    scenario: Scenario
    target: Target
    hands: Hands
    clock: Clock
    watcher: Watcher
    run_id: str
    began_seconds: float
    marks: list[Mark] = field(default_factory=list)
    open_faults: dict[int, str] = field(default_factory=dict)
    broken_releases: list[str] = field(default_factory=list)
    asked: Future[tuple[Read, ...]] | None = None
    operators: Operators = field(init=False)

    def __post_init__(self) -> None:
        self.operators = Operators(self.now)

    def now(self) -> float:
        """Return the seconds since the drill began."""
        return self.clock.monotonic_seconds() - self.began_seconds

    def mark(self, phase: PhaseName, text: str) -> None:
        """Note that something was done."""
        mark = Mark(at_seconds=self.now(), phase=phase, text=text)
        self.marks.append(mark)
        self.watcher.marked(mark)

    def region_of(self, role: str | None) -> str:
        """Return the Region of a role."""
        return self.target.regions[0 if role == "primary" else 1]


def run_drill(
    scenario: Scenario, target: Target, hands: Hands, *, environment: str, consistency: str, clock: Clock, watcher: Watcher
) -> DrillRecord:
    """Perform a scenario on a system and return what it left behind; `environment` and `consistency` are written into it.

    Raises InputRefused when the system is not steady to begin with or a fault cannot be injected there, AwsRefused and DeployerError when
    the drill could not be carried through or not everything could be put right again.
    """
    course = _Course(
        scenario=scenario,
        target=target,
        hands=hands,
        clock=clock,
        watcher=watcher,
        run_id=f"drill-{_letters()}",
        began_seconds=0.0,
    )
    watcher.told("seeing that all is well to begin with")
    _await_steady(course)
    began_at = clock.now().isoformat(timespec="milliseconds")
    course.began_seconds = clock.monotonic_seconds()
    scale = hands.time_scale
    traffic = TrafficRun(
        target, scenario.traffic, run_id=course.run_id, seconds_max=scenario.seconds / scale, time_scale=scale, now=course.now
    )
    sampler = Sampler(target, hands, course.now, lambda sample: watcher.sampled(sample, traffic.history))
    with ThreadPoolExecutor(max_workers=1) as beside:
        try:
            sampler.start()
            traffic.start()
            _perform(course, traffic, beside)
            history = traffic.stop()
            samples = sampler.stop()
            return _record(course, history, samples, environment=environment, consistency=consistency, began_at=began_at)
        finally:
            try:
                _put_right(course)
            finally:
                # How they ended has been told already, or something worse has.
                for stop in (traffic.stop, sampler.stop, course.operators.stop):
                    with suppress(Exception):
                        stop()


def _perform(course: _Course, traffic: TrafficRun, beside: ThreadPoolExecutor) -> None:
    """Do every deed when it is due."""
    for deed in schedule_of(course.scenario):
        due = deed.at_seconds / course.hands.time_scale
        while course.now() < due:
            if traffic.is_over and deed.kind != "end":
                traffic.stop()  # raises what broke it
                raise DeployerError("The traffic ended before the drill did", hint="Run the drill again; report it if it happens twice.")
            course.clock.sleep(min(_STEP_SECONDS, max(0.0, due - course.now())))
        _do(course, deed, traffic, beside)


def _do(course: _Course, deed: Deed, traffic: TrafficRun, beside: ThreadPoolExecutor) -> None:
    course.mark(deed.phase, deed.text)
    hands, scenario = course.hands, course.scenario
    match deed.kind:
        case "break" if deed.fault is not None:
            course.open_faults[deed.fault] = hands.break_it(scenario.faults[deed.fault])
        case "heal" if deed.fault is not None:
            hands.heal(course.open_faults.pop(deed.fault))
        case "heal-all":
            _heal_all(course)
        case "fail-over":
            course.operators.begin("fail-over", lambda: hands.fail_over(f"drill {scenario.name}"))
        case "fail-back":
            course.operators.begin("fail-back", hands.fail_back)
        case "broken-roll-out":
            region = course.region_of(deed.role)
            course.broken_releases.append(region)
            hands.release_broken(region)
        case "ask-survivor":
            ids = tuple(dict.fromkeys(traffic.acknowledged()))
            course.asked = beside.submit(read_payments, course.target, course.region_of(scenario.survivor), ids, PhaseName.FAULT)


def _heal_all(course: _Course) -> None:
    """Heal what is still broken, and take broken releases back; everything is tried, and the first refusal raised."""
    refused: list[DeployerError] = []
    for number, fault_id in list(course.open_faults.items()):
        with _collecting(refused):
            course.hands.heal(fault_id)
            del course.open_faults[number]
    for region in list(course.broken_releases):
        with _collecting(refused):
            course.hands.release_good(region)
            course.broken_releases.remove(region)
    if refused:
        raise refused[0]


@contextmanager
def _collecting(refused: list[DeployerError]) -> Iterator[None]:
    try:
        yield
    except DeployerError as error:
        refused.append(error)


def _record(
    course: _Course, history: History, samples: tuple[Sample, ...], *, environment: str, consistency: str, began_at: str
) -> DrillRecord:
    """Ask everybody for the last time, and put everything together."""
    scenario, target = course.scenario, course.target
    lost = tuple(course.region_of(role) for role in roles_gone_for_good(scenario))
    standing = tuple(region for region in target.regions if region not in lost)
    moves = course.operators.moves()
    course.watcher.told("reading every acknowledged payment in each Region")
    reads = course.asked.result() if course.asked else ()
    ids = tuple(dict.fromkeys(str(one.acknowledged.transaction_id) for one in history.requests if one.acknowledged))
    for region in standing:
        reads += read_payments(target, region, ids, PhaseName.SETTLE)
    witnesses = question_witnesses(course.hands, standing, course.run_id, course.clock, course.watcher.told)
    marks = tuple(sorted((*course.marks, *seen_in(samples, tuple(course.marks))), key=lambda mark: mark.at_seconds))
    return DrillRecord(
        scenario=scenario.name,
        environment=environment,
        consistency=consistency,
        regions=target.regions,
        time_scale=course.hands.time_scale,
        began_at=began_at,
        requests=tuple(sorted(history.requests, key=lambda one: one.due_seconds)),
        lookups=tuple(sorted(history.lookups, key=lambda one: one.due_seconds)),
        reads=reads,
        samples=samples,
        marks=marks,
        ledger=witnesses.ledger,
        audit=witnesses.audit,
        unasked=witnesses.unasked,
        moves=moves,
        lost_regions=lost,
        survivor=course.region_of(scenario.survivor) if scenario.survivor else None,
    )


def _await_steady(course: _Course) -> None:
    """Return when nothing is broken or held, the name leads to the primary and a payment goes through; else raise InputRefused."""
    end = course.clock.monotonic_seconds() + STEADY_SECONDS_MAX
    while True:
        reason = _unsteady(course)
        if not reason:
            return
        if course.clock.monotonic_seconds() >= end:
            raise InputRefused(
                f"The system is not steady, so nothing was broken: {reason}",
                hint="See `deployer status PARAMS` and `deployer local faults`; heal what is broken, fail back what is held.",
            )
        course.clock.sleep(_POLL_SECONDS)


def _unsteady(course: _Course) -> str:
    """Return what keeps a drill from beginning, empty when nothing does."""
    if course.hands.is_held():
        return "the hold is set"
    broken = course.hands.broken()
    if broken:
        return f"it is broken already: {', '.join(broken)}"
    try:
        region, attempt = asyncio.run(_try_out(course.target))
    except NoAddress as error:
        return f"{course.target.shared_name}: {error}"
    if region != course.target.regions[0]:
        return f"{course.target.shared_name} leads to {region or 'no Region that is known'}"
    unwell = [name for name, healthy in course.hands.checks()[1] if not healthy]
    if unwell:
        return f"health checks do not pass: {', '.join(unwell)}"
    return "" if attempt.outcome is Outcome.ACKNOWLEDGED else f"a payment does not go through: {attempt.error or f'HTTP {attempt.status}'}"


async def _try_out(target: Target) -> tuple[str | None, Attempt]:
    """Return where the shared name leads, and what became of one payment there; it is not one of the drill's."""
    client = Client(target, timeout_seconds=15, connection_seconds_max=60)
    try:
        order = order_of(f"try-{_letters()}", 0, 0.0, 0)
        return (await Names(target).ask(target.shared_name)).region, await client.pay(order.body, order.idempotency_key)
    finally:
        await client.close()


def _letters() -> str:
    """Return eight letters by chance; digits might make a key look like a card's number, which the API refuses."""
    return "".join(secrets.choice(ascii_lowercase) for _ in range(8))


def _put_right(course: _Course) -> None:
    """Undo whatever the drill did and has not undone; raises DeployerError with everything that could not be."""
    refused: list[DeployerError] = []
    with _collecting(refused):
        _heal_all(course)
    with _collecting(refused):
        course.hands.let_go()
    if refused:
        raise DeployerError(
            "Not everything could be put right after the drill",
            "\n".join(str(one) for one in refused),
            "Run `deployer local heal`, and `deployer fail-back PARAMS`.",
        )
