"""A plan with its preview as one comment on a pull request: folded away where it is long, and cut where GitHub would refuse it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deployer.planning.plan import RolloutPlan
from deployer.planning.preview import Preview
from deployer.planning.stateful import gives_way
from deployer.reporting.plan_markdown import plan_markdown
from deployer.reporting.preview_cells import KindShown, cell_words, kinds_shown, legend, place_lines
from deployer.reporting.words import count

# What GitHub takes as the body of a comment [GitHub REST API: Issue comments].
CHARACTERS_MAX: Final = 65_536

_ROWS_OPEN_MAX: Final = 12
_CLOSING: Final = "\n\n</details>\n"


def comment_markdown(plan: RolloutPlan, preview: Preview | None) -> str:
    """Return GitHub-flavoured Markdown of at most 65,536 characters; what was left out for it is said in its last sentence."""
    if preview is None:
        return within(plan_markdown(plan).rstrip("\n").split("\n"))
    lines = plan_markdown(plan, matrix_follows=True).rstrip("\n").split("\n")
    return within([*lines, "", *preview_lines(preview)])


def preview_lines(preview: Preview) -> Iterator[str]:
    """Yield the preview's Markdown, line by line: words first, then a table for each kind of stack, what is dangerous always open."""
    yield from (f"- {_text(sentence)}" for sentence in preview.words)
    if preview.words:
        yield ""
    dangerous = any(gives_way(row, cell) for row in preview.rows for cell in row.cells if cell)
    for shown in kinds_shown(preview):
        is_open = len(shown.rows) <= _ROWS_OPEN_MAX or dangerous
        yield f"<details{' open' if is_open else ''}><summary>{shown.kind}: {_summary(shown)}</summary>"
        yield ""
        yield from (f"- {_text(sentence)}" for sentence in shown.sentences)
        if shown.rows:
            yield ""
            titles = [_text(column.title) for column in shown.columns]
            yield f"| resource | type | {' | '.join(titles)} | what |"
            yield "|---" * (len(titles) + 3) + "|"
        for row in shown.rows:
            mark = " ≠" if row.differs_between_regions else ""
            cells = " | ".join(cell_words(row, row.cells[column.index]) for column in shown.columns)
            what = "<br>".join(_text(line) for line in place_lines(row, shown.columns))
            yield f"| `{row.logical_id}`{mark} | {row.resource_type.removeprefix('AWS::')} | {cells} | {what} |"
        yield ""
        yield "</details>"
        yield ""
    if marks := legend(preview):
        yield f"<sub>{'; '.join(marks)}</sub>"


def within(lines: list[str], characters_max: int = CHARACTERS_MAX) -> str:
    """Return the lines as a text that ends in a newline, cut after a whole line where it would be too long, every fold closed.

    Its last sentence says how many lines were left out.
    """
    text = "\n".join(lines) + "\n"
    if len(text) <= characters_max:
        return text
    kept, length, is_folded = 0, 0, False
    for number, line in enumerate(lines):
        folded = line.startswith("<details") or (is_folded and not line.startswith("</details>"))
        closing = _CLOSING if folded else "\n"
        if length + len(line) + 1 + len(closing) + len(_cut(len(lines) - number)) > characters_max:
            break
        kept, length, is_folded = number + 1, length + len(line) + 1, folded
    return "\n".join(lines[:kept]) + (_CLOSING if is_folded else "\n") + _cut(len(lines) - kept)


def _cut(left_out: int) -> str:
    return f"\n{count(left_out, 'line')} left out: a comment holds no more. `deployer plan PARAMS` shows everything.\n"


def _summary(shown: KindShown) -> str:
    regions = ", ".join(_text(column.title) for column in shown.columns)
    return f"{count(len(shown.rows), 'resource')} in {regions}" if shown.rows else f"{regions}, no resource of its own line"


def _text(text: str) -> str:
    """Nothing that stands in a value may end a cell, or be taken for HTML."""
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|").split())
