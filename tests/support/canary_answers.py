"""A Region that answers a canary from recorded answers, any of which a test may change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from payment_path import Answer, Watch

NOW = datetime(2026, 11, 22, 16, 11, 12, tzinfo=UTC)
CERTIFICATE_ENDS = datetime(2027, 6, 8, tzinfo=UTC)
KEY = "a-key-for-tests"

_ANSWERS = Path(__file__).parents[1] / "canaries" / "answers"


def a_watch(**changes: Any) -> Watch:
    """Return the secondary Region watching the primary."""
    return replace(Watch(watcher="secondary", region="us-east-1", now=NOW), **changes)


def recorded(name: str, **changes: Any) -> Answer:
    """Return a recorded answer; `changes` replace its fields, `document` and `headers` field by field."""
    content = json.loads((_ANSWERS / f"{name}.json").read_text())
    for part in ("headers", "document"):
        content[part] |= changes.pop(part, {})
    return replace(Answer(certificate_ends=CERTIFICATE_ENDS, **content), **changes)


def sound_answers() -> dict[str, Answer]:
    """Return what a Region that works answers at each step, in the order of the steps."""
    return {
        "health": recorded("health"),
        "payment": recorded("payment"),
        "replay": recorded("payment", headers={"idempotent-replayed": "true"}),
        "read": recorded("payment", status=200),
    }


@dataclass
class RecordedRegion:
    """Answers one step after the other and keeps what it was asked: (method, path, headers, body)."""

    answers: dict[str, Answer] = field(default_factory=sound_answers)
    asked: list[tuple[str, str, dict[str, str], str | None]] = field(default_factory=list)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: str | None) -> Answer:
        """Return the next step's answer."""
        self.asked.append((method, path, dict(headers), body))
        return list(self.answers.values())[len(self.asked) - 1]
