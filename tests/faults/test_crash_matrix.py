"""The crash matrix, sampled. All positions: `python -m tests.faults.crash_matrix --whole`."""

from __future__ import annotations

from deployer.local.state import LocalState
from tests.faults.crash_matrix import kills
from tests.faults.matrix import perform
from tests.faults.runs import LIFE

EVERY = 24
SEED = 20_26


def test_killed_deployer_needs_only_to_be_run_again(server: LocalState) -> None:
    """A sample: of every run, for both moments, one call in 24 (at least one), half of them calls that change something, drawn by a
    fixed seed. Each comes to what an undisturbed run comes to by being run once more, and AWS does nothing twice."""
    outcome = perform(server, kills, every=EVERY, seed=SEED)

    assert {(trial.run, trial.kind) for trial in outcome.trials} == {
        (run.name, kind) for run in LIFE for kind in ("killed before", "killed after")
    }
    assert any(trial.was_reached and not trial.call.is_reading for trial in outcome.trials)
    assert not outcome.faults, "\n".join((*outcome.faults, outcome.table()))
