"""A project with the real templates, made once: what is rendered from it is told apart by the environment alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rendering import a_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its root."""
    return a_project(tmp_path_factory.mktemp("costing") / "project")
