"""The audit function answers Lambda so that nothing is passed that is not written, and says in metrics and log what it did."""

from __future__ import annotations

import json
from typing import Any

import pytest

from audit.handler import Handler, NoPaymentComesFirst, audit_handler
from audit.redrive import Gone
from audit_log.bucket import AuditBucket
from tests.support.audit import HERE, FakeBucket, FakeStream, a_discarded_batch, a_record, an_event, an_item, sequence
from tests.support.fake_services import Fault, loses_the_answer, never_arrives, refuses, works
from tests.support.function_events import FakeContext

NO_PAYMENT: dict[str, Any] = {"created_at": None}


def a_handler(bucket: FakeBucket, stream: FakeStream | None = None) -> Handler:
    """Return the handler of this Region."""
    return audit_handler(AuditBucket(bucket, "log"), lambda: stream, region=HERE)


def reported(answer: dict[str, Any]) -> list[str]:
    """Return the sequence numbers of an answer."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def said(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the metrics and the log line that were written."""
    metrics, line = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return metrics, line


def test_a_batch_that_is_written_is_passed() -> None:
    """Nothing is reported."""
    bucket = FakeBucket()

    assert reported(a_handler(bucket)(an_event(a_record(1), a_record(2)), FakeContext())) == []
    assert bucket.ids() == [an_item(number)["transaction_id"]["S"] for number in (1, 2)]


@pytest.mark.parametrize("fault", [never_arrives, loses_the_answer, refuses("SlowDown", 503), refuses("AccessDenied", 403)])
def test_a_batch_that_is_not_written_comes_again_as_a_whole(fault: Fault) -> None:
    """Also when one of its objects was written: a later attempt may be cut otherwise."""
    event = an_event(a_record(1), a_record(2, day="2026-11-21"), a_record(3))

    answer = a_handler(FakeBucket([works, fault]))(event, FakeContext())

    assert reported(answer) == [sequence(1)]


def test_what_is_no_payment_is_reported_and_what_stands_before_it_is_written() -> None:
    """The next attempt begins with it."""
    bucket = FakeBucket()

    answer = a_handler(bucket)(an_event(a_record(1), a_record(2, **NO_PAYMENT), a_record(3)), FakeContext())

    assert reported(answer) == [sequence(2)]
    assert bucket.ids() == [an_item(1)["transaction_id"]["S"]]


@pytest.mark.parametrize("behind", [[], [a_record(3)]], ids=["alone", "with others behind it"])
def test_what_is_no_payment_fails_the_function_when_it_comes_first(behind: list[dict[str, Any]]) -> None:
    """Reported, the whole batch would be given up with it; failed, Lambda halves the batch until it is alone."""
    bucket = FakeBucket()

    with pytest.raises(NoPaymentComesFirst):
        a_handler(bucket)(an_event(a_record(2, **NO_PAYMENT), *behind), FakeContext())

    assert bucket.calls == []


def test_a_record_without_a_number_fails_the_function() -> None:
    """There is nothing to report it by."""
    with pytest.raises(NoPaymentComesFirst):
        a_handler(FakeBucket())(an_event(a_record(1), {"eventName": "INSERT"}), FakeContext())


def test_an_object_is_one_request_that_carries_its_digest() -> None:
    """S3 refuses what arrives otherwise than it was sent."""
    sent: list[dict[str, Any]] = []

    class Client(FakeBucket):
        def put_object(self, **given: Any) -> dict[str, Any]:
            sent.append(given)
            return super().put_object(**given)

    a_handler(Client())(an_event(a_record(1), a_record(2)), FakeContext())

    [put] = sent
    assert len(put["ChecksumSHA256"]) == 44
    assert "IfNoneMatch" not in put


