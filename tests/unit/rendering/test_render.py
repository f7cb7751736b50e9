"""The whole of rendering: same in, same out."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.rendering.render import render_system, write_templates
from deployer.vocabulary.errors import DeployerError
from tests.support.rendering import a_project, an_environment


def test_same_input_gives_the_same_bytes(tmp_path: Path):
    """In another build folder, at another time: nothing differs, so a plan made from it finds nothing to do."""
    source = a_project(tmp_path / "project")

    one = render_system(an_environment(), source=source, build=tmp_path / "one")
    two = render_system(an_environment(), source=source, build=tmp_path / "two")

    assert (one.bootstrap, one.regional, one.global_) == (two.bootstrap, two.regional, two.global_)
    assert [package.digest for package in one.packages] == [package.digest for package in two.packages]
    assert [path.read_bytes() for path in write_templates(one, tmp_path / "a")] == [
        path.read_bytes() for path in write_templates(two, tmp_path / "b")
    ]


def test_templates_are_written_under_their_kind(tmp_path: Path):
    """`render` leaves three files a person can read and hand to other tools."""
    system = render_system(an_environment(), source=a_project(tmp_path / "project"), build=tmp_path / "build")

    written = write_templates(system, tmp_path / "build" / "test")

    assert [path.name for path in written] == ["bootstrap.yaml", "regional.yaml", "global.yaml"]
    assert written[1].read_text() == system.regional.body


def test_changed_handler_changes_one_line_of_the_regional_body(tmp_path: Path):
    """After editing one function's code exactly that changes, and in no other stack."""
    source = a_project(tmp_path / "project")
    before = render_system(an_environment(), source=source, build=tmp_path / "build")
    (source / "functions" / "health" / "handler.py").write_text("def handle(event, context):\n    return {}\n")

    after = render_system(an_environment(), source=source, build=tmp_path / "build")
    pairs = zip(before.regional.body.splitlines(), after.regional.body.splitlines(), strict=True)

    changed = [new.strip() for old, new in pairs if old != new]
    assert len(changed) == 1
    assert "functions/health/" in changed[0]
    assert (after.bootstrap, after.global_) == (before.bootstrap, before.global_)


def test_folder_that_is_no_project_is_refused(tmp_path: Path):
    """Run in the wrong folder, the command says so and writes nothing."""
    with pytest.raises(DeployerError, match="not the root of the project"):
        render_system(an_environment(), source=tmp_path, build=tmp_path / "build")

    assert not (tmp_path / "build").exists()


def test_missing_function_is_named(tmp_path: Path):
    """A template that uses a function nobody wrote."""
    source = a_project(tmp_path / "project")
    (source / "functions" / "health" / "handler.py").unlink()

    with pytest.raises(DeployerError, match="package health"):
        render_system(an_environment(), source=source, build=tmp_path / "build")
