"""Tables as Markdown, and their place in docs/benchmarks.md: between two marks that carry the benchmark's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "benchmarks.md"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; every row has as many cells as the head."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def marks(name: str) -> tuple[str, str]:
    """Return the marks before and after what the benchmark `name` writes."""
    return f"<!-- {name} -->", f"<!-- /{name} -->"


def with_part(document: str, name: str, text: str) -> str:
    """Return the document with `text` between the marks of `name`; raises ValueError when it has not exactly one such place."""
    begin, end = marks(name)
    place = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    if len(place.findall(document)) != 1:
        raise ValueError(f"the document needs one place between {begin} and {end}")
    return place.sub(lambda _: f"{begin}\n\n{text}\n\n{end}", document)