def test_a_change_is_kept_and_told_loudly(capsys: pytest.CaptureFixture[str]) -> None:
    """It must not happen."""
    bucket = FakeBucket()

    a_handler(bucket)(an_event(a_record(1, kind="REMOVE")), FakeContext())

    metrics, line = said(capsys)
    assert (metrics["UnexpectedChanges"], line["level"], line["changes"]) == (1, "ERROR", 1)
    assert [json.loads(line)["kind"] for line in bucket.lines("changes/")] == ["REMOVE"]


def test_metrics_say_what_was_done(capsys: pytest.CaptureFixture[str]) -> None:
    """As CloudWatch's embedded metric format: what is declared is there."""
    a_handler(FakeBucket())(an_event(a_record(1), a_record(2), a_record(3, **NO_PAYMENT)), FakeContext())

    metrics, line = said(capsys)
    declared = [one["Name"] for one in metrics["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
    assert {name: metrics[name] for name in declared} == {
        "PaymentsLogged": 2,
        "UnexpectedChanges": 0,
        "PoisonRecords": 1,
        "AuditWriteFailures": 0,
    }
    assert line["poison"] == [{"sequence_number": sequence(3), "reason": "created_at is missing"}]


def test_a_failed_write_counts_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    """With AWS's own code in the log, and no payment counted."""
    a_handler(FakeBucket([refuses("AccessDenied", 403)]))(an_event(a_record(1)), FakeContext())

    metrics, line = said(capsys)
    assert (metrics["AuditWriteFailures"], metrics["PaymentsLogged"]) == (1, 0)
    assert (line["outcome"], line["error"], line["level"]) == ("not-written", "AccessDenied", "ERROR")


def test_no_line_of_the_log_tells_a_customer_or_an_amount(capsys: pytest.CaptureFixture[str]) -> None:
    """What the audit log holds, the function's own log does not."""
    a_handler(FakeBucket())(an_event(a_record(1, customer_id={"S": "C-SECRET"}, amount={"N": "424242"})), FakeContext())

    written = capsys.readouterr().out
    assert "C-SECRET" not in written
    assert "424242" not in written


def test_a_discarded_batch_is_redriven_where_it_would_have_been() -> None:
    """Same key, same bytes, whether it comes from the event or back from the stream."""
    records = [a_record(number) for number in range(1, 6)]
    at_once, later = FakeBucket(), FakeBucket()
    a_handler(at_once)(an_event(*records[1:4]), FakeContext())

    answer = a_handler(later, FakeStream(records))(a_discarded_batch(records[1:4]), FakeContext())

    assert reported(answer) == []
    assert later.objects == at_once.objects


def test_a_redrive_passes_over_what_is_no_payment_and_names_it() -> None:
    """Nobody would deliver what lies behind it."""
    records = [a_record(1, **NO_PAYMENT), a_record(2), a_record(3, **NO_PAYMENT), a_record(4)]
    bucket = FakeBucket()

    answer = a_handler(bucket, FakeStream(records, closed=True))(a_discarded_batch(records), FakeContext())

    assert reported(answer) == [sequence(1), sequence(3)]
    assert bucket.ids() == [an_item(number)["transaction_id"]["S"] for number in (2, 4)]


def test_a_redrive_that_cannot_be_written_fails() -> None:
    """Who asked for it must not take it for done."""
    records = [a_record(1)]

    with pytest.raises(RuntimeError, match="SlowDown"):
        a_handler(FakeBucket([refuses("SlowDown", 503)]), FakeStream(records))(a_discarded_batch(records), FakeContext())


def test_a_redrive_that_comes_too_late_fails() -> None:
    """The stream has forgotten: the whole batch, or its end."""
    records = [a_record(number) for number in range(1, 4)]

    with pytest.raises(Exception, match="TrimmedDataAccessException"):
        a_handler(FakeBucket(), FakeStream([]))(a_discarded_batch(records), FakeContext())
    with pytest.raises(Gone, match="2 records found"):
        a_handler(FakeBucket(), FakeStream(records[:2], closed=True))(a_discarded_batch(records), FakeContext())
