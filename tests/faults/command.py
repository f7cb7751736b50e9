"""What both matrices are as commands: an embedded AWS up, all positions or a sample, the table, the faults, an exit code."""

from __future__ import annotations

import argparse

from deployer.aws.session import ATTEMPTS_MAX
from tests.faults.matrix import Disturbing, a_server, perform


def run(name: str, disturbing: Disturbing, *, attempts_max: int = ATTEMPTS_MAX) -> int:
    """Perform the matrix as the command line says, each call tried `attempts_max` times; return 1 when one trial was not sound."""
    parser = argparse.ArgumentParser(description=f"The {name} on an embedded AWS of its own.")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--whole", action="store_true", help="every position")
    which.add_argument("--every", type=int, default=1, metavar="N", help="one position in N")
    parser.add_argument("--seed", type=int, default=0, help="draws the sample")
    options = parser.parse_args()
    with a_server() as server:
        outcome = perform(server, disturbing, every=options.every, seed=options.seed, attempts_max=attempts_max, tell=True)
    print(outcome.table())
    print(f"{name}: {len(outcome.trials)} positions, {len(outcome.faults)} faults, {outcome.took_seconds:.0f} s")
    return 1 if outcome.faults else 0
