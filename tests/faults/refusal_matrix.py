"""The refusal matrix: every trouble AWS and the network know, at every AWS call of every run.

    python -m tests.faults.refusal_matrix --whole      every position
    python -m tests.faults.refusal_matrix --every 90   one in ninety, drawn by --seed

What passes must be overcome by trying again, a bounded number of times; what stays must end the run with AWS's own words, a way out
and exit code 3, and the run must come to what an undisturbed one comes to when it is run once more. AWS must not be made to do anything
twice. Ends with 1 when one position fails.
"""

from __future__ import annotations

import sys
from typing import Final

from tests.faults.calls import Call
from tests.faults.command import run
from tests.faults.refusals import TROUBLES, Troubled
from tests.faults.runs import RunName

# Fewer than the deployer's own, for what they cost is waiting: an attempt, a second one that what passes leaves alone, a last.
ATTEMPTS_MAX: Final = 3


def troubles(run: RunName, call: Call) -> tuple[Troubled, ...]:
    """Return every trouble this call can meet."""
    return tuple(Troubled(call=call, trouble=trouble) for trouble in TROUBLES)


if __name__ == "__main__":
    sys.exit(run("refusal matrix", troubles, attempts_max=ATTEMPTS_MAX))
