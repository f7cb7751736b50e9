"""Strict Jinja: a mistake ends with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.rendering.engine import render, strict_engine
from deployer.vocabulary.errors import DeployerError


def _summary_of_failure(folder: Path) -> str:
    with pytest.raises(DeployerError) as refused:
        render(strict_engine(folder, {"known": "yes"}), "stack.yaml.j2")
    return refused.value.summary


def test_unknown_name_is_told_with_file_and_line(tmp_path: Path):
    """A typo in a part names the part, not the skeleton that includes it."""
    (tmp_path / "stack.yaml.j2").write_text('a: {{ known }}\n{% include "part.j2" %}\n')
    (tmp_path / "part.j2").write_text("b: 1\nc: {{ unknwon }}\n")

    assert _summary_of_failure(tmp_path).startswith(f"{tmp_path}/part.j2:2: ")


def test_syntax_error_is_told_with_file_and_line(tmp_path: Path):
    """An unclosed block is found before anything is written."""
    (tmp_path / "stack.yaml.j2").write_text("a: 1\n{% if known %\n")

    assert _summary_of_failure(tmp_path).startswith("stack.yaml.j2:2: ")


def test_missing_part_is_told(tmp_path: Path):
    """An include that is not there names what was looked for."""
    (tmp_path / "stack.yaml.j2").write_text('{% include "absent.j2" %}\n')

    with pytest.raises(DeployerError, match="absent"):
        render(strict_engine(tmp_path, {}), "stack.yaml.j2")


def test_whitespace_is_as_written(tmp_path: Path):
    """Lines of control leave no blank line behind, and the last newline stays."""
    (tmp_path / "stack.yaml.j2").write_text("{% if known %}\na: {{ known | quoted }}\n{% endif %}\n")

    assert render(strict_engine(tmp_path, {"known": "it's <yes>"}), "stack.yaml.j2") == 'a: "it\'s <yes>"\n'


def test_digest_changes_with_the_text(tmp_path: Path):
    """What a logical id carries moves with what it stands for, and is letters and digits alone."""
    engine = strict_engine(tmp_path, {})

    one, other = engine.filters["digest"]("one"), engine.filters["digest"]("other")

    assert one != other
    assert one.isalnum()
    assert len(one) == 10


def test_what_was_compiled_serves_again_until_its_source_changes(tmp_path: Path) -> None:
    """The second engine compiles nothing; a changed template is compiled anew, and so is an unchanged one whose copy is damaged."""
    templates, compiled = tmp_path / "templates", tmp_path / "compiled"
    templates.mkdir()
    source = templates / "stack.yaml.j2"

    def rendered() -> tuple[str, list[bytes]]:
        text = render(strict_engine(templates, {"known": "yes"}, compiled=compiled), "stack.yaml.j2")
        return text, [one.read_bytes() for one in compiled.iterdir()]

    source.write_text("a: {{ known }}\n")
    first = rendered()
    (kept,) = compiled.iterdir()
    written = kept.stat().st_mtime_ns
    again = rendered()
    unwritten = kept.stat().st_mtime_ns
    source.write_text("b: {{ known }}\n")
    changed = rendered()
    kept.write_bytes(b"damaged")

    assert first == again
    assert (first[0], changed[0], rendered()[0]) == ("a: yes\n", "b: yes\n", "b: yes\n")
    assert (len(first[1]), unwritten) == (1, written)
    assert changed[1] != first[1]
