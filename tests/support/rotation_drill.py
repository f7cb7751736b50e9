"""A rotation drill: callers with every key there is, in both Regions, while the key is rotated in a system that was rolled out."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.main_job import Copy, a_copy, call

REGIONS = ("us-east-1", "us-east-2")
HOME = "us-east-2"
SECRET = "payment-api-secret-local"
ZONE = "pay.example.test"
PAYMENT = {"amount": 100, "currency": "USD", "customerId": "test-123"}
# As short as a parameter file may have it: the drill is about the order of things, not their length.
CACHE_SECONDS = 2
PAUSE_SECONDS = 0.2
WAIT_SECONDS_MAX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One payment sent: with which key, to which Region, when (seconds of a monotonic clock), and the status that came back."""

    key: str
    region: str
    sent_at: float
    status: int


@dataclass(slots=True)
class RotationDrill:
    """A rolled-out system under steady payments; `requests` are all of them so far."""

    copy: Copy
    requests: list[Request] = field(default_factory=list)
    _ended: threading.Event = field(default_factory=threading.Event)
    _callers: list[threading.Thread] = field(default_factory=list)

    def key(self, label: str = "AWSCURRENT", region: str = HOME) -> str:
        """Return the key that the secret shows under a label in one Region."""
        value = self.copy.client("secretsmanager", region).get_secret_value(SecretId=SECRET, VersionStage=label)
        return str(json.loads(value["SecretString"])["api_key"])

    def call_with(self, key: str) -> None:
        """Let a caller in each Region pay with `key` from now on, five times a second at the most."""
        for region in REGIONS:
            caller = threading.Thread(target=self._call, args=(key, region), daemon=True)
            self._callers.append(caller)
            caller.start()

    def rotate(self) -> tuple[str, float]:
        """Rotate the secret; at the very moment it shows a new key, callers have it. Returns that key and the moment."""
        before, client = self.key(), self.copy.client("secretsmanager", HOME)
        client.rotate_secret(SecretId=SECRET)
        self.until(lambda: self.key() != before)
        shown_at, new = time.monotonic(), self.key()
        self.call_with(new)
        self.until(lambda: self.is_idle)
        return new, shown_at

    @property
    def is_idle(self) -> bool:
        """Return whether no rotation is under way."""
        described = self.copy.client("secretsmanager", HOME).describe_secret(SecretId=SECRET)
        return not any("AWSPENDING" in labels for labels in described["VersionIdsToStages"].values())

    def of(self, key: str, region: str = "", *, before: float = float("inf")) -> list[Request]:
        """Return the requests with a key, of one Region if named, sent before a moment."""
        return [one for one in list(self.requests) if one.key == key and region in ("", one.region) and one.sent_at < before]

    def more_of(self, key: str, count: int = 3) -> None:
        """Return once each Region has answered some more requests with a key."""
        enough = {region: len(self.of(key, region)) + count for region in REGIONS}
        self.until(lambda: all(len(self.of(key, region)) >= number for region, number in enough.items()))

    def until(self, holds: Callable[[], bool], *, seconds_max: float = WAIT_SECONDS_MAX) -> None:
        """Return once `holds()`; raises TimeoutError."""
        deadline = time.monotonic() + seconds_max
        while not holds():
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.05)

    def end(self) -> None:
        """Let all callers finish the request they are at."""
        self._ended.set()
        for caller in self._callers:
            caller.join(timeout=30)

    def _call(self, key: str, region: str) -> None:
        state, url = self.copy.state, f"https://{region}.api.{ZONE}/payment"
        while not self._ended.wait(PAUSE_SECONDS):
            sent_at = time.monotonic()
            headers: dict[str, Any] = {"x-api-key": key, "Idempotency-Key": str(uuid.uuid4())}
            status = call(state, region, "POST", url, headers=headers, body=PAYMENT).status
            self.requests.append(Request(key=key, region=region, sent_at=sent_at, status=status))


@contextmanager
def a_rotation_drill(folder: Path, *, edit: Callable[[Path], None] = lambda folder: None) -> Iterator[RotationDrill]:
    """Roll a system out from a copy of the project, changed by `edit`, and have its first key called with."""
    with a_copy(folder) as copy:
        copy.params.write_text(copy.params.read_text() + f"secret:\n  key_cache_seconds: {CACHE_SECONDS}\n")
        edit(copy.folder)
        rolled_out = copy.run("roll-out", copy.params, "--yes")
        assert rolled_out.exit_code == 0, rolled_out.output
        drill = RotationDrill(copy)
        drill.until(lambda: drill.is_idle)
        try:
            drill.call_with(drill.key())
            drill.more_of(drill.key())
            yield drill
        finally:
            drill.end()
