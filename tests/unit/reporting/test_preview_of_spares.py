"""A preview of a system with spares: a column each while they are few, those that behave alike in one when they are many."""

from __future__ import annotations

import io

from deployer.planning.preview import Preview, PreviewedStack, build_preview
from deployer.reporting.preview_cells import kinds_shown
from deployer.reporting.preview_markdown import comment_markdown
from deployer.reporting.preview_view import PreviewView
from deployer.reporting.report import HumanReport
from tests.support.change_sets import changed, changed_at
from tests.support.command_line import StillClock
from tests.support.plans import ACCOUNT_ID, a_plan, a_regional_rollout
from tests.support.previews import REGIONS, a_stack

OTHER, THIRD = "222233334444", "333344445555"
CODE = changed("PaymentFunction", changed_at("Code/S3Key", "functions/a.zip", "functions/b.zip"))
# What two bodies tell: the place alone.
COMPARED = changed("PaymentFunction", changed_at("Code/S3Key", None, None))


def a_spare(region: str, account_id: str = ACCOUNT_ID, *, code: bool = True, **fields: object) -> PreviewedStack:
    """Return a spare whose code changes, or to which nothing happens."""
    changes = ((CODE if account_id == ACCOUNT_ID else COMPARED),) if code else ()
    state = "asked" if account_id == ACCOUNT_ID else "compared"
    return a_stack(*changes, region=region, account_id=account_id, is_spare=True, **{"state": state, **fields})


def a_preview_with(*spares: PreviewedStack) -> Preview:
    """Return a preview of the pair and these spares."""
    return build_preview((*(a_stack(CODE, region=region) for region in REGIONS), *spares))


def shown(preview: Preview) -> str:
    """Return what a person sees."""
    out = io.StringIO()
    HumanReport(clock=StillClock(), out=out, err=out).show(PreviewView(preview=preview))
    return out.getvalue()


def titles(preview: Preview) -> list[str]:
    """Return the titles of the regional columns."""
    [regional] = kinds_shown(preview)
    return [column.title for column in regional.columns]


def test_few_spares_have_a_column_each() -> None:
    """With the account below the Region where it is another one."""
    preview = a_preview_with(a_spare("us-west-1"), a_spare("us-west-1", OTHER))

    assert titles(preview) == [*REGIONS, "us-west-1", f"us-west-1\n{OTHER}"]
    assert shown(preview).count("~ modify") == 4
    assert f"us-west-1 {OTHER}" in comment_markdown(a_plan(a_regional_rollout()), preview)


def test_many_spares_that_behave_alike_are_one_column_with_their_number() -> None:
    """The pair is never folded, and a sentence says where they are."""
    spares = [a_spare(region, account) for region in ("us-west-1", "eu-west-1") for account in (ACCOUNT_ID, OTHER, THIRD)]
    preview = a_preview_with(*spares)

    assert titles(preview) == [*REGIONS, "6 spares"]
    assert "6 spares: us-west-1 (3 accounts), eu-west-1 (3 accounts)" in shown(preview)
    assert max(len(line) for line in shown(preview).splitlines()) <= 120


def test_spares_that_behave_otherwise_are_kept_apart() -> None:
    """One that stays as it is has a column of its own."""
    preview = a_preview_with(a_spare("us-west-1"), a_spare("us-west-1", OTHER), a_spare("eu-west-1", code=False))

    assert titles(preview) == [*REGIONS, "2 spares", "eu-west-1"]


def test_two_groups_of_spares_have_a_letter_each() -> None:
    """Their number alone would not tell them apart."""
    still = [a_spare("eu-west-1", account, code=False) for account in (OTHER, THIRD)]
    preview = a_preview_with(a_spare("us-west-1"), a_spare("us-west-1", OTHER), *still)

    assert titles(preview) == [*REGIONS, "spares A (2)", "spares B (2)"]
    assert "spares B (2): eu-west-1 (2 accounts)" in shown(preview)


def test_spare_differs_from_the_pair_without_a_mark() -> None:
    """It is meant to; and what the pair has said of a place is not said again."""
    preview = a_preview_with(a_spare("us-west-1", OTHER), a_spare("eu-west-1", code=False))
    [row] = preview.rows
    [regional] = kinds_shown(preview)

    assert not row.differs_between_regions
    assert "≠" not in shown(preview)
    assert shown(preview).count("Code/S3Key") == 1
    assert regional.rows == (row,)


def test_place_that_changes_in_spares_alone_is_told_with_them() -> None:
    """As when one was left behind."""
    pair = (a_stack(region=region) for region in REGIONS)
    preview = build_preview((*pair, a_spare("us-west-1", OTHER), a_spare("eu-west-1", code=False)))

    assert "Code/S3Key" in shown(preview)


def test_untouched_and_new_spares_are_sentences() -> None:
    """A Region with several accounts is said once."""
    new = [a_spare("us-west-1", account, state="new") for account in (OTHER, THIRD)]
    still = [a_spare("eu-west-1", account, code=False, state="untouched") for account in (OTHER, THIRD)]
    text = shown(build_preview((*(a_stack(region=region, state="untouched") for region in REGIONS), *new, *still)))

    assert "spares in eu-west-1 (2 accounts): nothing to do" in text
    assert "spares in us-west-1 (2 accounts): new, with 1 resource: 1 Lambda::Function" in text


def test_record_keeps_every_column() -> None:
    """A program folds for itself."""
    spares = [a_spare(region, account) for region in ("us-west-1", "eu-west-1") for account in (ACCOUNT_ID, OTHER, THIRD)]
    record = PreviewView(preview=a_preview_with(*spares)).record()

    assert len(record["columns"]) == len(record["rows"][0]["cells"]) == 8
    assert sum(column["is_spare"] for column in record["columns"]) == 6
