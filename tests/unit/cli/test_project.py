"""Which project a parameter file belongs to."""

from __future__ import annotations

from pathlib import Path

from deployer.cli.project import project_of


def test_the_nearest_parent_with_templates_is_the_project(tmp_path: Path) -> None:
    """Wherever the command is typed."""
    (tmp_path / "templates").mkdir()
    params = tmp_path / "params" / "teams" / "local.yaml"

    assert project_of(params).root == tmp_path


def test_a_parameter_file_elsewhere_uses_the_project_of_the_current_folder(tmp_path: Path) -> None:
    """The tests run in the project's own folder."""
    assert project_of(tmp_path / "local.yaml").root == Path(__file__).parents[3]
