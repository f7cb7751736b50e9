"""Puts `functions/` on the path, as Lambda puts a function's zip there, and offers what several test files start from."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "functions"))
