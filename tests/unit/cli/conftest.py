"""A command line in a folder of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import CommandLine


@pytest.fixture
def deployer(tmp_path: Path) -> CommandLine:
    """Return the command line."""
    return CommandLine(tmp_path)
