"""The crash matrix: the deployer killed before and after every AWS call of every run, and run again.

    python -m tests.faults.crash_matrix --whole      every position
    python -m tests.faults.crash_matrix --every 20   one in twenty, drawn by --seed

Each must come, by being run once more, to what an undisturbed run comes to, and AWS must not be made to do anything twice. Ends with 1
when one does not.
"""

from __future__ import annotations

import sys

from tests.faults.calls import Call
from tests.faults.command import run
from tests.faults.kills import Kill
from tests.faults.runs import RunName


def kills(run: RunName, call: Call) -> tuple[Kill, Kill]:
    """Return both moments at which a call can be the last."""
    return Kill(call=call, moment="before"), Kill(call=call, moment="after")


if __name__ == "__main__":
    sys.exit(run("crash matrix", kills))
