"""Lets tests import a canary as Synthetics does: by its file's name."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "canaries"))
