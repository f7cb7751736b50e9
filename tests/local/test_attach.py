"""Holding on to MiniStack: what is missing is named at the start."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from deployer.local import attach, attach_api_gateway, attach_reading, attach_services, attach_streams
from deployer.vocabulary.errors import DeployerError


def test_every_seam_is_where_it_is_expected() -> None:
    """The pinned MiniStack has all of them."""
    for seams in (attach.SEAMS, attach_api_gateway.SEAMS, attach_reading.SEAMS, attach_services.SEAMS, attach_streams.SEAMS):
        attach.verify(seams)


def test_missing_seams_are_all_named() -> None:
    """Another MiniStack fails with what it lacks and what to do."""
    seams = (("ministack.app", ("app", "_gone")), ("ministack.services.vanished", ("anything",)))

    with pytest.raises(DeployerError) as refused:
        attach.verify(seams)

    assert refused.value.detail == "missing: ministack.app._gone, ministack.services.vanished"
    assert "pip install" in refused.value.hint


def test_owner_of_a_bucket_is_found_while_buckets_come_and_go() -> None:
    """Two stacks that are made at the same time do not fail each other."""
    from ministack.services import s3

    attach_services.find_owners_while_buckets_come()

    with _others_at_work(s3._buckets._data):
        owners = {s3._bucket_owner_account(name) for _ in range(3_000) for name in ("standing", "nowhere")}

    assert owners == {"111122223333", None}


@contextmanager
def _others_at_work(buckets: dict[tuple[str, str], Any]) -> Iterator[None]:
    """Let another thread create and delete buckets among some that stand, and have its turn very often."""
    standing = {("444455556666", f"bucket-{number}"): {} for number in range(500)} | {("111122223333", "standing"): {}}
    done = threading.Event()

    def work() -> None:
        while not done.is_set():
            passing = [("444455556666", f"passing-{number}") for number in range(100)]
            buckets.update(dict.fromkeys(passing))
            for key in passing:
                del buckets[key]

    buckets |= standing
    interval_seconds = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        done.set()
        worker.join()
        sys.setswitchinterval(interval_seconds)
        for key in standing:
            del buckets[key]
