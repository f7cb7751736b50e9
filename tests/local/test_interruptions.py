"""Ctrl-C, SIGTERM and a second deployer, as they really come: the command line as a process of its own, at a terminal and without one.

The roll-outs wait in a Region until a test lets them go on, so each of them is interrupted in the middle of an operation.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.faults.tiny_system import HOME, PEER
from tests.support.embedded import EmbeddedAws
from tests.support.small_deployer import GATED, SmallProject

QUESTION = "Your choice:"
_WAIT_SECONDS_MAX = 60.0


@pytest.fixture
def project(embedded_aws: EmbeddedAws, tmp_path: Path) -> SmallProject:
    """A system of which nothing stands."""
    return SmallProject(embedded_aws, tmp_path)


def wait_at_gate(project: SmallProject, region: str = HOME) -> None:
    """Return once the stack of a Region waits, as the deployer itself has told."""
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while time.monotonic() < deadline:
        if any((one.get("logical_id"), one.get("region")) == ("Gate", region) for one in project.events()):
            return
        time.sleep(0.05)
    raise AssertionError(f"{region} never waited: {project.events()[-3:]}")


def open_gates(project: SmallProject, *regions: str) -> None:
    """Let these Regions go on, one after another, each once its instance is there and waits."""
    for region in regions:
        deadline = time.monotonic() + _WAIT_SECONDS_MAX
        while time.monotonic() < deadline:
            with suppress(ClientError):
                project.sets.open_gate(project.set_name, region)
                break
            time.sleep(0.05)
        else:
            raise AssertionError(f"{region} never had an instance")


@contextmanager
def gates_open_by_themselves(project: SmallProject) -> Iterator[None]:
    """Let both Regions go on while something else is waited for."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        opened = pool.submit(open_gates, project, HOME, PEER)
        yield
        opened.result(_WAIT_SECONDS_MAX)


def assert_converges(project: SmallProject) -> None:
    """Run the same command again, the Regions let go on: it ends well, after which there is nothing to do."""
    with gates_open_by_themselves(project):
        again = project.run(GATED, "roll-out", "--yes")
    whole = project.run(GATED, "plan")

    assert again.returncode == 0, again.stderr
    assert "Nothing to do." in whole.stdout, whole.stdout + whole.stderr


def test_who_goes_on_after_ctrl_c_sees_the_roll_out_end(project: SmallProject) -> None:
    """It asks under a still screen; `go` watches on, exit 0, and nothing was begun twice."""
    with project.at_terminal(GATED, "roll-out", "--yes") as terminal:
        wait_at_gate(project)
        terminal.press_ctrl_c()
        terminal.until(QUESTION)
        terminal.type_line("go")
        with gates_open_by_themselves(project):
            exit_code = terminal.ended()

    assert exit_code == 0, terminal.screen.shown
    assert [one["choice"] for one in project.events() if one["event"] == "rollout_interrupted"] == ["", "go on"]
    assert project.outcomes() == ["done"]
    assert len([one for one in project.operations() if one.startswith("CREATE ")]) == 2


def test_who_stops_watching_leaves_aws_at_work_and_attaches_again(project: SmallProject) -> None:
    """Enter stops watching: exit 130 with what is under way; the same command attaches to that very operation."""
    with project.at_terminal(GATED, "roll-out", "--yes") as terminal:
        wait_at_gate(project)
        terminal.press_ctrl_c()
        terminal.until(QUESTION)
        terminal.type_line("")
        exit_code = terminal.ended()

    assert exit_code == 130
    assert "error: Stopped watching" in terminal.screen.lines
    assert f"  Under way: {project.set_name} to {HOME}." in terminal.screen.lines
    assert "way out: Run the same command again" in terminal.screen.shown
    assert project.outcomes() == ["interrupted"]
    assert project.operations() == ["CREATE RUNNING"]
    assert_converges(project)
    assert project.outcomes() == ["interrupted", "done"]
    assert len([one for one in project.operations() if one.startswith("CREATE ")]) == 2


def test_who_has_aws_stop_learns_what_stands_and_goes_on_later(project: SmallProject) -> None:
    """The operation ends after the Region it is at, and the other Region is not begun."""
    with project.at_terminal(GATED, "roll-out", "--yes") as terminal:
        wait_at_gate(project)
        terminal.press_ctrl_c()
        terminal.until(QUESTION)
        terminal.type_line("stop")
        open_gates(project, HOME)
        exit_code = terminal.ended()

    assert exit_code == 130
    assert "error: Stopped operation " in terminal.screen.shown
    assert project.operations() == ["CREATE STOPPED"]
    assert project.outcomes() == ["interrupted"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_without_a_terminal_stops_watching_in_words(project: SmallProject, number: signal.Signals) -> None:
    """A pipeline that is cancelled: nobody is asked, no traceback, exit 130, and the next run goes on."""
    with project.without_terminal(GATED, "roll-out", "--yes") as process:
        wait_at_gate(project)
        process.send_signal(number)
        _, err = process.communicate(timeout=_WAIT_SECONDS_MAX)

    assert process.returncode == 130
    assert err.splitlines()[-4:] == [
        "error: Stopped watching",
        f"  Under way: {project.set_name} to {HOME}.",
        "  What AWS has begun goes on by itself; no further step was begun.",
        "way out: Run the same command again: it attaches to what still runs and goes on from there.",
    ]
    assert project.outcomes() == ["interrupted"]
    assert project.operations() == ["CREATE RUNNING"]


def test_second_deployer_leaves_or_waits_for_its_turn(project: SmallProject) -> None:
    """Exit 7 with who is at work; with --wait it says whom it waits for, and rolls its own version out after the other's end."""
    assert project.run("one", "roll-out", "--yes").returncode == 0
    with project.without_terminal(GATED, "roll-out", "--yes") as first:
        wait_at_gate(project)
        refused = project.run("two", "roll-out", "--yes")
        with project.without_terminal("two", "roll-out", "--yes", "--wait") as second:
            waiting = _until_it_waits(second)
            open_gates(project, HOME, PEER)
            first_said, first_err = first.communicate(timeout=_WAIT_SECONDS_MAX)
            said, err = second.communicate(timeout=_WAIT_SECONDS_MAX)

    assert refused.returncode == 7
    assert "error: Someone else is rolling this system out" in refused.stderr
    assert f"process {first.pid} " in refused.stderr
    assert f"process {first.pid} " in waiting
    assert (first.returncode, second.returncode) == (0, 0), first_said + first_err + said + err
    assert "Nothing to do." in project.run("two", "plan").stdout


def _until_it_waits(process: subprocess.Popen[str]) -> str:
    """Return the line in which a deployer says whom it waits for."""
    assert process.stderr
    for line in process.stderr:
        if line.startswith("Waiting for another roll-out"):
            return line
    raise AssertionError("it never waited")
