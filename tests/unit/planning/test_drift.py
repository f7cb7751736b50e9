"""What was found in words: the three kinds, their ways out, and what AWS could not compare."""

from __future__ import annotations

from deployer.planning.drift import objection_to
from deployer.planning.secret_values import HIDDEN
from deployer.vocabulary.errors import AwsRefused, Diverged
from tests.support.drift import a_report, a_resource_drift, a_stack_drift

FILE = "params/test.yaml"


def test_system_as_rolled_out_has_no_objection() -> None:
    """Everything compared, nothing found."""
    assert objection_to(a_report(), FILE) is None


def test_drifted_resource_is_named_with_its_way_out() -> None:
    """A roll-out alone would not put it back, and that is said."""
    error = objection_to(a_report(a_stack_drift(a_resource_drift())), FILE)

    assert isinstance(error, Diverged)
    assert error.exit_code == 8
    assert error.summary == "test is drifted"
    assert error.detail == "regional in us-east-1: PaymentFunction was changed"
    assert "an unchanged roll-out leaves it" in error.hint
    assert "roll-out params" not in error.hint


def test_deleted_resource_has_a_way_out_of_its_own() -> None:
    """CloudFormation makes a resource anew only when its definition changes."""
    error = objection_to(a_report(a_stack_drift(a_resource_drift(status="DELETED"))), FILE)

    assert error is not None
    assert error.detail == "regional in us-east-1: PaymentFunction was deleted"
    assert "REVERT_DRIFT" in error.hint


def test_outdated_and_diverged_are_two_words_with_one_way_out() -> None:
    """The roll-out brings them together."""
    error = objection_to(a_report(outdated=("us-east-1 is behind",), diverged=("both differ",)), FILE)

    assert isinstance(error, Diverged)
    assert error.summary == "test is outdated and diverged"
    assert error.detail.splitlines() == ["us-east-1 is behind", "both differ"]
    assert "`deployer roll-out params/test.yaml`" in error.hint
    assert "by hand" not in error.hint


def test_resources_aws_could_not_read_are_never_called_in_sync() -> None:
    """Without permission to read a resource nobody knows: exit code 3, in AWS's words."""
    stack = a_stack_drift(a_resource_drift(status="UNKNOWN"), reason="Failed to detect drift on resources [PaymentFunction]")

    error = objection_to(a_report(stack), FILE)

    assert stack.word == "in sync"
    assert isinstance(error, AwsRefused)
    assert "regional in us-east-1: not compared whole: Failed to detect drift on resources [PaymentFunction]" in error.detail


def test_drift_found_outweighs_what_could_not_be_compared() -> None:
    """Both are told, and the exit code is that of drift."""
    report = a_report(a_stack_drift(a_resource_drift(), a_resource_drift("Role", "UNKNOWN"), reason="Failed to detect drift on [Role]"))

    error = objection_to(report, FILE)

    assert isinstance(error, Diverged)
    assert "not compared whole" in error.detail


def test_secrets_are_hidden_as_soon_as_they_are_found() -> None:
    """Neither drawing nor record can show what the report does not hold."""
    [resource] = a_stack_drift(a_resource_drift("F", "MODIFIED", ("/Environment/Variables/DB_PASSWORD", "null", "hunter2"))).resources

    [difference] = resource.differences
    assert (difference.expected, difference.actual) == (HIDDEN, HIDDEN)
