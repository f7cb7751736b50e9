"""The name a person probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

# Below this, "colour" would be taken for "rollout".
_LIKENESS_MIN: Final = 0.7


def nearest_name(written: str, known: Iterable[str]) -> str:
    """Return the known name closest to what was written, or "" when none is close; case does not count."""
    by_lower_case = {name.lower(): name for name in known}
    matches = get_close_matches(written.lower(), by_lower_case, n=5, cutoff=_LIKENESS_MIN)
    # Swapped letters are the commonest slip: us-esat-2 is us-east-2, though us-west-2 is as close by the letter.
    swapped = (match for match in matches if sorted(match) == sorted(written.lower()))
    return next((by_lower_case[match] for match in (*swapped, *matches)), "")
