"""Replication by its rules: whatever is written, parted, lost and healed, in whatever order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.local.eventual_replication import Change, EventualReplication
from deployer.local.faults import Fault, FaultKind, RegionFaults
from deployer.local.strong_replication import StrongTable

EAST, WEST, WITNESS = "us-east-1", "us-east-2", "us-west-2"
REPLICAS = (EAST, WEST)
# An eventual table has no witness, and may have more replicas than two.
EVERYWHERE = (EAST, WEST, WITNESS)
LAG = 0.5

some_member = st.sampled_from(EVERYWHERE)
some_fault = st.one_of(
    st.builds(Fault, kind=st.sampled_from((FaultKind.DEAD, FaultKind.BLACK_HOLE, FaultKind.ISOLATED)), region=some_member),
    st.tuples(some_member, some_member)
    .filter(lambda pair: pair[0] != pair[1])
    .map(lambda pair: Fault(kind=FaultKind.PARTITION, region=pair[0], peer=pair[1])),
)
some_writes = st.tuples(st.just("write"), some_member, st.sampled_from("abc"), st.booleans())
some_steps = st.lists(
    st.one_of(
        some_writes,
        some_writes,
        st.tuples(st.just("break"), some_fault),
        st.tuples(st.just("heal"), st.integers(0, 5)),
        st.tuples(st.just("wait"), st.floats(0, 2)),
        st.tuples(st.just("clock"), st.integers(-(10**9), 10**9)),
        st.tuples(st.just("lag"), st.floats(0, 2)),
    ),
    max_size=40,
)


def some_faults() -> RegionFaults:
    """Return faults that nothing is broken by yet."""
    return RegionFaults(edges=REPLICAS, known=EVERYWHERE)


@dataclass
class EventualWorld:
    """Three Regions' stores, a clock that tests turn, and a wall clock that jumps."""

    faults: RegionFaults = field(default_factory=some_faults)
    now: float = 0.0
    wall_ns: int = 10**18
    lag: float = LAG
    stores: dict[str, dict[str, Any]] = field(default_factory=lambda: {region: {} for region in EVERYWHERE})
    arrived: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    order: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.replication = EventualReplication(self._arrive, self.faults.connected, lambda _: self.lag, lambda: self.wall_ns)

    def write(self, region: str, item: str, *, deleted: bool = False) -> None:
        """Write in a Region that lives, as a client there does."""
        if not self.faults.alive(region):
            return
        number = len(self.order)
        content = None if deleted else number
        self._put(region, item, content)
        self.order.append((item, content))
        others = [other for other in EVERYWHERE if other != region]
        change = Change(table="t", item=item, content=(number, content))
        self.replication.written(region, others, change, now=self.now)

    def play(self, step: tuple[Any, ...]) -> None:
        """Do one step, then let arrive what can."""
        match step:
            case ("write", region, item, deleted):
                self.write(region, item, deleted=deleted)
            case ("break", fault):
                self.faults.inject(fault)
            case ("heal", number):
                active = self.faults.active()
                self.faults.heal(active[number % len(active)].fault_id if active else None)
            case ("wait", seconds):
                self.now += seconds
            case ("clock", ns):
                self.wall_ns += ns
            case ("lag", seconds):
                self.lag = seconds
        self.replication.deliver(self.now)

    def _arrive(self, target: str, source: str, change: Change) -> None:
        number, content = change.content
        self.arrived.setdefault((source, target), []).append(number)
        self._put(target, change.item, content)

    def _put(self, region: str, item: Any, content: Any) -> None:
        if content is None:
            self.stores[region].pop(item, None)
        else:
            self.stores[region][item] = content


@given(some_steps)
@settings(max_examples=150, deadline=None)
def test_healed_regions_hold_the_latest_write_of_each_item(steps: list[tuple[Any, ...]]) -> None:
    """Whatever was written where, parted, dead and healed, and however the machine's clock jumped."""
    world = EventualWorld()
    for step in steps:
        world.play(step)

    world.faults.heal()
    world.now += world.lag
    assert world.replication.deliver(world.now) is None
    latest = dict(world.order)
    expected = {item: content for item, content in latest.items() if content is not None}
    assert world.stores == dict.fromkeys(EVERYWHERE, expected)
    assert world.replication.backlogs(world.now) == ()


