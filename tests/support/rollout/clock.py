"""A clock that waits for nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class FakeClock:
    """Time moves only by `sleep`; `on_sleep`, if given, runs at each."""

    def __init__(self, on_sleep: Callable[[float], None] | None = None) -> None:
        """Begin at noon on the first of November 2026."""
        self.slept_seconds: list[float] = []
        self._now = datetime(2026, 11, 1, 12, tzinfo=UTC)
        self._on_sleep = on_sleep

    def now(self) -> datetime:
        """Return the fake moment."""
        return self._now

    def monotonic_seconds(self) -> float:
        """Return the seconds slept so far."""
        return sum(self.slept_seconds)

    def sleep(self, seconds: float) -> None:
        """Move time on."""
        self.slept_seconds.append(seconds)
        self._now += timedelta(seconds=seconds)
        if self._on_sleep:
            self._on_sleep(seconds)
