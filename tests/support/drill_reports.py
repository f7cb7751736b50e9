"""A drill's record with everything in it that a report can show, lost and kept."""

from __future__ import annotations

from dataclasses import replace

from deployer.drill.history import DrillRecord, Outcome, Sample
from tests.support.drill_records import PRIMARY, SECONDARY, a_lookup, a_record, an_attempt

CHECKERS = ("us-east-1", "eu-west-1", "sa-east-1")
FAULT = "us-east-1 accepts connections and never answers"


def a_whole_record() -> DrillRecord:
    """Return a failover with faults, checks and checkers sampled each second, lookups, and an outcome of each kind."""
    record = a_record()
    lookups = tuple(
        a_lookup(number, 30.0 + number, an_attempt(30.0 + number, PRIMARY, outcome))
        for number, outcome in enumerate((Outcome.FAILED, Outcome.REFUSED, Outcome.ACKNOWLEDGED))
    )
    return replace(record, samples=tuple(map(_seen, record.samples)), lookups=lookups)


def _seen(sample: Sample) -> Sample:
    broken = 20 <= sample.at_seconds < 100
    noticed = 41 <= sample.at_seconds < 110
    return replace(
        sample,
        faults=(FAULT,) if broken else (),
        checks=(("primary endpoint", not noticed), ("hold, inverted", True), (f"{SECONDARY} endpoint", True)),
        checkers=tuple(("primary endpoint", region, not (broken and sample.at_seconds > 30 + 4 * n)) for n, region in enumerate(CHECKERS)),
    )
