"""However Lambda delivers, cuts and repeats batches, and whatever fails on the way: no line is missing, none is there twice."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from audit.handler import NoPaymentComesFirst, audit_handler
from audit_log.bucket import AuditBucket
from tests.support.audit import HERE, THERE, FakeBucket, FakeStream, a_discarded_batch, a_record, an_event
from tests.support.fake_services import loses_the_answer, never_arrives, refuses, works
from tests.support.function_events import FakeContext

Record = dict[str, Any]

PUTS = st.lists(st.sampled_from([works, works, never_arrives, loses_the_answer, refuses("SlowDown", 503), refuses("AccessDenied", 403)]))
STREAMS = st.lists(
    st.tuples(
        st.sampled_from([HERE, HERE, THERE]),
        st.sampled_from(["2026-11-20", "2026-11-21"]),
        st.sampled_from(["paid", "paid", "paid", "bad"]),
    ),
    max_size=12,
).map(lambda told: [a_stream_record(number, *one) for number, one in enumerate(told)])


def a_stream_record(number: int, region: str, day: str, kind: str) -> Record:
    """Return a payment's record, or one of something that is no payment."""
    return a_record(number, region=region, day=day) if kind == "paid" else a_record(number, region=region, created_at=None)


def payments_of(stream: list[Record], region: str) -> list[str]:
    """Return the ids of the payments of `region` in the stream."""
    images = [record["dynamodb"]["NewImage"] for record in stream]
    return [image["transaction_id"]["S"] for image in images if "created_at" in image and image["region"]["S"] == region]


