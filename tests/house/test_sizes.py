"""Files and functions that fit a head: 350 lines a file, 50 a function, 80 a template's skeleton."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.support.source_tree import ROOT, Module, modules, told

FILE_LINES_MAX = 350
FUNCTION_LINES_MAX = 50
SKELETON_LINES_MAX = 80

# What is longer and may stay so for now: `path` or `path::function`. This list may only shrink.
LONGER: frozenset[str] = frozenset()

FOLDERS = ("deployer", "functions", "canaries", "bench", "tests")


def too_long(module: Module) -> Iterator[tuple[str, str]]:
    """Yield (key in LONGER, sentence) for a file or function that is too long."""
    lines = module.text.count("\n")
    if lines > FILE_LINES_MAX:
        yield module.path, f"{module.path}: {lines} lines, {FILE_LINES_MAX} at the most"
    for function in module.functions():
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        if length > FUNCTION_LINES_MAX:
            key = f"{module.path}::{function.name}"
            yield key, f"{module.path}:{function.lineno}: {function.name} has {length} lines, {FUNCTION_LINES_MAX} at the most"


def template_faults(root: Path) -> list[str]:
    """Return a sentence for every skeleton and part that is too long."""
    faults = []
    for path in sorted((root / "templates").rglob("*.j2")):
        limit = SKELETON_LINES_MAX if path.parent == root / "templates" else FILE_LINES_MAX
        lines = path.read_text("utf-8").count("\n")
        if lines > limit:
            faults.append(f"{path.relative_to(root)}: {lines} lines, {limit} at the most")
    return faults


def test_no_file_or_function_is_too_long() -> None:
    """One idea a file, one screen a function."""
    faults = [sentence for module in modules(*FOLDERS) for key, sentence in too_long(module) if key not in LONGER]

    assert not faults, told(faults, "Find the second idea in it and give it a name and a place of its own.")


def test_list_of_what_is_longer_only_shrinks() -> None:
    """What has become short leaves the list."""
    long = {key for module in modules(*FOLDERS) for key, _ in too_long(module)}
    faults = sorted(LONGER - long)

    assert not faults, told(faults, "It is short now: take it off LONGER in tests/house/test_sizes.py.")


def test_template_skeletons_read_like_contents_pages() -> None:
    """What does not fit goes into a part."""
    faults = template_faults(ROOT)

    assert not faults, told(faults, "Move a concern into a part of its own below templates/.")


def test_long_file_and_long_function_are_found() -> None:
    """The rule can fail, at the first line that is too many."""
    body = "def f():\n" + "    pass\n" * FUNCTION_LINES_MAX
    file = "x = 1\n" * (FILE_LINES_MAX + 1)

    assert [key for key, _ in too_long(Module(path="a.py", text=body))] == ["a.py::f"]
    assert [key for key, _ in too_long(Module(path="a.py", text=file))] == ["a.py"]


def test_longest_file_and_function_that_may_be_are_fine() -> None:
    """The rule does not fail without a reason."""
    body = "def f():\n" + "    pass\n" * (FUNCTION_LINES_MAX - 1)

    assert list(too_long(Module(path="a.py", text=body + "x = 1\n" * (FILE_LINES_MAX - FUNCTION_LINES_MAX)))) == []


def test_long_skeleton_is_found(tmp_path: Path) -> None:
    """The rule can fail for templates, too."""
    (tmp_path / "templates" / "regional").mkdir(parents=True)
    (tmp_path / "templates" / "regional.yaml.j2").write_text("x\n" * (SKELETON_LINES_MAX + 1))
    (tmp_path / "templates" / "regional" / "part.j2").write_text("x\n" * (SKELETON_LINES_MAX + 1))

    assert template_faults(tmp_path) == ["templates/regional.yaml.j2: 81 lines, 80 at the most"]
