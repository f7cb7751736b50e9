"""A program at a terminal of its own: what it shows is read, what a person would type is typed, and Ctrl-C is a key like any other."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event
from typing import Final

from tests.support.screen import Screen

COLUMNS: Final = 120
ROWS: Final = 40
_WAIT_SECONDS_MAX: Final = 60.0
_LOOK_SECONDS: Final = 0.05
_CTRL_C: Final = b"\x03"


class Terminal:
    """One program at its terminal, until it has ended."""

    def __init__(self, pid: int, descriptor: int, *, columns: int, rows: int) -> None:
        """Watch a program that was started by `at_terminal`."""
        self.screen = Screen(columns=columns, rows=rows)
        self._pid, self._descriptor = pid, descriptor
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._exit_code: int | None = None

    def until(self, text: str, seconds_max: float = _WAIT_SECONDS_MAX) -> None:
        """Return once the screen has shown `text`; fails with the screen when it does not in time, or the program ends before."""
        self._wait(lambda: text in "\n".join(self.screen.lines), f"never showed {text!r}", seconds_max)

    def ended(self, seconds_max: float = _WAIT_SECONDS_MAX) -> int:
        """Return the program's exit code once it has ended; fails with the screen when it does not in time."""
        self._wait(lambda: self._exit_code is not None, "did not end", seconds_max)
        assert self._exit_code is not None
        return self._exit_code

    def type_line(self, text: str) -> None:
        """Type a line and Enter."""
        os.write(self._descriptor, f"{text}\r".encode())

    def press_ctrl_c(self) -> None:
        """Press Ctrl-C, which the terminal turns into SIGINT for whoever is in its foreground."""
        os.write(self._descriptor, _CTRL_C)

    @contextmanager
    def read_meanwhile(self) -> Iterator[None]:
        """Go on reading the screen while something else is done: a program whose terminal nobody reads stands still."""
        is_over = Event()

        def read() -> None:
            while not is_over.is_set() and self._exit_code is None:
                self._look()

        with ThreadPoolExecutor(max_workers=1) as pool:
            reading = pool.submit(read)
            try:
                yield
            finally:
                is_over.set()
            reading.result()

    def close(self) -> None:
        """Take the terminal away; end the program if it has not ended."""
        if self._exit_code is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._descriptor)

    def _wait(self, is_there: Callable[[], bool], wrong: str, seconds_max: float) -> None:
        deadline = time.monotonic() + seconds_max
        while not is_there():
            has_ended = self._exit_code is not None
            if has_ended or time.monotonic() > deadline:
                raise AssertionError(f"The program {wrong}{' before it ended' if has_ended else ''}:\n{self.screen.shown}")
            self._look()

    def _look(self) -> None:
        ready, _, _ = select.select([self._descriptor], [], [], _LOOK_SECONDS)
        if ready:
            try:
                self.screen.feed(self._decoder.decode(os.read(self._descriptor, 65_536)))
            except OSError:
                # How Linux tells that nobody holds the terminal any more [pty(7)].
                ready = []
                time.sleep(_LOOK_SECONDS)
        if not ready:
            ended, status = os.waitpid(self._pid, os.WNOHANG)
            if ended:
                self._exit_code = os.waitstatus_to_exitcode(status)


def heed_ctrl_c() -> None:
    """Let the program about to start hear of Ctrl-C: whatever a shell starts in the background ignores it, and so would all it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def at_terminal(
    words: Sequence[str], folder: Path, variables: Mapping[str, str], *, columns: int = COLUMNS, rows: int = ROWS
) -> Iterator[Terminal]:
    """Start a program in `folder` with exactly these environment variables, at a terminal of this size; end both on the way out."""
    pid, descriptor = pty.fork()
    if pid == 0:
        try:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.chdir(folder)
            heed_ctrl_c()
            os.execve(words[0], list(words), dict(variables))  # noqa: S606 (a list of words needs no shell)
        finally:
            os._exit(127)
    terminal = Terminal(pid, descriptor, columns=columns, rows=rows)
    try:
        yield terminal
    finally:
        terminal.close()