@given(some_steps)
@settings(max_examples=100, deadline=None)
def test_writes_of_a_region_arrive_in_their_order_and_never_twice(steps: list[tuple[Any, ...]]) -> None:
    """Some never arrive because something later was there already."""
    world = EventualWorld()
    for step in steps:
        world.play(step)
    world.faults.heal()
    world.replication.deliver(world.now + world.lag)

    for numbers in world.arrived.values():
        assert numbers == sorted(set(numbers))


@given(some_steps)
@settings(max_examples=100, deadline=None)
def test_dead_region_stays_as_it_was(steps: list[tuple[Any, ...]]) -> None:
    """Nothing arrives in it and nothing leaves it."""
    world = EventualWorld()
    for step in steps:
        before = {region: dict(store) for region, store in world.stores.items()}
        was_dead = [region for region in EVERYWHERE if not world.faults.alive(region)]
        world.play(step)
        for region in was_dead:
            if not world.faults.alive(region):
                assert world.stores[region] == before[region]


def test_write_arrives_after_the_lag_and_not_before() -> None:
    """Its own Region reads it at once."""
    world = EventualWorld()
    world.write(EAST, "a")

    assert world.replication.deliver(LAG - 0.01) == LAG
    assert world.stores == {EAST: {"a": 0}, WEST: {}, WITNESS: {}}
    assert world.replication.deliver(LAG) is None
    assert world.stores[WEST] == {"a": 0}


def test_backlog_tells_how_much_waits_and_since_when() -> None:
    """By direction."""
    world = EventualWorld()
    world.faults.inject(Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST))
    world.write(EAST, "a")
    world.now = 3.0
    world.write(EAST, "b")
    world.replication.deliver(world.now)

    backlog, _ = world.replication.backlogs(world.now)
    assert (backlog.source, backlog.target, backlog.writes_count, backlog.oldest_seconds) == (EAST, WEST, 2, 3.0)
    assert world.stores == {EAST: {"a": 0, "b": 1}, WEST: {}, WITNESS: {"a": 0}}


def test_both_sides_of_a_partition_wrote_and_the_later_one_wins_even_when_it_deleted() -> None:
    """The earlier one, healed later, does not come back."""
    world = EventualWorld()
    world.write(EAST, "a")
    world.now = LAG
    world.replication.deliver(world.now)
    world.faults.inject(Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST))
    world.write(WEST, "a")
    world.write(EAST, "a", deleted=True)
    assert (world.stores[EAST], world.stores[WEST]) == ({}, {"a": 1})

    world.faults.heal()
    world.replication.deliver(world.now + LAG)
    assert world.stores == {EAST: {}, WEST: {}, WITNESS: {}}


@dataclass
class StrongWorld:
    """A strong table's two replicas and witness; a register an item, written and read as clients do."""

    faults: RegionFaults = field(default_factory=some_faults)
    stores: dict[str, dict[str, int]] = field(default_factory=lambda: {region: {} for region in REPLICAS})
    acknowledged: dict[str, int] = field(default_factory=dict)
    writes_count: int = 0

    def __post_init__(self) -> None:
        # Nobody tells the table of a healing: what it promises holds from the first question on.
        self.table = StrongTable(REPLICAS, (WITNESS,), self._arrive, self.faults.connected)

    def read(self, region: str, item: str) -> tuple[bool, int | None]:
        """Return whether a strong read is served, and what it reads."""
        if not self.table.may_serve(region):
            return False, None
        return True, self.stores[region].get(item)

    def put_once(self, region: str, item: str) -> str:
        """Put an item unless it is there; return what the client is told."""
        if not self.table.may_serve(region):
            return "unavailable"
        if item in self.stores[region]:
            return "there"
        return self.write(region, item)

    def write(self, region: str, item: str) -> str:
        """Write an item whatever is there; return what the client is told."""
        if not self.table.may_serve(region):
            return "unavailable"
        self.writes_count += 1
        self.stores[region][item] = self.acknowledged[item] = self.writes_count
        self.table.written(region, (item, self.writes_count))
        return "done"

    def play(self, step: tuple[Any, ...]) -> str:
        """Do one step; return what a client was told, if there was one."""
        match step:
            case ("write", region, item, True) if region in REPLICAS:
                return self.write(region, item)
            case ("write", region, item, False) if region in REPLICAS:
                return self.put_once(region, item)
            case ("break", fault):
                self.faults.inject(fault)
            case ("heal", number):
                active = self.faults.active()
                self.faults.heal(active[number % len(active)].fault_id if active else None)
        return ""

    def _arrive(self, target: str, source: str, content: Any) -> None:
        item, value = content
        self.stores[target][item] = value


