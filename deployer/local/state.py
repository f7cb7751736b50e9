"""What a running embedded AWS tells others about itself: `state.json` in its home.

The file is written by the server once everything listens, holds credentials and so has mode 0600, and may outlive its
server: `control.status` says whether it still speaks of a living one.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Final

STATE_FILE: Final = "state.json"
SERVER_LOCK_FILE: Final = "server.lock"
START_LOCK_FILE: Final = "start.lock"
LOG_FILE: Final = "server.log"


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalState:
    """How to reach one embedded AWS.

    `endpoint` answers every AWS API (`http://127.0.0.1:4566`); `edges` maps a Region to the `address:port` where its
    custom domains speak TLS, the primary Region first; `ca_bundle` is the PEM file to trust for them; `dns` is the
    `address:port` of a name server, or None; `started_at` is ISO 8601, UTC; `time_scale` is how many times faster than elsewhere
    seconds pass for checkers, canaries and alarms. The two access key fields are the root
    credentials of `account_id`, new at each start.
    """

    home: str
    pid: int
    endpoint: str
    account_id: str
    access_key_id: str
    secret_access_key: str = field(repr=False)
    ca_bundle: str
    edges: dict[str, str]
    dns: str | None
    started_at: str
    time_scale: float = 1.0

    @property
    def regions(self) -> tuple[str, ...]:
        """Return the Regions with an edge, the primary first."""
        return tuple(self.edges)


def write_state(state: LocalState) -> None:
    """Put the state into its home in one step, readable by its owner alone."""
    target = Path(state.home) / STATE_FILE
    draft = target.with_suffix(f".{state.pid}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(state), file, indent=2)
    draft.replace(target)


def read_state(home: Path) -> LocalState | None:
    """Return what `home` records, of a living server or a dead one; None when nothing usable is recorded."""
    try:
        record = json.loads((home / STATE_FILE).read_text())
        return LocalState(**{known.name: record[known.name] for known in fields(LocalState)})
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
