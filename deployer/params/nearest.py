"""The name a person probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_name(written: str, known: Iterable[str]) -> str:
    """Return the known name closest to what was written, or "" when none is close; case does not count."""
    by_lower_case = {name.lower(): name for name in known}
    return next((by_lower_case[match] for match in get_close_matches(written.lower(), by_lower_case, n=1)), "")
