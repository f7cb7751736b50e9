"""The record's object: put where none lies, put over what was read, and by nobody who was slower."""

from __future__ import annotations

from dataclasses import replace

import pytest

from deployer.aws.rollout_records import (
    Holder,
    RecordPlace,
    RolloutRecord,
    delete_rollout_record,
    put_rollout_record,
    read_rollout_record,
    record_from_text,
    record_text,
)
from deployer.vocabulary.errors import AwsRefused, DeployerError
from tests.support.rollout.fake_aws import FakeAws
from tests.support.rollout.plans import HOME
from tests.support.rollout.wire import refusal

PLACE = RecordPlace(bucket="payment-artifacts-test", region=HOME)
RECORD = RolloutRecord(
    content_digest="content",
    holder=Holder(arn="arn:aws:iam::111122223333:user/ada", host="desk", pid=7),
    is_held=True,
    began_at="2026-03-04T05:06:07+00:00",
    renewed_at="2026-03-04T05:06:17+00:00",
    before={"point": {"stack_set": {}}},
    undoing=("it failed", "because", "mend it"),
)


def a_world() -> FakeAws:
    """Return an AWS with the artifact bucket."""
    world = FakeAws()
    world.buckets(HOME).buckets.add(PLACE.bucket)
    return world


def test_record_is_read_as_it_was_put() -> None:
    """With the tag that the next put has to name."""
    world = a_world()

    put = put_rollout_record(world.aws(), PLACE, RECORD, over=None)

    assert put
    assert read_rollout_record(world.aws(), PLACE) == put
    assert put.record == RECORD


def test_of_two_that_find_none_one_gets_through() -> None:
    """S3 decides (`If-None-Match`)."""
    world = a_world()
    put_rollout_record(world.aws(), PLACE, RECORD, over=None)

    assert put_rollout_record(world.aws(), PLACE, replace(RECORD, content_digest="other"), over=None) is None


def test_of_two_that_read_the_same_one_gets_through() -> None:
    """S3 decides (`If-Match`)."""
    world = a_world()
    read = put_rollout_record(world.aws(), PLACE, RECORD, over=None)
    put_rollout_record(world.aws(), PLACE, replace(RECORD, is_held=False), over=read)

    assert put_rollout_record(world.aws(), PLACE, RECORD, over=read) is None


def test_other_refusals_are_told() -> None:
    """No right to write is not somebody who was faster."""
    world = a_world()
    world.refusals["put_object"] = refusal("AccessDenied", "no")

    with pytest.raises(AwsRefused):
        put_rollout_record(world.aws(), PLACE, RECORD, over=None)


def test_no_record_and_no_bucket_are_none() -> None:
    """Before a first roll-out and after a last one."""
    world = a_world()
    put_rollout_record(world.aws(), PLACE, RECORD, over=None)
    delete_rollout_record(world.aws(), PLACE)

    assert read_rollout_record(world.aws(), PLACE) is None
    assert read_rollout_record(FakeAws().aws(), PLACE) is None


def test_holder_is_told_in_one_breath() -> None:
    """Whom to ask, and where that process is."""
    assert str(RECORD.holder) == "arn:aws:iam::111122223333:user/ada (process 7 on desk)"


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"schema": 99}', record_text(RECORD).replace('"schema": 1', '"schema": 2')])
def test_record_of_another_version_is_not_read(text: str) -> None:
    """Guessing what it means could undo the wrong thing."""
    with pytest.raises(DeployerError, match=r"rollouts/current\.json"):
        record_from_text(text)
