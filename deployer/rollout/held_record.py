"""The roll-out's record in the hands of one deployer: taken, renewed, given up, taken away.

A record that nobody renewed for `TAKEN_OVER_AFTER_SECONDS` belongs to a deployer that was killed. Deployers' clocks have to agree to
within that, as signed requests to AWS need anyway.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from deployer.aws.rollout_records import (
    Holder,
    RecordPlace,
    RolloutRecord,
    StoredRecord,
    delete_rollout_record,
    put_rollout_record,
    read_rollout_record,
)
from deployer.aws.session import Aws
from deployer.planning.restore_point import RestorePoint
from deployer.planning.restoring import point_of_document
from deployer.vocabulary.clock import Clock
from deployer.vocabulary.errors import AwsRefused, RolloutBusy

TAKEN_OVER_AFTER_SECONDS: Final = 60.0
RENEWED_EVERY_SECONDS: Final = 15.0

_TRIES_MAX: Final = 5


class HeldRecord:
    """One system's record as one run of the deployer holds it, or does not yet. Safe to share between threads."""

    def __init__(self, aws: Aws, place: RecordPlace, clock: Clock) -> None:
        """Hold nothing; nothing is asked."""
        self._aws, self._place, self._clock = aws, place, clock
        self._stored: StoredRecord | None = None
        self._put_at_seconds = 0.0
        self._lock = Lock()
        self.before: RestorePoint | None = None
        self.templates: Mapping[str, str] = {}

    @property
    def record(self) -> RolloutRecord | None:
        """The record as it was put last, None while it is not held."""
        return self._stored.record if self._stored else None

    def take(self, content_digest: str, before: dict[str, Any] | None) -> RolloutRecord:
        """Put a record of this content, or take over the one that lies there with what it keeps; return it.

        `before` is kept only where no record lies: once one does, what stands may have moved already. A failure that is being undone
        goes on being undone for the same content alone. Raises RolloutBusy when somebody else is rolling out, AwsRefused.
        """
        now = self._clock.now().isoformat()
        mine = RolloutRecord(
            content_digest=content_digest, holder=self._holder(), is_held=True, began_at=now, renewed_at=now, before=before
        )
        for _ in range(_TRIES_MAX):
            found = read_rollout_record(self._aws, self._place)
            if found is None:
                wanted = mine
            else:
                refuse_busy(found.record, content_digest, self._clock)
                same = found.record.content_digest == content_digest
                wanted = replace(
                    mine,
                    began_at=found.record.began_at if same else now,
                    before=found.record.before,
                    undoing=found.record.undoing if same else None,
                )
            stored = put_rollout_record(self._aws, self._place, wanted, over=found)
            if stored is not None:
                self._keep(stored)
                return stored.record
        raise RolloutBusy(
            "Several deployers want to roll this system out at once",
            f"the record s3://{self._place.bucket} changed hands {_TRIES_MAX} times while this one tried to take it",
            "Run the same command again, with --wait if another roll-out is under way.",
        )

    def renew(self) -> None:
        """Say that this deployer is alive, at most every `RENEWED_EVERY_SECONDS`; nothing while nothing is held.

        Raises RolloutBusy when somebody else has taken over. That S3 cannot be reached is left to whoever needs AWS next.
        """
        with self._lock:
            if self._stored is None or self._clock.monotonic_seconds() - self._put_at_seconds < RENEWED_EVERY_SECONDS:
                return
            with suppress(AwsRefused):
                self._put(renewed_at=self._clock.now().isoformat(), is_held=True)

    def begin_undo(self, failure: tuple[str, str, str]) -> None:
        """Write down that the roll-out is being undone, and why, so that whoever goes on after a kill goes on undoing.

        Raises RolloutBusy, AwsRefused.
        """
        with self._lock:
            self._put(undoing=failure, renewed_at=self._clock.now().isoformat())

    def give_up(self) -> None:
        """Leave the record there for the next run, which need not wait; best effort, for this is told on the way to an end."""
        with self._lock, suppress(AwsRefused, RolloutBusy):
            if self._stored is not None:
                self._put(is_held=False)
        self._stored = None

    def close(self) -> None:
        """Take the record away, unless it is in other hands; nothing while nothing is held. Raises RolloutBusy, AwsRefused."""
        with self._lock:
            if self._stored is None:
                return
            # S3 deletes without asking whose it is; it puts only over what this deployer has put or read.
            self._put(renewed_at=self._clock.now().isoformat())
            delete_rollout_record(self._aws, self._place)
            self._stored = None

    def _put(self, **different: Any) -> None:
        for _ in range(_TRIES_MAX):
            if self._stored is None:
                return
            stored = put_rollout_record(self._aws, self._place, replace(self._stored.record, **different), over=self._stored)
            if stored is not None:
                self._keep(stored)
                return
            # Somebody else put it meanwhile: a second run of the same roll-out goes on beside this one, anybody else has taken over.
            found = read_rollout_record(self._aws, self._place)
            if found is None or found.record.content_digest != self._stored.record.content_digest:
                self._stored = None
                raise _taken_over(found.record if found else None)
            self._stored = found

    def _keep(self, stored: StoredRecord) -> None:
        self._stored, self._put_at_seconds = stored, self._clock.monotonic_seconds()
        if stored.record.before is not None and self.before is None:
            self.before, self.templates = point_of_document(stored.record.before)

    def _holder(self) -> Holder:
        return Holder(arn=self._aws.caller(self._place.region).arn, host=platform.node(), pid=os.getpid())


def refuse_busy(record: RolloutRecord, content_digest: str, clock: Clock) -> None:
    """Return when a roll-out of this content may go on in spite of the record; raises RolloutBusy that names who holds it."""
    silent_seconds = (clock.now() - record.renewed).total_seconds()
    if record.content_digest == content_digest or not record.is_held or silent_seconds >= TAKEN_OVER_AFTER_SECONDS:
        return
    raise RolloutBusy(
        "Someone else is rolling this system out",
        f"{record.holder} has been since {record.began_at[:19]}Z, last heard of {max(0, silent_seconds):.0f} s ago, and rolls out "
        "something else than this. Nothing of yours was begun.",
        "Ask them, look with `deployer status PARAMS`, or run the same command with --wait. "
        f"A deployer that was killed is waited for {TAKEN_OVER_AFTER_SECONDS:.0f} s, then taken over.",
    )


def _taken_over(record: RolloutRecord | None) -> RolloutBusy:
    return RolloutBusy(
        "The record of this roll-out is in other hands",
        f"{record.holder} has taken over" if record else "somebody has taken it away",
        "Look at what stands with `deployer status PARAMS`; then run the same command again.",
    )
