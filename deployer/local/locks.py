"""Advisory file locks: who is starting a server in a home, and whether one lives there.

The kernel lets a lock go when its holder dies, however it dies, so a held lock says "alive" where a recorded process
id only says "was alive once".
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final

_POLL_SECONDS: Final = 0.02


def hold(path: Path, *, wait_seconds_max: float) -> int | None:
    """Take the lock of `path`, creating the file; return the descriptor that holds it, or None when the wait is over.

    The lock lasts until `release` or the end of the process; child processes do not inherit it.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + wait_seconds_max
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                os.close(descriptor)
                return None
            time.sleep(_POLL_SECONDS)
        else:
            return descriptor


def release(descriptor: int) -> None:
    """Let a lock taken by `hold` go."""
    os.close(descriptor)


def sign(descriptor: int) -> None:
    """Write this process's id into a held lock's file, for `holder`."""
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, str(os.getpid()).encode(), 0)


def holder(path: Path) -> int | None:
    """Return the process id that signed the lock of `path`, or None when nobody holds it."""
    if not is_held(path):
        return None
    signature = path.read_text()
    return int(signature) if signature.isdigit() else None


def is_held(path: Path) -> bool:
    """Tell whether some process, this one included, holds the lock of `path`."""
    if not path.exists():
        return False
    descriptor = hold(path, wait_seconds_max=0)
    if descriptor is None:
        return True
    release(descriptor)
    return False
