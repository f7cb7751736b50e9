"""When a Region is called lost, in time: the template's own alarms, judged by CloudWatch's rules, over canaries that run when they will.

Nobody knows at which second of their interval canaries run, how long a run takes or at which second of a minute an alarm is looked at;
so these are drawn, and what must not happen must not happen for any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.local.alarm_rules import ALARM, INSUFFICIENT_DATA, OK, AlarmRule, judge, rule_of
from deployer.rendering.render import render_system
from tests.support.rendering import a_project, an_environment, as_data

INTERVALS: Final = (1, 2, 5)
WITNESSES: Final = ("PeerCanaryAlarm", "PeerHealthCanaryAlarm")
DOUBT: Final = "WatcherDoubtAlarm"
NAMES: Final = (DOUBT, *WITNESSES)
LOOK_SECONDS: Final = 60
RUN_SECONDS_MAX: Final = 55
# Long enough for every alarm to have come to rest before anything happens, and after it.
RUNS: Final = 24


@dataclass(frozen=True)
class Watch:
    """One canary and its alarm: its first run, how long runs that fail take, and when the alarm is first looked at; in seconds."""

    begins: int
    failing_takes: int
    looked_at: int


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Mapping[int, Mapping[str, AlarmRule]]:
    """The alarms' rules, by interval and name, as they are rendered."""
    folder = tmp_path_factory.mktemp("lost")
    source = a_project(folder / "project")
    found = {}
    for minutes in INTERVALS:
        environment = an_environment(canaries={"interval_minutes": minutes})
        resources = as_data(render_system(environment, source=source, build=folder / "build").regional.body)["Resources"]
        found[minutes] = {name: _rule(resources[name]["Properties"]) for name in NAMES}
    return found


def watches(minutes: int) -> st.SearchStrategy[dict[str, Watch]]:
    """Draw one watch for each alarm."""
    one = st.builds(
        Watch,
        begins=st.integers(0, minutes * 60 - 1),
        failing_takes=st.integers(0, RUN_SECONDS_MAX),
        looked_at=st.integers(0, LOOK_SECONDS - 1),
    )
    return st.fixed_dictionaries(dict.fromkeys(NAMES, one))


@pytest.mark.parametrize("minutes", INTERVALS)
@given(data=st.data())
def test_watcher_that_is_cut_off_never_calls_anybody_lost(rules: Mapping[int, Mapping[str, AlarmRule]], minutes: int, data: st.DataObject):
    """However long it lasts, whenever it begins, and in the moment when it is over."""
    drawn = data.draw(watches(minutes))
    begin = data.draw(st.integers(8 * minutes * 60, 12 * minutes * 60))
    end = begin + data.draw(st.integers(1, 8 * minutes * 60))

    assert not lost(rules[minutes], drawn, minutes, dict.fromkeys(NAMES, (begin, end)))


@pytest.mark.parametrize("minutes", INTERVALS)
@pytest.mark.parametrize("broken", WITNESSES)
@given(data=st.data())
def test_one_canary_that_is_broken_never_calls_anybody_lost(
    rules: Mapping[int, Mapping[str, AlarmRule]], minutes: int, broken: str, data: st.DataObject
):
    """For as long as it is."""
    drawn = data.draw(watches(minutes))

    assert not lost(rules[minutes], drawn, minutes, {broken: (8 * minutes * 60, RUNS * minutes * 60)})


@pytest.mark.parametrize("minutes", INTERVALS)
@given(data=st.data())
def test_first_runs_that_fail_call_nobody_lost(rules: Mapping[int, Mapping[str, AlarmRule]], minutes: int, data: st.DataObject):
    """A peer that is slow in coming up, for all but one of the runs that it takes; canaries that run no more after it change nothing."""
    drawn = data.draw(watches(minutes))
    runs = rules[minutes][WITNESSES[0]].periods - 1
    last = data.draw(st.integers(runs, RUNS))
    failing = {name: (0, drawn[name].begins + (runs - 1) * minutes * 60 + 1) for name in WITNESSES}

    assert not lost(rules[minutes], drawn, minutes, failing, runs=last)


@pytest.mark.parametrize("minutes", INTERVALS)
@given(data=st.data())
def test_region_that_is_gone_is_called_lost(rules: Mapping[int, Mapping[str, AlarmRule]], minutes: int, data: st.DataObject):
    """Within as many intervals as runs have to fail, and the time for the last run and for looking at it."""
    drawn = data.draw(watches(minutes))
    begin = data.draw(st.integers(8 * minutes * 60, 12 * minutes * 60))
    found = lost(rules[minutes], drawn, minutes, dict.fromkeys(WITNESSES, (begin, RUNS * minutes * 60)))
    longest = rules[minutes][WITNESSES[0]].periods * minutes * 60 + RUN_SECONDS_MAX + LOOK_SECONDS

    assert found
    assert found[0] - begin <= longest


def lost(
    rules: Mapping[str, AlarmRule], watches: Mapping[str, Watch], minutes: int, failing: Mapping[str, tuple[int, int]], runs: int = RUNS
) -> list[int]:
    """Return the seconds at which the rule of the composite alarm is met; `failing` says from when to when a canary's runs fail."""
    states = dict.fromkeys(rules, INSUFFICIENT_DATA)
    found = []
    looks = sorted(
        (second, name) for name, watch in watches.items() for second in range(watch.looked_at, RUNS * minutes * 60, LOOK_SECONDS)
    )
    for second, name in looks:
        data = _published(watches[name], minutes, failing.get(name, (0, 0)), runs)
        period = rules[name].period_seconds
        windows = [
            [
                value
                for began, ended, value in data
                if second - (number + 1) * period <= began < second - number * period and ended <= second
            ]
            for number in range(rules[name].periods_looked_at)
        ]
        states[name] = judge(rules[name], [min(one) if one else None for one in windows], states[name]).state
        if states[DOUBT] == OK and all(states[one] == ALARM for one in WITNESSES):
            found.append(second)
    return found


def _published(watch: Watch, minutes: int, failing: tuple[int, int], runs: int) -> list[tuple[int, int, float]]:
    """Return (begin, end, per cent) of each run; a value counts for the moment of its begin, and is there from its end on."""
    found = []
    for number in range(runs):
        began = watch.begins + number * minutes * 60
        fails = failing[0] <= began < failing[1]
        found.append((began, began + (watch.failing_takes if fails else 3), 0.0 if fails else 100.0))
    return found


def _rule(alarm: Mapping[str, Any]) -> AlarmRule:
    rule = rule_of(alarm)
    assert rule is not None
    return rule
