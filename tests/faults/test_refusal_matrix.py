"""The refusal matrix, sampled. All positions: `python -m tests.faults.refusal_matrix --whole`."""

from __future__ import annotations

from deployer.local.state import LocalState
from tests.faults.matrix import perform
from tests.faults.refusal_matrix import ATTEMPTS_MAX, troubles
from tests.faults.refusals import TROUBLES
from tests.faults.runs import LIFE

EVERY = 1000
SEED = 20_26


def test_trouble_is_overcome_or_told_and_leaves_no_trace(server: LocalState) -> None:
    """A sample: of every run, for each of the ten troubles, one call drawn by a fixed seed, as often one that changes something as one
    that reads. What passes is overcome; what stays ends with exit code 3 and a way out; one more run comes to the end undisturbed."""
    outcome = perform(server, troubles, every=EVERY, seed=SEED, attempts_max=ATTEMPTS_MAX)

    assert {(trial.run, trial.kind) for trial in outcome.trials} == {(run.name, trouble.kind) for run in LIFE for trouble in TROUBLES}
    assert any(trial.was_reached and not trial.call.is_reading for trial in outcome.trials)
    assert not outcome.faults, "\n".join((*outcome.faults, outcome.table()))
