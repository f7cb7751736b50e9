"""The benchmark's arithmetic and the tables it writes: their shape, never their figures."""

from __future__ import annotations

import pytest

from bench.functions.calls import CONFLICT, KINDS, NEW, READ, REPLAY, events_of
from bench.functions.document import (
    ASKED_HEAD,
    BEGIN,
    COST_HEAD,
    DOCUMENT,
    END,
    GOAL_HEAD,
    UTILITY_HEAD,
    asked_rows,
    cost_rows,
    tables,
    utility_rows,
    with_tables,
)
from bench.functions.figures import IMPORT, IMPORT_CPU, SUBJECTS, Asked, Figures, goals, measures, median_of, ratio
from bench.functions.utilities import UTILITIES
from payment.rules import NAMESPACE, transaction_id_of

NAMES = [kind.name for kind in KINDS]


def some_figures(*, import_ms: float = 110.0, writes: float = 1.0, reads: float = 0.0) -> Figures:
    """Return figures in which boto3 and the peer take 100 of everything, and ours what is given for the goals."""
    medians = {(measure.name, subject): 100.0 for measure in measures(NAMES) for subject in SUBJECTS}
    medians[IMPORT_CPU.name, "ours"] = import_ms
    asked = {(kind, subject): Asked(writes=3, reads=0, write_units=3, read_units=0) for kind in NAMES for subject in SUBJECTS}
    asked[NEW.name, "ours"] = Asked(writes=writes, reads=reads, write_units=writes, read_units=reads)
    utilities = {(utility.name, side): (80.0, 70.0, 30.0) for utility in UTILITIES for side in ("theirs", "ours")}
    return Figures(medians=medians, asked=asked, utilities=utilities)


def heads_and_first_cells(text: str) -> list[list[str]]:
    """Return of each Markdown table in `text` its head, and after it the first cell of each row."""
    found: list[list[str]] = []
    for block in text.split("\n\n"):
        lines = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in block.strip().splitlines() if line.startswith("|")]
        if len(lines) > 2:
            found += [lines[0], [line[0] for line in lines[2:]]]
    return found


def test_the_documents_tables_have_the_rows_and_columns_the_command_writes() -> None:
    """A measure that was added or renamed is in the document."""
    document = DOCUMENT.read_text("utf-8")
    written = document.partition(BEGIN)[2].partition(END)[0]

    assert heads_and_first_cells(written) == heads_and_first_cells(tables(some_figures(), NAMES, about="Measured."))


def test_the_document_says_when_how_and_on_what_it_was_measured() -> None:
    """A date, the command, the runs, the processors and the versions."""
    document = DOCUMENT.read_text("utf-8")
    about = document.partition(BEGIN)[2].strip().splitlines()[0]

    for word in (
        "Measured on 20",
        "`python -m bench.functions --write`",
        "medians of",
        "processors",
        "Python 3.",
        "boto3 ",
        "aws-lambda-powertools ",
    ):
        assert word in about


def test_every_goal_in_the_document_is_met() -> None:
    """What was written last is what we stand by."""
    written = DOCUMENT.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [line for line in written.splitlines() if line.endswith(("| yes |", "| no |"))]

    assert len(rows) == len(goals(some_figures()))
    assert all(row.endswith("| yes |") for row in rows)


@pytest.mark.parametrize(
    ("figures", "met"),
    [
        pytest.param(some_figures(), (True, True), id="both"),
        pytest.param(some_figures(import_ms=120.0), (True, True), id="import at its bound"),
        pytest.param(some_figures(import_ms=120.1), (True, False), id="import beyond it"),
        pytest.param(some_figures(writes=2.0), (False, True), id="a second write"),
        pytest.param(some_figures(reads=1.0), (False, True), id="a read first"),
    ],
)
def test_goals_are_judged_by_the_figures(figures: Figures, met: tuple[bool, bool]) -> None:
    """One write and no read; import within its bound."""
    assert tuple(goal.met for goal in goals(figures)) == met


def test_ratios_come_before_the_figures_they_are_made_of() -> None:
    """Ratios carry over to another machine, seconds do not."""
    row = next(row for row in cost_rows(some_figures(), NAMES) if row[0] == IMPORT_CPU.name)

    assert row == (IMPORT_CPU.name, "1.10", "1.10", "1.00", "110 ms", "100 ms", "100 ms")


def test_rows_are_as_wide_as_their_heads() -> None:
    """Else Markdown shifts or drops a cell."""
    figures = some_figures()

    assert {len(row) for row in cost_rows(figures, NAMES)} == {len(COST_HEAD)}
    assert {len(row) for row in asked_rows(figures, NAMES)} == {len(ASKED_HEAD)}
    assert {len(row) for row in utility_rows(figures)} == {len(UTILITY_HEAD)}
    assert len(GOAL_HEAD) == 3


def test_a_median_comes_in_the_unit_shown() -> None:
    """Seconds in, milliseconds out; one slow run changes nothing."""
    assert median_of(IMPORT, [0.2, 0.3, 9.0]) == 300.0
    assert ratio(1.0, 0.0) == 0.0


def test_tables_take_the_place_of_the_last_ones_and_nothing_else() -> None:
    """A document without a place for them, or with two, is refused."""
    document = f"before\n{BEGIN}\nold\n{END}\nafter"

    assert with_tables(document, "new") == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter"
    for wrong in ("no place", document + document):
        with pytest.raises(ValueError, match="one place"):
            with_tables(wrong, "new")


def test_a_replay_and_a_read_meet_the_payment_that_was_new() -> None:
    """Else refusals would be measured: the keys are those of the new payments, and the ids those the function makes of them."""
    new, replay, conflict, read = (
        events_of(kind, key_prefix="k", count=2, keyed_by_itself=False) for kind in (NEW, REPLAY, CONFLICT, READ)
    )

    keys = [event["headers"]["Idempotency-Key"] for event in new]
    assert keys == ["k-0", "k-1"]
    assert [event["headers"]["Idempotency-Key"] for event in (*replay, *conflict)] == keys + keys
    assert [event["body"] for event in new] == [event["body"] for event in replay] != [event["body"] for event in conflict]
    assert [event["pathParameters"]["transactionId"] for event in read] == [transaction_id_of(key) for key in keys]
    assert str(NAMESPACE) == "709e8389-3b02-582e-93e8-3fbacefc74e5"
