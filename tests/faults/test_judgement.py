"""The matrices can fail: what a disturbance leaves behind, what is done twice, and a run that ends wrongly are found."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from deployer.local.state import LocalState
from deployer.vocabulary.names import name_of
from tests.faults.answers import DENIED
from tests.faults.calls import Call, Calls
from tests.faults.crash_matrix import kills
from tests.faults.kills import Kill
from tests.faults.lives import Disturbance, Trial
from tests.faults.matrix import Outcome, perform, sample
from tests.faults.refusals import Trouble, Troubled
from tests.faults.runs import RunName
from tests.faults.standing import Inspector
from tests.faults.tiny_system import HOME

PUT = Call(service="s3", operation="PutObject", region=HOME, occurrence=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vandal(Kill):
    """A kill by somebody who does something more."""

    server: LocalState
    name: str
    act: Callable[[Any, str], None]

    @property
    def kind(self) -> str:
        """What else is done is the column."""
        return self.name

    def calls(self) -> Calls:
        """Return calls of which this one is the last, the act before it."""

        def strike(call: Call) -> None:
            if call == self.call:
                s3 = Inspector(self.server).client("s3", HOME)
                for bucket in (one["Name"] for one in s3.list_buckets()["Buckets"] if HOME in one["Name"]):
                    self.act(s3, bucket)
                os.kill(os.getpid(), signal.SIGKILL)

        return Calls(after_answer=strike)


def leave_something(s3: Any, bucket: str) -> None:
    """Put an object that nobody knows."""
    s3.put_object(Bucket=bucket, Key="strange", Body=b"")


def store_again(s3: Any, bucket: str) -> None:
    """Put every object once more."""
    for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
        s3.put_object(Bucket=bucket, Key=one["Key"], Body=b"")


def a_trial(**different: object) -> Trial:
    """Return a sound trial."""
    fields: dict[str, object] = {"run": "update", "kind": "killed after", "call": PUT, "was_reached": True, "wrong": (), "doubled": ()}
    return Trial(**{**fields, **different})  # type: ignore[arg-type]


def test_what_should_not_be_is_found(server: LocalState) -> None:
    """A strange object, a package stored twice, and a refusal taken for trouble that passes: three faults, and only these."""

    def disturbing(run: RunName, call: Call) -> tuple[Disturbance, ...]:
        if run != "first roll-out" or call != PUT:
            return ()
        denied = Trouble(kind="taken for passing", happening=DENIED.answer)
        return (
            Vandal(call=call, moment="after", server=server, name="leaves something", act=leave_something),
            Vandal(call=call, moment="after", server=server, name="stores again", act=store_again),
            Troubled(call=call, trouble=denied),
        )

    trials = {trial.kind: trial for trial in perform(server, disturbing).trials}

    assert f"too much: object strange in {HOME}" in trials["leaves something"].wrong
    assert any(effect.startswith("put packages/payment-") for effect in trials["stores again"].doubled)
    assert "trying again would have done" in trials["taken for passing"].wrong[0]


def test_sample_has_calls_that_change_something_and_calls_that_read() -> None:
    """One in ten of each kind of disturbance, half of them where something changes, however few calls do."""
    calls = [Call(service="cloudformation", operation="DescribeStacks", region=HOME, occurrence=number) for number in range(1, 39)]
    positions = [kill for call in (*calls, PUT, PUT) for kill in kills("update", call)]

    picked = sample(positions, 10, Random(1))  # noqa: S311 (a test's dice)

    assert len(picked) == 8
    assert sum(not one.call.is_reading for one in picked) == 4
    assert {one.kind for one in picked} == {"killed before", "killed after"}
    assert sample(positions, 1, Random(1)) == positions  # noqa: S311 (a test's dice)


def test_table_counts_what_went_wrong() -> None:
    """A line for each run and disturbance; a fault is told with its call."""
    outcome = Outcome(
        trials=(a_trial(), a_trial(wrong=("missing: a stack",)), a_trial(doubled=("put x",), was_reached=False)), took_seconds=1
    )

    assert outcome.table().splitlines()[1].split() == ["update", "killed", "after", "3", "2", "2", "1"]
    assert len(outcome.faults) == 2
    assert "s3 PutObject in us-east-2, number 1\n    missing: a stack" in outcome.faults[0]
    assert "done once more: put x" in outcome.faults[1]


def test_artifact_bucket_is_named_as_the_deployer_names_it() -> None:
    """The tiny bootstrap body spells the name out."""
    assert name_of("artifact bucket", suffix="x", account_id="1", region=HOME) == f"payment-artifacts-x-1-{HOME}"
