"""A plan as a person, a program and a pull request see it."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from deployer.planning.plan import Blocker, KeptResource, ResourceChange, RolloutClosing, RolloutOpening, RolloutPlan, StackApply
from deployer.reporting.plan_markdown import plan_markdown
from deployer.reporting.plan_view import PlanView, bounds_sentence
from deployer.reporting.report import HumanReport
from deployer.vocabulary.values import StackParameter
from tests.support.command_line import StillClock
from tests.support.gates import a_gate
from tests.support.plans import a_bootstrap, a_plan, a_regional_rollout, a_removal, an_emptying, an_upload

CODE_CHANGED = ResourceChange(
    action="Modify", logical_id="PaymentFunction", resource_type="AWS::Lambda::Function", paths=("Properties.Code.S3Key",)
)


def shown(plan: RolloutPlan, *, details: bool = False) -> list[str]:
    """Return the lines a person reads off a terminal's width."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(PlanView(plan=plan, details=details))
    return out.getvalue().splitlines()


def test_a_new_system_is_summed_up_type_by_type() -> None:
    """A hundred resources to add are one line, and what is not known yet says after what it will be."""
    lines = shown(a_plan(a_bootstrap(), an_upload("payment"), an_upload("health"), a_regional_rollout()))

    assert lines == [
        "Plan abababababab: roll-out of local in account 111122223333, steered from us-east-2",
        "bootstrap  create  payment-bootstrap-local in us-east-2",
        "                   there is no such stack",
        "                   1 resource: 1 IAM::Role",
        "artifacts  create  2 packages to us-east-2: packages/payment-01234567.zip, packages/health-01234567.zip",
        "                   it is not there",
        "regional   create  payment-regional-local to us-east-2, us-east-1",
        "                   there is no such stack set",
        "                   2 resources: 2 IAM::Role",
        "                   with HostedZoneId = known after payment-bootstrap-local in us-east-2",
        "4 steps to do: 4 create.",
    ]


def test_an_update_names_each_resource_and_property() -> None:
    """After editing one function's code exactly that is shown."""
    lines = shown(a_plan(a_regional_rollout(action="update", changes=(CODE_CHANGED,), parameters=(), reason="its template differs")))

    assert lines[3].strip() == "Modify PaymentFunction (AWS::Lambda::Function) Properties.Code.S3Key"
    assert lines[-1] == "1 step to do: 1 update."


def test_details_show_every_parameter_and_resource() -> None:
    """Known values too."""
    lines = [line.strip() for line in shown(a_plan(a_regional_rollout()), details=True)]

    assert "with Zone = pay.example.test" in lines
    assert "Add    PaymentRole (AWS::IAM::Role)" in lines


def test_nothing_to_do_says_so() -> None:
    """The steps are there all the same, so that a person sees they were looked at."""
    lines = shown(a_plan(a_bootstrap(action="none"), a_regional_rollout(action="none")))

    assert lines[1:] == [
        "bootstrap  none  payment-bootstrap-local in us-east-2",
        "regional   none  payment-regional-local to us-east-2, us-east-1",
        "Nothing to do.",
    ]


def test_what_a_tear_down_deletes_for_good_is_said() -> None:
    """Before anybody is asked."""
    lines = shown(a_plan(an_emptying(objects_count=3), a_removal(), intent="tear-down"))

    assert lines[2].strip() == "3 object versions will be deleted for good"


def test_what_a_tear_down_keeps_is_said() -> None:
    """To whoever watches it and to whoever reads of it."""
    kept = KeptResource(region="us-east-2", logical_id="PaymentsTable", resource_type="AWS::DynamoDB::GlobalTable")
    plan = a_plan(a_removal(reason="it is CREATE_COMPLETE", keeps=(kept,)), intent="tear-down")

    assert any("keeps PaymentsTable (AWS::DynamoDB::GlobalTable) in us-east-2" in line for line in shown(plan))
    assert "| it is CREATE_COMPLETE; keeps PaymentsTable (AWS::DynamoDB::GlobalTable) in us-east-2 |" in plan_markdown(plan)
    assert PlanView(plan=plan).record()["steps"][0]["keeps"][0]["logical_id"] == "PaymentsTable"


def test_a_blocker_stands_with_its_way_out() -> None:
    """And the last line says that nothing can be done before."""
    lines = shown(a_plan(a_removal(), blockers=(Blocker(summary="The table is protected", hint="Lift the protection."),)))

    assert lines[-3:] == [
        "in the way: The table is protected",
        "  Lift the protection.",
        "1 thing in the way; nothing can be done before.",
    ]


def test_the_record_holds_every_step_and_no_template() -> None:
    """A program reads kinds, titles and fields; bodies are the plan file's."""
    record = PlanView(plan=a_plan(a_bootstrap(), a_regional_rollout())).record()

    assert [step["kind"] for step in record["steps"]] == ["StackApply", "StackSetRollout"]
    assert record["steps"][1]["parameters"][1] == {
        "name": "HostedZoneId",
        "value": "known after payment-bootstrap-local in us-east-2",
        "known": False,
    }
    assert "templates" not in record
    json.dumps(record)


def test_markdown_folds_the_changes_away() -> None:
    """A table of steps, then details that a reader opens."""
    text = plan_markdown(a_plan(a_bootstrap(action="none"), a_regional_rollout(action="update", changes=(CODE_CHANGED,))))

    assert "| regional | update | payment-regional-local to us-east-2, us-east-1 | there is no such stack set |" in text
    assert "<details><summary>payment-regional-local to us-east-2, us-east-1: 1 resource change</summary>" in text
    assert "| Modify | `PaymentFunction` | AWS::Lambda::Function | Properties.Code.S3Key |" in text
    assert text.endswith("</details>\n")


@pytest.mark.parametrize("value", ["a|b", "a\nb"])
def test_no_value_breaks_the_markdown_table(value: str) -> None:
    """A bar and a line break stay inside their cell."""
    step: StackApply = a_bootstrap(parameters=(StackParameter(name="Note", value=value),))

    (row,) = (line for line in plan_markdown(a_plan(step)).splitlines() if line.startswith("| `Note`"))
    assert row in {"| `Note` | a\\|b |", "| `Note` | a b |"}


def test_the_record_is_opened_and_closed_and_counts_as_no_resource() -> None:
    """Nobody reads of a delete where nothing of the system goes."""
    opening = RolloutOpening(phase="record", action="create", region="us-east-2", bucket="b", content_digest="c", before=None, reason="")
    closing = RolloutClosing(phase="record", action="delete", region="us-east-2", bucket="b", reason="")
    plan = a_plan(a_bootstrap(), opening, a_regional_rollout(action="update"), closing)

    lines = shown(plan)
    assert lines[-1] == "4 steps to do: 1 create, 1 update, 2 for the record."
    assert "record     open    open the record and keep what stands" in lines
    assert "record     close   close the record" in lines
    assert "| record | close | close the record |  |" in plan_markdown(plan)
    assert "| record | none | close the record |  |" in plan_markdown(a_plan(replace(closing, action="none")))


def test_gate_says_what_has_to_be_good_and_for_how_long() -> None:
    """A person who approves a plan sees how long it will stand there."""
    sentence = "health, payment, alarms, canary good for 1 min 00 s on end, within 3 min 20 s"

    assert sentence in [line.strip() for line in shown(a_plan(a_gate()))]
    assert sentence in plan_markdown(a_plan(a_gate()))
    assert "payment" not in bounds_sentence(a_gate(amount=""))
