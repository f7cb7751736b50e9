"""What a terminal shows after a program has written to it: as much of one as the deployer and its libraries make use of.

Text, line breaks, the cursor up and down, lines erased; colours and the cursor's looks are passed over. Lines that have left the screen at
the top are kept.
"""

from __future__ import annotations

import re
from typing import Final

# A control sequence [ECMA-48, 5.4], or a title for the window [xterm: OSC].
_SEQUENCE: Final = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|\x1b\][^\x07]*\x07")
_BEGUN: Final = re.compile(r"\x1b(?:\[[?0-9;]*|\][^\x07]*)?\Z")


class Screen:
    """A screen of `columns` × `rows`; `lines` are all that was ever on it, the last `rows` are what is to be seen."""

    def __init__(self, *, columns: int, rows: int) -> None:
        """Begin empty, the cursor at the top."""
        self.columns, self.rows = columns, rows
        self._lines: list[list[str]] = [[]]
        self._row, self._column = 0, 0
        self._cut = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Every line from the first, without blanks at its end."""
        return tuple("".join(line).rstrip() for line in self._lines)

    @property
    def shown(self) -> str:
        """What is to be seen, without empty lines at its end."""
        return "\n".join(self.lines[-self.rows :]).rstrip("\n")

    def feed(self, text: str) -> None:
        """Take what a program has written; what ends within a control sequence is kept until its rest comes."""
        text = self._cut + text
        begun = _BEGUN.search(text)
        self._cut = begun[0] if begun else ""
        text = text.removesuffix(self._cut)
        at = 0
        for found in _SEQUENCE.finditer(text):
            self._write(text[at : found.start()])
            if found[2]:
                self._obey(found[2], found[1])
            at = found.end()
        self._write(text[at:])

    def _write(self, text: str) -> None:
        for one in text:
            match one:
                case "\n":
                    self._down(1)
                case "\r":
                    self._column = 0
                case "\b":
                    self._column = max(0, self._column - 1)
                case _ if one.isprintable():
                    self._put(one)

    def _put(self, one: str) -> None:
        if self._column >= self.columns:
            self._down(1)
            self._column = 0
        line = self._lines[self._row]
        line.extend(" " * (self._column + 1 - len(line)))
        line[self._column] = one
        self._column += 1

    def _down(self, count: int) -> None:
        self._row += count
        while len(self._lines) <= self._row:
            self._lines.append([])

    def _obey(self, command: str, numbers: str) -> None:
        count = int(numbers) if numbers.isdigit() else 0
        line = self._lines[self._row]
        match command:
            case "A":
                self._row = max(0, len(self._lines) - self.rows, self._row - max(1, count))
            case "B":
                self._down(max(1, count))
            case "G":
                self._column = max(1, count) - 1
            case "K" if count == 2:
                line.clear()
            case "K" if count == 0:
                del line[self._column :]
            case "J" if count == 0:
                del line[self._column :]
                del self._lines[self._row + 1 :]
