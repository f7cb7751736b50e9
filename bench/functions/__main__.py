"""`python -m bench.functions`: measure, print the tables, and with `--write` put them into docs/benchmarks.md.

Ends with 1 when a goal is missed, and writes the tables all the same: a figure that got worse is news.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from importlib.metadata import version

from bench.functions.calls import KINDS
from bench.functions.document import DOCUMENT, tables, with_tables
from bench.functions.figures import goals
from bench.functions.run import a_bench, take_figures


def main() -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.functions", description="Measure what the payment function costs.")
    parser.add_argument("--runs", type=int, default=7, help="how often everything is measured (7)")
    parser.add_argument("--calls", type=int, default=200, help="calls of each kind in a run (200)")
    parser.add_argument("--write", action="store_true", help="write the tables into docs/benchmarks.md")
    given = parser.parse_args()
    with a_bench() as bench:
        figures = take_figures(bench, runs=given.runs, calls=given.calls, tell=lambda text: print(text, file=sys.stderr, flush=True))
    text = tables(figures, [kind.name for kind in KINDS], about=_about(given.runs, given.calls))
    print(text)
    if given.write:
        DOCUMENT.write_text(with_tables(DOCUMENT.read_text("utf-8"), text), "utf-8")
    return 0 if all(goal.met for goal in goals(figures)) else 1


def _about(runs: int, calls: int) -> str:
    """Return the sentence that says how and where it was measured."""
    libraries = ", ".join(f"{name} {version(name)}" for name in ("boto3", "aws-lambda-powertools"))
    load = f"load average {os.getloadavg()[2]:.0f}"  # of a quarter of an hour: what the seconds had to share the machine with
    machine = f"{os.cpu_count()} processors, {load}, {platform.system()} {platform.machine()}, Python {platform.python_version()}"
    day = datetime.now(UTC).date().isoformat()
    how = f"medians of {runs} runs, {calls} calls of each kind in a run"
    return f"Measured on {day} by `python -m bench.functions --write`: {how}; {machine}, {libraries}."


if __name__ == "__main__":
    sys.exit(main())
