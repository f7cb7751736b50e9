"""StackSet operation ids: AWS's idempotency tokens, made from what the operation does and from what happened before.

`regional-<content>-<history>`: the same plan made again before anything happened has the same id, so starting it twice is starting it
once (F4.8); after any operation has ended, even the same one failing, the history differs, as a retry needs (F4.9).
"""

from __future__ import annotations

import re
from typing import Final

from deployer.planning.plan_record import digest_of
from deployer.planning.survey import OperationFacts, Survey

UNDER_WAY: Final = ("RUNNING", "STOPPING", "QUEUED")

_TOKEN_CHARACTERS: Final = 40
_SHAPE: Final = re.compile(r"[a-z-]+-[0-9a-f]{16}-[0-9a-f]{16}")


def operation_id(phase: str, content: object, last: OperationFacts | None) -> str:
    """Return the id of a phase's operation: at most 100 characters of [a-zA-Z0-9-], the first a letter.

    `content` is whatever makes the operation this one. While such an operation is RUNNING it is met again under the id it was
    started with, also where the runner added something to the end of it.
    """
    beginning = f"{phase}-{digest_of(content)[:16]}-"
    if last is not None and last.status == "RUNNING" and last.operation_id.startswith(beginning):
        same = _SHAPE.match(last.operation_id)
        if same:
            return same[0]
    return beginning + digest_of(last.operation_id if last else None)[:16]


def token_prefix(content_digest: str) -> str:
    """Return what every ClientRequestToken of a roll-out of this content begins with, whatever plan performs it."""
    return f"rollout-{content_digest[:_TOKEN_CHARACTERS]}"


def undo_operation_id(content_digest: str, began_at: str) -> str:
    """Return what the ids of all operations begin with that undo the roll-out whose record says this; in operation_id's shape."""
    return f"undo-{digest_of([content_digest, began_at])[:16]}"


def undo_operation_ids(survey: Survey) -> tuple[str, ...]:
    """Return what the ids of the open roll-out's undo begin with, none when no roll-out is open."""
    open_ = survey.open_rollout
    return (undo_operation_id(open_.content_digest, open_.began_at),) if open_ else ()


def is_someone_elses(last: OperationFacts | None, own_ids: tuple[str, ...]) -> bool:
    """Return whether an operation is under way that none of these ids begins."""
    return last is not None and last.status in UNDER_WAY and not (last.status == "RUNNING" and last.operation_id.startswith(own_ids))
