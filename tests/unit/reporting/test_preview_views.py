"""A preview in three forms: a table at a terminal, a record for a program, a comment on a pull request that GitHub takes."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.planning.preview import Preview, build_preview
from deployer.reporting.preview_cells import kinds_shown
from deployer.reporting.preview_markdown import CHARACTERS_MAX, comment_markdown, within
from deployer.reporting.preview_view import PreviewView
from deployer.reporting.report import HumanReport
from tests.support.change_sets import changed, changed_at
from tests.support.command_line import StillClock
from tests.support.plans import a_plan, a_regional_rollout
from tests.support.previews import a_preview, a_stack

CODE = changed("PaymentFunction", changed_at("Code/S3Key", "functions/a.zip", "functions/b.zip"))
TABLE = changed(
    "Ledger", changed_at("TableName", requires_recreation="Always"), resource_type="AWS::DynamoDB::GlobalTable", replacement="True"
)
VAGUE = changed("Permission", changed_at("FunctionName", None, None, evaluation="Dynamic", causing_entity="PaymentFunction.Arn"))
PLAN = a_plan(a_regional_rollout())


def shown(preview: Preview) -> str:
    """Return what a person sees."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(PreviewView(preview=preview))
    return out.getvalue()


def test_row_says_what_happens_in_each_region() -> None:
    """And to which place, from what to what, once when it is the same."""
    [line] = [line for line in shown(a_preview(CODE)).splitlines() if line.strip().startswith("PaymentFunction")]

    assert line.count("~ modify") == 2
    assert "Code/S3Key: functions/a.zip → functions/b.zip" in line


def test_difference_between_regions_is_marked_and_told_by_region() -> None:
    """Nobody should have to look for it."""
    text = shown(a_preview(CODE, other=(changed("PaymentFunction", changed_at("Code/S3Key", "functions/a.zip", "functions/c.zip")),)))

    assert "PaymentFunction ≠" in text
    assert "us-east-1: Code/S3Key: functions/a.zip →" in text
    assert "≠ not the same in every Region" in text


def test_replacement_of_what_cannot_be_made_again_stands_out() -> None:
    """In words and not in colour alone."""
    text = shown(a_preview(TABLE))

    assert "± replace (!)" in text
    assert "(!) holds what cannot be made again" in text


def test_what_is_merely_not_ruled_out_is_one_sentence() -> None:
    """A change of a function touches, perhaps, all that names it."""
    text = shown(a_preview(CODE, VAGUE))

    assert "1 resource may be touched, as it refers to what changes: Permission" in text
    assert "FunctionName" not in text


def test_new_stack_is_counted_and_not_listed() -> None:
    """Nobody reads two hundred times `add`."""
    preview = build_preview([a_stack(changed("A", action="Add"), changed("B", action="Add"), state="new")])

    assert "us-east-2: new, with 2 resources: 2 Lambda::Function" in shown(preview)


def test_nothing_that_changes_shows_nothing() -> None:
    """The plan has said it."""
    assert shown(build_preview([a_stack(state="untouched")])).strip() == ""


def test_record_holds_the_whole_matrix() -> None:
    """A cell or null for each column, and nothing that JSON has no word for."""
    record = json.loads(json.dumps(PreviewView(preview=a_preview(CODE, other=(), words=("Said.",))).record()))

    assert record["event"] == "preview_taken"
    assert record["rows"][0]["cells"][0]["properties"][0]["path"] == "Code/S3Key"
    assert record["rows"][0]["cells"][1] is None
    assert record["words"] == ["Said."]


def test_comment_has_a_table_of_resources_and_regions() -> None:
    """With what it says in words before it."""
    text = comment_markdown(PLAN, a_preview(CODE, words=("Code of PaymentFunction.",)))

    assert "- Code of PaymentFunction." in text
    assert "| resource | type | us-east-2 | us-east-1 | what |" in text
    assert "| `PaymentFunction` | Lambda::Function | ~ modify | ~ modify |" in text


@pytest.mark.parametrize(("count", "is_open"), [(3, True), (40, False)])
def test_long_matrix_is_folded_away(count: int, is_open: bool) -> None:
    """A comment is read before it is unfolded."""
    text = comment_markdown(PLAN, a_preview(*(changed(f"Function{number:02}", changed_at("MemorySize")) for number in range(count))))

    assert ("<details open><summary>regional" in text) is is_open


def test_dangerous_matrix_is_never_folded_away() -> None:
    """However long."""
    many = (changed(f"Function{number:02}", changed_at("MemorySize")) for number in range(40))

    assert "<details open><summary>regional" in comment_markdown(PLAN, a_preview(TABLE, *many))


def test_value_cannot_break_out_of_its_cell() -> None:
    """Neither as a column nor as HTML."""
    text = comment_markdown(PLAN, a_preview(changed("F", changed_at("Description", "a | b", "<details><b>\nx"))))
    [row] = [line for line in text.splitlines() if line.startswith("| `F`")]

    assert "a \\| b" in row
    assert "&lt;details>" in row


def test_comment_that_github_would_refuse_is_cut_and_says_so() -> None:
    """After a whole row, with every fold closed."""
    many = (changed(f"Function{number:04}", changed_at("Description", "x" * 90, "y" * 90)) for number in range(900))
    text = comment_markdown(PLAN, a_preview(*many))

    assert len(text) <= CHARACTERS_MAX
    assert text.count("<details") == text.count("</details>")
    assert "lines left out: a comment holds no more" in text


@given(st.lists(st.sampled_from(["<details><summary>s</summary>", "</details>", "", "| a | b |" * 9])), st.integers(150, 600))
def test_cut_text_is_never_too_long(lines: list[str], characters_max: int) -> None:
    """Whatever is in it, wherever it is cut."""
    text = within(lines, characters_max)

    assert len(text) <= characters_max
    assert text == "\n".join(lines) + "\n" or text.endswith("shows everything.\n")


def test_every_row_is_listed_or_counted() -> None:
    """What is not worth a line of its own is in a sentence."""
    [regional] = kinds_shown(a_preview(CODE, TABLE, VAGUE))

    assert [row.logical_id for row in regional.rows] == ["Ledger", "PaymentFunction"]
    assert "Permission" in regional.sentences[0]
