"""No statement reaches everything without saying why, next to it, in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.rendering import PROJECT

# `Resource: "*"`, in a list or not, in block or flow style.
EVERYTHING = re.compile(r"""\bResource:\s*\[?\s*["']\*["']""")
ANYTHING_BUT = re.compile(r"\bNot(Action|Resource|Principal):")


def unexplained(text: str) -> Iterator[int]:
    """Yield the number of each line that names every resource with no comment above it or above its statement."""
    lines = text.splitlines()
    for index, line in enumerate(lines):
        if EVERYTHING.search(line):
            start = next(number for number in range(index, -1, -1) if re.match(r"\s*- (Sid:|\{)", lines[number]))
            above = (lines[index - 1], lines[start - 1])
            if not any(one.strip().startswith("#") for one in above):
                yield index + 1


def _sources() -> list[Path]:
    return sorted((PROJECT / "templates").rglob("*.j2"))


def test_every_wildcard_resource_has_its_reason_beside_it():
    """An auditor asks about each; the answer stands where the question comes up."""
    missing = [f"{path.relative_to(PROJECT)}:{number}" for path in _sources() for number in unexplained(path.read_text())]

    assert missing == [], 'Say above `Resource: "*"`, or above its statement, why nothing narrower will do.'


def test_nothing_is_allowed_by_exception():
    """`NotAction` and its like allow whatever is invented next."""
    assert [path.name for path in _sources() if ANYTHING_BUT.search(path.read_text())] == []


def test_unexplained_wildcard_is_found():
    """The rule can fail, and takes a comment in either place."""
    bare = '          - Sid: A\n            Effect: Allow\n            Action: x\n            Resource: "*"\n'

    assert list(unexplained(bare)) == [4]
    assert list(unexplained("          # Why.\n" + bare)) == []
    assert list(unexplained(bare.replace("            Resource", "            # Why.\n            Resource"))) == []
    assert list(unexplained('          - Sid: A\n            Resource: ["*"]\n')) == [2]
