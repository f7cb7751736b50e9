"""A parameter file in, one checked Environment out; or every mistake in it at once. How a file is read is `reading.py`'s."""

from __future__ import annotations

from pathlib import Path

from deployer.params.model import Environment
from deployer.params.reading import read_model
from deployer.params.rules import RULES


def load_environment(path: Path) -> Environment:
    """Return the environment this file describes.

    Raises InputRefused with all mistakes, in the order of the file's lines; nothing is read but the file.
    """
    return read_model(path, Environment, RULES)
