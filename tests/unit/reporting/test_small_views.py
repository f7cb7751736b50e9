"""The small results: errors, outputs, the embedded AWS, shell lines."""

from __future__ import annotations

import io
import shlex
from typing import Any

import pytest

from deployer.reporting.embedded_view import EmbeddedView, NoEmbeddedView, ShellView
from deployer.reporting.error_view import ErrorView
from deployer.reporting.fact_views import CheckedView, OutputsView, RetainedView
from deployer.reporting.outputs import promised_outputs
from deployer.reporting.report import HumanReport
from deployer.vocabulary.errors import InputRefused, Mistake, RolloutFailed
from tests.support.command_line import StillClock

EMBEDDED = EmbeddedView(
    endpoint="http://127.0.0.1:4566",
    dns=None,
    ca_bundle="/home/ca.pem",
    edges=(("us-east-1", "127.0.1.1:8443"),),
    pid=7,
    account_id="111122223333",
    inert=({"logical_id": "WebAcl", "type": "AWS::WAFv2::WebACL", "stack": "s", "region": "us-east-1", "physical_id": "acl"},),
)


def shown(view: Any) -> list[str]:
    """Return the lines a person reads."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(view)
    return out.getvalue().splitlines()


def test_an_error_without_detail_or_hint_is_one_line() -> None:
    """No empty lines for what is not there."""
    assert shown(ErrorView.of(RolloutFailed("It stopped"))) == ["error: It stopped"]


def test_a_long_path_in_an_error_is_never_broken() -> None:
    """It is to be copied whole."""
    path = "/a/very/long/path" * 20

    assert shown(ErrorView.of(RolloutFailed("It stopped", path)))[1] == f"  {path}"


def test_every_mistake_of_refused_input_is_in_the_record() -> None:
    """With its place and the nearest known name."""
    error = InputRefused("2 mistakes", (Mistake(place="a.yaml:3", sentence="regoins is unknown", nearest="regions"),))

    record = ErrorView.of(error).record()

    assert record["mistakes"] == [{"place": "a.yaml:3", "sentence": "regoins is unknown", "nearest": "regions"}]
    assert record["exit_code"] == 2


def test_the_outputs_are_the_promised_ones_in_their_order() -> None:
    """Others that the global stack has are not shown, and none is invented."""
    outputs = (("TableName", "t"), ("failoverDomain", "api"), ("primaryApiUrl", "https://a"))

    assert promised_outputs(outputs) == (("primaryApiUrl", "https://a"), ("failoverDomain", "api"))
    assert promised_outputs(()) == ()


def test_outputs_stand_below_each_other() -> None:
    """Names on the left, values aligned."""
    assert shown(OutputsView(outputs=(("primaryApiUrl", "https://a"), ("x", "y")))) == ["primaryApiUrl  https://a", "x              y"]


def test_the_embedded_aws_names_what_it_only_records() -> None:
    """Below how it is reached."""
    lines = shown(EMBEDDED)

    assert "endpoint        http://127.0.0.1:4566" in lines
    assert lines[-1] == "AWS::WAFv2::WebACL  WebAcl      us-east-1"


def test_none_running_has_the_same_keys_as_one_that_runs() -> None:
    """A program reads both with the same code."""
    assert NoEmbeddedView().record().keys() == EMBEDDED.record().keys()


@pytest.mark.parametrize("value", ["plain", "two words", "it's", "$HOME", 'a"b\\c', ""])
def test_a_shell_gets_back_exactly_the_value(value: str) -> None:
    """Whatever characters it has."""
    (line,) = shown(ShellView(variables=(("NAME", value),)))

    assert shlex.split(line) == ["export", f"NAME={value}"]


def test_a_check_shows_the_sum_and_its_bound() -> None:
    """The person does the arithmetic along."""
    view = CheckedView(
        path="p.yaml",
        recovery_sentence="1 + 1 = 2 s",
        recovery_seconds=2,
        recovery_seconds_max=60,
        move_sentence="2 × 1 s = 2 s",
        move_seconds=2,
        findings=("W1 x",),
    )

    assert shown(view) == [
        "Failover, worst case: 1 + 1 = 2 s (at most 60 s)",
        "Moved by hand, worst case: 2 × 1 s = 2 s",
        "W1 x",
        "p.yaml is good to roll out; 1 remark.",
    ]


def test_a_resource_without_a_name_is_still_told() -> None:
    """As unnamed."""
    assert shown(RetainedView(resources=(("AWS::KMS::Key", "", "us-east-1"),)))[1] == "  unnamed (AWS::KMS::Key) in us-east-1"