@given(some_steps)
@settings(max_examples=150, deadline=None)
def test_strong_read_sees_every_acknowledged_write(steps: list[tuple[Any, ...]]) -> None:
    """In any Region that answers, after each step: operations are linear an item, whatever is broken."""
    world = StrongWorld()
    for step in steps:
        world.play(step)
        for region in REPLICAS:
            for item in "abc":
                served, read = world.read(region, item)
                assert not served or read == world.acknowledged.get(item)


@given(some_steps)
@settings(max_examples=150, deadline=None)
def test_conditional_put_happens_once(steps: list[tuple[Any, ...]]) -> None:
    """However many Regions try it, before, during and after faults."""
    world = StrongWorld()
    told = []
    for step in steps:
        if step[0] == "write" and step[1] in REPLICAS:
            told.append((step[2], world.put_once(step[1], step[2])))
        else:
            world.play(step)

    done = [item for item, answer in told if answer == "done"]
    assert len(done) == len(set(done))


@given(some_steps)
@settings(max_examples=100, deadline=None)
def test_healed_table_is_the_same_everywhere(steps: list[tuple[Any, ...]]) -> None:
    """And nothing waits."""
    world = StrongWorld()
    for step in steps:
        world.play(step)

    world.faults.heal()
    world.table.catch_up()
    assert world.stores == {EAST: world.acknowledged, WEST: world.acknowledged}
    assert [world.table.waiting(member) for member in world.table.members] == [0, 0, 0]


@pytest.mark.parametrize(
    ("faults", "serving"),
    [
        pytest.param((), {EAST, WEST}, id="well"),
        pytest.param((Fault(kind=FaultKind.DEAD, region=EAST),), {WEST}, id="one replica dead"),
        pytest.param((Fault(kind=FaultKind.DEAD, region=WITNESS),), {EAST, WEST}, id="witness dead"),
        pytest.param((Fault(kind=FaultKind.ISOLATED, region=EAST),), {WEST}, id="one isolated"),
        pytest.param((Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST),), {EAST, WEST}, id="parted, both reach the witness"),
        pytest.param(
            (Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST), Fault(kind=FaultKind.PARTITION, region=EAST, peer=WITNESS)),
            {WEST},
            id="parted from both",
        ),
        pytest.param(
            (Fault(kind=FaultKind.DEAD, region=WITNESS), Fault(kind=FaultKind.PARTITION, region=EAST, peer=WEST)), set(), id="all apart"
        ),
    ],
)
def test_region_serves_with_a_majority_and_not_without(faults: tuple[Fault, ...], serving: set[str]) -> None:
    """Itself counted."""
    world = StrongWorld()
    for fault in faults:
        world.faults.inject(fault)

    assert {region for region in REPLICAS if world.table.may_serve(region)} == serving


def test_isolated_region_catches_up_from_the_witness_alone() -> None:
    """It need not reach the replica that wrote, which is dead by then."""
    world = StrongWorld()
    world.faults.inject(Fault(kind=FaultKind.ISOLATED, region=EAST))
    assert world.write(WEST, "a") == "done"
    assert world.stores[EAST] == {}
    world.faults.inject(Fault(kind=FaultKind.DEAD, region=WEST))
    world.faults.heal("fault-1")

    assert world.read(EAST, "a") == (True, 1)
