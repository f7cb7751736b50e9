"""The last questions wait until everything is where it belongs, and not for ever; who is silent is named."""

from __future__ import annotations

from dataclasses import dataclass, field

from deployer.drill.history import AuditLine, LedgerItem
from deployer.drill.settling import LOGGED_SECONDS_MAX, QUIET_SECONDS, REPLICATED_SECONDS_MAX, question_witnesses
from deployer.vocabulary.errors import DeployerError
from tests.support.drill_records import PRIMARY, REGIONS, SECONDARY, a_line, an_item
from tests.support.rollout.clock import FakeClock


@dataclass(slots=True)
class SlowWitnesses:
    """Witnesses that know of payment 1 only after some seconds, in the secondary; `reconciled` writes the log's line at once.

    `silent` are Regions whose table refuses.
    """

    clock: FakeClock
    replicated_seconds: float = 0.0
    logged_seconds: float = 0.0
    silent: tuple[str, ...] = ()
    done: list[str] = field(default_factory=list)
    time_scale: float = 1.0

    def ledger(self, region: str, run_id: str) -> tuple[LedgerItem, ...]:
        """Return both payments, or the first."""
        if region in self.silent:
            raise DeployerError("no quorum")
        late = region == SECONDARY and self.clock.monotonic_seconds() < self.replicated_seconds
        return tuple(an_item(number, region) for number in ((0,) if late else (0, 1)))

    def audit(self, region: str, run_id: str) -> tuple[AuditLine, ...]:
        """Return both lines, or the first."""
        late = self.clock.monotonic_seconds() < self.logged_seconds and f"reconcile {region}" not in self.done
        return tuple(a_line(number, region) for number in ((0,) if late else (0, 1)))

    def reconcile(self, region: str) -> None:
        """Write what is missing."""
        self.done.append(f"reconcile {region}")


def asked(witnesses: SlowWitnesses) -> tuple[int, int, tuple[tuple[str, str], ...]]:
    """Return how many items and lines there were in the end, and who was silent."""
    found = question_witnesses(witnesses, REGIONS, "drill-x", witnesses.clock, lambda _: None)  # type: ignore[arg-type]
    return len(found.ledger or ()), len(found.audit or ()), found.unasked


def test_tables_are_read_again_until_they_agree() -> None:
    """Replication may still be under way."""
    assert asked(SlowWitnesses(FakeClock(), replicated_seconds=20)) == (4, 4, ())


def test_tables_that_never_agree_are_taken_as_they_are() -> None:
    """The verdict says in what they differ."""
    clock = FakeClock()

    assert asked(SlowWitnesses(clock, replicated_seconds=10_000))[0] == 3
    assert clock.monotonic_seconds() < REPLICATED_SECONDS_MAX + LOGGED_SECONDS_MAX


def test_reconciliation_waits_until_the_outbox_has_written() -> None:
    """Asked earlier, it would write what is only on its way, and each payment stood there twice."""
    clock = FakeClock()
    witnesses = SlowWitnesses(clock, logged_seconds=70)

    assert asked(witnesses) == (4, 4, ())
    assert clock.monotonic_seconds() >= 70
    assert witnesses.done == [f"reconcile {region}" for region in REGIONS]


def test_reconciliation_writes_what_never_comes() -> None:
    """After a quiet while, for what a lost Region took with it does not come by itself."""
    clock = FakeClock()

    assert asked(SlowWitnesses(clock, logged_seconds=10_000)) == (4, 4, ())
    assert QUIET_SECONDS <= clock.monotonic_seconds() < LOGGED_SECONDS_MAX


def test_silent_region_is_named_and_the_other_read() -> None:
    """Half a witness is not none."""
    assert asked(SlowWitnesses(FakeClock(), silent=(PRIMARY,))) == (2, 4, (("ledger", PRIMARY),))


def test_witness_that_nobody_could_ask_is_none() -> None:
    """Which is not an empty one."""
    witnesses = SlowWitnesses(FakeClock(), silent=REGIONS)

    assert question_witnesses(witnesses, REGIONS, "drill-x", witnesses.clock, lambda _: None).ledger is None  # type: ignore[arg-type]
