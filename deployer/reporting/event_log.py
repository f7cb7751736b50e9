"""Events as JSON, one a line: to standard output for `--json`, and to a file for later.

The file is appended to, so that it holds every roll-out of its environment; each line is flushed as it is written, so that
a killed deployer leaves a log that is whole up to its last event.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from deployer.vocabulary.events import Event, Listener, as_record


def write_record(record: dict[str, Any], stream: TextIO) -> None:
    """Write one record as one line of JSON and flush it; raises TypeError for a value JSON has no word for."""
    stream.write(json.dumps(record, ensure_ascii=False) + "\n")
    stream.flush()


@contextmanager
def logged_to(path: Path) -> Iterator[Listener]:
    """Yield a listener that appends every event to the file at `path`, whose folder is made when absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:

        def listener(event: Event) -> None:
            write_record(as_record(event), stream)

        yield listener


def both(first: Listener, second: Listener) -> Listener:
    """Return a listener that tells two, in this order."""

    def listener(event: Event) -> None:
        first(event)
        second(event)

    return listener
