"""What the audit log's buckets use: small objects in three classes, in both Regions; and what the firewall charges for passing it."""

from __future__ import annotations

from typing import Any

import pytest

from deployer.costing.bill import Bill
from deployer.costing.deployed import Resource
from tests.support.costs import PRIMARY, SECONDARY, a_bill, a_canary, a_check, a_resource, a_stack, amounts

MONTH_DAYS = 365 / 12


def an_audit_bucket(**destination: Any) -> Resource:
    """Return a bucket that is copied to the other Region, with objects that move after one month and after three."""
    moves = [{"StorageClass": "STANDARD_IA", "TransitionInDays": str(MONTH_DAYS)}]
    moves += [{"StorageClass": "GLACIER", "TransitionInDays": str(3 * MONTH_DAYS)}]
    return a_resource(
        "AuditBucket",
        "AWS::S3::Bucket",
        LifecycleConfiguration={"Rules": [{"Transitions": moves}, {"NoncurrentVersionExpiration": {}}]},
        ReplicationConfiguration={"Rules": [{"Destination": destination}]},
    )


def billed(bucket: Resource, **assumed: float) -> Bill:
    """Return the bill of the bucket in both Regions, the secondary of which canaries pay in every 5 minutes."""
    return a_bill(a_stack(bucket), a_stack(bucket, a_canary(target=SECONDARY), region=SECONDARY), **assumed)


def test_both_buckets_hold_what_either_region_writes() -> None:
    """A canary's payment is an object of its own; payments share a minute's."""
    written = amounts(billed(an_audit_bucket(), payments_per_minute_count=50), "object write")

    assert written == {(region, "objects written, and copies from the peer"): (8760.0, 20_000) for region in (PRIMARY, SECONDARY)}


def test_a_region_sends_what_it_writes_and_no_more() -> None:
    """Copies are not copied back."""
    sent = amounts(billed(an_audit_bucket(), audit_line_bytes=1024**3 / 1_000_000), "transfer to peer")

    assert sent[(PRIMARY, "copies on their way to the peer")] == (0, pytest.approx(1))
    assert sent[(SECONDARY, "copies on their way to the peer")] == (pytest.approx(0.00876), 0)


def test_objects_move_on_and_are_charged_for_as_each_class_does() -> None:
    """A month as they are, two as 128 KB each, then for good with 32 KB more and a name of 8 KB."""
    bill = billed(an_audit_bucket(), payments_per_minute_count=20, audit_line_bytes=1000, months_stored_count=12)
    lines = {line.what: line.amount.per_million for line in bill.lines if line.region == PRIMARY}
    gigabyte = 1024**3

    assert lines["storage"] == pytest.approx(1e9 / gigabyte)
    assert lines["storage in infrequent access"] == pytest.approx(50_000 * 128 * 1024 * 2 / gigabyte)
    assert lines["storage in Glacier"] == pytest.approx((1e9 + 50_000 * 32 * 1024) * 9 / gigabyte)
    assert lines["names of objects in Glacier"] == pytest.approx(50_000 * 8 * 1024 * 9 / gigabyte)
    assert lines["moves to infrequent access"] == lines["moves to Glacier"] == 50_000


def test_an_object_beyond_128_kilobytes_is_charged_for_as_it_is() -> None:
    """In infrequent access, where none is charged for less."""
    bill = billed(an_audit_bucket(), payments_per_minute_count=1000, audit_line_bytes=1000)
    [line] = [line for line in bill.lines if line.region == PRIMARY and line.what == "storage in infrequent access"]

    assert line.amount.per_million == pytest.approx(1000 * 1000 * 1000 * 2 / 1024**3)


def test_metrics_and_time_control_are_paid_where_they_are_enabled() -> None:
    """Four metrics a rule; the gigabytes that are copied."""
    plain = billed(an_audit_bucket())
    dear = billed(an_audit_bucket(Metrics={"Status": "Enabled"}, ReplicationTime={"Status": "Enabled"}))

    assert not amounts(plain, "metric")
    assert not amounts(plain, "object in time")
    assert amounts(dear, "metric") == {(region, "metrics of the copying"): (4, 0) for region in (PRIMARY, SECONDARY)}
    assert amounts(dear, "object in time").keys() == {(region, "copies in time") for region in (PRIMARY, SECONDARY)}


def test_a_bucket_that_is_not_live_holds_nothing() -> None:
    """As a spare's."""
    bucket = a_resource("AuditBucket", "AWS::S3::Bucket")

    assert a_bill(a_stack(bucket)).lines == ()


def test_every_request_that_passes_the_firewall_is_paid() -> None:
    """Whoever sends it."""
    acl = a_resource("Firewall", "AWS::WAFv2::WebACL", Rules=[{}])
    passed = amounts(a_bill(a_stack(acl, a_check(), a_check(path="/hold"), a_canary())), "web acl request")

    assert passed == {(PRIMARY, "requests"): (pytest.approx(2 * 1.6 * 730 * 3600 + 4 * 8760), 1_000_000)}
