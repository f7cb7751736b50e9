"""`python -m bench.rollout`: measure, print the tables, and with `--write` put them into docs/benchmarks.md.

Ends with 1 when a goal is missed, and writes the tables all the same: a figure that got worse is news.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version

from bench.markdown import DOCUMENT, with_part
from bench.rollout.contestants import BARE, CONTESTANTS, OURS
from bench.rollout.desk import JOBS
from bench.rollout.document import NAME, OTHERS, tables
from bench.rollout.figures import Goal, figures_of, goals
from bench.rollout.rounds import MeasurementFailed, measure
from bench.rollout.tools import Tools, ToolsMissing, ready_tools


def main() -> int:
    """Run the command; returns its exit code: 0 with every goal met, 1 with one missed, 2 when nothing could be measured."""
    parser = argparse.ArgumentParser(prog="python -m bench.rollout", description="Measure roll-outs beside those of other tools.")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (3)")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds has to be 1 or more")
    begun = os.getloadavg()[0]
    judged: tuple[Goal, ...] = ()
    try:
        tools = ready_tools()
        for number, taken in enumerate(measure(CONTESTANTS, rounds=given.rounds, tools=tools, tell=_tell), start=1):
            figures = figures_of(taken)
            text = tables(figures, about=_about(tools, number, (begun, os.getloadavg()[0])))
            judged = goals(figures, ours=OURS.name, bare=BARE.name, others=OTHERS, jobs=JOBS)
            if given.write:
                # After each round, so that one broken off late has left something.
                DOCUMENT.write_text(with_part(DOCUMENT.read_text("utf-8"), NAME, text), "utf-8")
    except (ToolsMissing, MeasurementFailed) as error:
        _tell(str(error))
        return 2
    print(text)
    return 0 if all(goal.met for goal in judged) else 1


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _about(tools: Tools, rounds: int, load: tuple[float, float]) -> str:
    """Return the sentence that says how and where it was measured."""
    libraries = ", ".join(f"{name} {number}" for name, number in (("boto3", version("boto3")), *tools.versions))
    machine = (
        f"{os.cpu_count()} processors, load average {load[0]:.0f} at the beginning and {load[1]:.0f} in the end, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    )
    day = datetime.now(UTC).date().isoformat()
    how = "one round" if rounds == 1 else f"medians of {rounds} rounds"
    return f"Measured on {day} by `python -m bench.rollout --write`: {how}; {machine}, {libraries}."


if __name__ == "__main__":
    sys.exit(main())
