"""Measures: every contestant in every round, in turns, each on an embedded AWS of its own that nothing stands in."""

from __future__ import annotations

import base64
import json
import math
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from bench.rollout.contestants import Command, Contestant
from bench.rollout.desk import JOBS, ONE_FUNCTION, Desk, Orders, a_desk, client, make_orders
from bench.rollout.project import CHANGED_FUNCTION
from bench.rollout.taken import Taken
from bench.rollout.tools import Tools
from deployer.local.control import DEFAULT_ACCOUNT_ID

_COMMAND_SECONDS_MAX: Final = 900
_OUTPUT_LINES_MAX: Final = 25

Tell = Callable[[str], None]


class MeasurementFailed(Exception):
    """A contestant ended badly, or what stands afterwards is not what was ordered."""


@contextmanager
def orders_below(prefix: str) -> Iterator[tuple[Path, Orders]]:
    """Make the orders in a folder that is gone afterwards. Raises DeployerError."""
    with TemporaryDirectory(prefix=prefix) as folder:
        yield Path(folder), make_orders(Path(folder) / "orders", account_id=DEFAULT_ACCOUNT_ID)


def measure(contestants: Sequence[Contestant], *, rounds: int, tools: Tools, tell: Tell) -> Iterator[list[Taken]]:
    """Yield after each round what every job took every contestant so far; `tell` hears of each job. Raises MeasurementFailed."""
    taken: list[Taken] = []
    with orders_below("bench-rollout-") as (folder, orders):
        for number in range(1, rounds + 1):
            # Each round begins with another one: what follows upon what evens out.
            shift = (number - 1) % len(contestants)
            for contestant in (*contestants[shift:], *contestants[:shift]):
                with a_desk(folder / f"{number}-{contestant.name.replace(' ', '-')}", orders, tools) as desk:
                    for one in _jobs(contestant, desk):
                        tell(f"round {number}: {one.sentence}")
                        taken.append(one)
            yield taken


def _jobs(contestant: Contestant, desk: Desk) -> Iterator[Taken]:
    for job in JOBS:
        if job == ONE_FUNCTION:
            desk.apply_change()
        desk.lay_out_lint(job)
        command = contestant.prepared(desk, job)
        desk.events.unlink(missing_ok=True)
        desk.counted.take()
        began = time.perf_counter()
        processor_seconds = _run(command, desk)
        seconds = time.perf_counter() - began
        requests = desk.counted.take()
        gate_seconds = gates_in(_told(desk.events))
        _require_arrival(desk, job)
        yield Taken(
            contestant=contestant.name,
            job=job,
            seconds=seconds,
            gate_seconds=gate_seconds,
            processor_seconds=processor_seconds,
            requests=requests,
        )


def _run(command: Command, desk: Desk) -> float:
    """Run the command to its end; return the seconds of processor that it and the processes it waited for used."""
    with (desk.folder / "output.txt").open("w+", encoding="utf-8") as output:
        running = subprocess.Popen(
            command.words,
            cwd=command.folder,
            env=desk.environment | dict(command.variables),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        impatience = threading.Timer(_COMMAND_SECONDS_MAX, os.killpg, (running.pid, signal.SIGKILL))
        impatience.start()
        try:
            _, status, used = os.wait4(running.pid, 0)
        except BaseException:
            # Broken off: nothing of the command is to outlive the embedded AWS that it works on.
            os.killpg(running.pid, signal.SIGKILL)
            raise
        finally:
            impatience.cancel()
        running.returncode = os.waitstatus_to_exitcode(status)
        if running.returncode != 0:
            output.seek(0)
            lines = output.read().strip().splitlines()[-_OUTPUT_LINES_MAX:]
            raise MeasurementFailed("\n".join((f"{' '.join(command.words)} ended with {running.returncode}", *lines)))
    return float(used.ru_utime + used.ru_stime)


def _told(log: Path) -> list[dict[str, Any]]:
    """Return the events of a roll-out by the deployer; nobody else leaves any, and no roll-out none."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()] if log.is_file() else []


def gates_in(events: Sequence[dict[str, Any]]) -> float:
    """Return the seconds that a roll-out's gates took, by the events that it told."""
    return math.fsum(event["took_seconds"] for event in events if event["event"] == "step_ended" and event["phase"] == "gate")


def _require_arrival(desk: Desk, job: str) -> None:
    """Raise MeasurementFailed unless the payment function that was ordered stands in every Region, and the system is live."""
    order = desk.orders.of(job)
    wanted = next(upload for upload in order.uploads if upload.key.startswith(f"functions/{CHANGED_FUNCTION}/"))
    for region in order.regions:
        functions: Any = client(desk, "lambda", region)
        names = [one["FunctionName"] for one in functions.list_functions()["Functions"]]
        found = next((name for name in names if name.startswith("payment-processor-")), "")
        digest = functions.get_function(FunctionName=found)["Configuration"]["CodeSha256"] if found else ""
        key_digest = base64.b64decode(digest).hex()[:16]
        if not Path(wanted.key).stem == key_digest:
            raise MeasurementFailed(f"{region} has another payment function ({found} {key_digest}) than {wanted.key}")
        canaries: Any = client(desk, "synthetics", region)
        if not canaries.describe_canaries()["Canaries"]:
            raise MeasurementFailed(f"{region} is not live: it has no canaries")
