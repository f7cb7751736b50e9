"""SIGTERM, as CI and supervisors send it: what Ctrl-C is without a terminal, so a command cleans up and says how it ended."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def sigterm_as_interrupt(told_to_end: threading.Event) -> Iterator[None]:
    """Have SIGTERM set `told_to_end` and raise KeyboardInterrupt until the end of the block; what it did before it does then again.

    Outside a process's main thread, where Python lets nobody listen to signals, nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        told_to_end.set()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
