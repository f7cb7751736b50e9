"""How durations, counts and values are written, the same in every view."""

from __future__ import annotations

from re import sub

from deployer.vocabulary.values import OutputOf


def duration(seconds: float) -> str:
    """Return seconds as a person reads them: `0.4 s`, `12.0 s`, `3 min 05 s`."""
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


def count(number: int, noun: str) -> str:
    """Return a number with its noun, which takes a plain `s`: `1 object`, `3 objects`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def short_digests(text: str) -> str:
    """Return the text with every hexadecimal digest in it cut to eight characters."""
    return sub(r"[0-9a-f]{32,}", lambda digest: digest[0][:8], text)


def value_text(value: str | OutputOf) -> str:
    """Return a parameter's value, or when it will be known."""
    if isinstance(value, OutputOf):
        return f"known after {value.stack_name} in {value.region}"
    return value


def clock_text(at: str) -> str:
    """Return the time of day of an ISO 8601 moment in UTC: `2026-01-02T03:04:05.678+00:00` -> `03:04:05Z`."""
    return f"{at[11:19]}Z"