class Lambda:
    """Lambda's poller on one shard, at its most capricious: sizes, faults, crashes, halving and re-cutting are drawn.

    `checkpoint` is the record it goes on with; the batches it gave up are in `given_up`. The rules are those of "Configuring partial batch
    response with DynamoDB and Lambda", AWS Lambda Developer Guide: only a success, or the part before a reported record, is passed.
    """

    def __init__(self, stream: list[Record], data: st.DataObject, bucket: FakeBucket, region: str = HERE) -> None:
        self.stream, self.checkpoint, self.given_up = stream, 0, list[list[Record]]()
        self._draw, self._bucket = data.draw, bucket
        self._handle = audit_handler(AuditBucket(bucket, "log"), lambda: FakeStream(stream), region=region)

    def run(self) -> None:
        """Deliver everything, as it comes."""
        while self.checkpoint < len(self.stream):
            self.deliver(self._draw(st.integers(self.checkpoint + 1, len(self.stream)), label="batch ends before"))

    def deliver(self, end: int) -> None:
        """Deliver the batch up to `end` until all of it is passed, or Lambda cuts anew from its checkpoint."""
        pending, attempts = [(self.checkpoint, end)], 0
        while pending:
            start, end = pending[0]
            outcome = self._invoke(self.stream[start:end], flawless=attempts > 8)
            attempts += 1
            assert attempts < 100, "no attempt gets any further"
            last_chance = attempts > 8 and end - start == 1
            if outcome is None:
                self.checkpoint = end
                pending.pop(0)
            elif outcome in ("failed", 0) and (last_chance or self._draw(st.booleans(), label="give up")):
                self.given_up.append(self.stream[start:end])
                self.checkpoint = end
                pending.pop(0)
            elif outcome == "failed" and end - start > 1 and (attempts > 8 or self._draw(st.booleans(), label="halve")):
                pending[0:1] = [(start, (start + end) // 2), ((start + end) // 2, end)]
            elif isinstance(outcome, int):
                self.checkpoint = start + outcome
                pending[0] = (self.checkpoint, end)
            if attempts <= 8 and self._draw(st.booleans(), label="cut anew"):
                return

    def _invoke(self, batch: list[Record], *, flawless: bool) -> int | str | None:
        """Return None for a success, the index of the reported record, or "failed"."""
        self._bucket.script = [] if flawless else self._draw(PUTS, label="puts")
        try:
            answer = self._handle(an_event(*batch), FakeContext())
        except NoPaymentComesFirst:
            return "failed"
        if not flawless and self._draw(st.booleans(), label="answer is lost"):
            return "failed"
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        reported = [numbers.index(one["itemIdentifier"]) for one in answer["batchItemFailures"]]
        # The lowest one counts; the first record of a batch reported is a batch to repeat as a whole.
        return min(reported, default=None)

    def run_by_the_rules(self) -> None:
        """Deliver everything while nothing fails but what has to: halve what fails, give up what fails alone."""
        while self.checkpoint < len(self.stream):
            pending = [(self.checkpoint, self._draw(st.integers(self.checkpoint + 1, len(self.stream)), label="batch ends before"))]
            while pending:
                start, end = pending.pop(0)
                outcome = self._invoke(self.stream[start:end], flawless=True)
                if outcome == "failed" and end - start == 1:
                    self.given_up.append(self.stream[start:end])
                elif outcome == "failed":
                    pending[0:0] = [(start, (start + end) // 2), ((start + end) // 2, end)]
                elif isinstance(outcome, int):
                    assert outcome > 0, "a batch that could be written was not"
                    pending[0:0] = [(start + outcome, end)]
                self.checkpoint = end

    def redrive(self) -> None:
        """Deliver once more what was given up, in any order."""
        for batch in self._draw(st.permutations(self.given_up), label="redriven"):
            self._bucket.script = []
            self._handle(a_discarded_batch(batch), FakeContext())


@settings(max_examples=200, deadline=None)
@given(stream=STREAMS, data=st.data())
def test_each_payment_has_one_line_however_its_batch_was_cut(stream: list[Record], data: st.DataObject) -> None:
    """Also when an object was written and the answer lost, half a batch was repeated, or a batch was given up and redriven."""
    bucket = FakeBucket()
    consumer = Lambda(stream, data, bucket)

    consumer.run()
    consumer.redrive()

    assert sorted(bucket.ids()) == sorted(payments_of(stream, HERE))


@settings(max_examples=100, deadline=None)
@given(stream=STREAMS, data=st.data())
def test_before_a_redrive_only_what_was_given_up_is_missing(stream: list[Record], data: st.DataObject) -> None:
    """And that lies in the dead-letter queue."""
    bucket = FakeBucket()
    consumer = Lambda(stream, data, bucket)

    consumer.run()

    given_up = [name for batch in consumer.given_up for name in payments_of(batch, HERE)]
    assert set(bucket.ids()) | set(given_up) == set(payments_of(stream, HERE))


@settings(max_examples=100, deadline=None)
@given(stream=STREAMS, data=st.data())
def test_only_what_is_no_payment_is_given_up_while_the_bucket_answers(stream: list[Record], data: st.DataObject) -> None:
    """A record nobody can write takes none with it that somebody can."""
    bucket = FakeBucket()
    consumer = Lambda(stream, data, bucket)

    consumer.run_by_the_rules()

    assert [payments_of(batch, HERE) for batch in consumer.given_up] == [[]] * len(consumer.given_up)
    assert sorted(bucket.ids()) == sorted(payments_of(stream, HERE))


@settings(max_examples=100, deadline=None)
@given(stream=STREAMS, data=st.data())
def test_a_stream_read_again_repeats_lines_to_the_byte_and_loses_none(stream: list[Record], data: st.DataObject) -> None:
    """A mapping made anew begins anywhere: who reads takes each id once."""
    bucket = FakeBucket()
    first, second = Lambda(stream, data, bucket), Lambda(stream, data, bucket)
    first.run()
    second.checkpoint = data.draw(st.integers(0, len(stream)), label="reads again from")
    second.run()
    first.redrive()
    second.redrive()

    assert set(bucket.ids()) == set(payments_of(stream, HERE))
    assert len(set(bucket.lines())) == len(set(bucket.ids()))


@settings(max_examples=100, deadline=None)
@given(stream=STREAMS, data=st.data())
def test_both_regions_logs_together_have_each_payment_once(stream: list[Record], data: st.DataObject) -> None:
    """Each by its own poller, over the same records."""
    buckets = {region: FakeBucket() for region in (HERE, THERE)}
    for region, bucket in buckets.items():
        Lambda(stream, data, bucket, region).run_by_the_rules()

    together = [name for bucket in buckets.values() for name in bucket.ids()]
    assert sorted(together) == sorted(payments_of(stream, HERE) + payments_of(stream, THERE))


@settings(max_examples=100, deadline=None)
@given(stream=STREAMS, data=st.data())
def test_no_object_is_ever_seen_half_written(stream: list[Record], data: st.DataObject) -> None:
    """Every version that ever was is whole lines of whole records."""
    bucket = FakeBucket()
    Lambda(stream, data, bucket).run()
    every = set(payments_of(stream, HERE))

    for key, body in bucket.versions:
        seen = FakeBucket()
        seen.objects[key] = body
        assert set(seen.ids()) <= every
        assert seen.ids()
