"""What a drill does to a system, and what it asks of it: a protocol, and the part of it that is AWS wherever it runs.

On AWS a drill moves traffic by the hold and gives a Region a broken release; faults of Regions and services are FIS's, which asks for
rights and stop conditions of its own. On the embedded AWS `embedded_hands` adds every fault.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from deployer.aws.audit_log import AuditEntry, entries_in, objects_of_day
from deployer.aws.functions import call_function, release_broken, release_good
from deployer.aws.holds import Hold, clear_hold, read_hold
from deployer.aws.ledger import payments_of
from deployer.aws.session import Aws
from deployer.drill.history import AuditLine, LedgerItem, key_digest
from deployer.drill.operators import Typed
from deployer.params.model import Environment
from deployer.params.scenario import FaultPlan
from deployer.vocabulary.errors import InputRefused
from deployer.vocabulary.names import name_of

_READERS: Final = 8

# (check, checker Region, healthy) for every checker; (check, healthy as published) for every check.
CheckerView = tuple[tuple[str, str, bool], ...]
CheckView = tuple[tuple[str, bool], ...]


class Hands(Protocol):
    """One system under drill. Regions are names; what AWS refuses is raised as AwsRefused."""

    time_scale: float

    def break_it(self, fault: FaultPlan) -> str:
        """Break something; return what `heal` takes. Raises InputRefused for what cannot be broken here."""
        ...

    def heal(self, fault_id: str) -> None:
        """Heal one thing that was broken."""
        ...

    def broken(self) -> tuple[str, ...]:
        """Return a few words on everything that is broken now."""
        ...

    def checks(self) -> tuple[CheckerView, CheckView]:
        """Return how health checks stand; empty where that cannot be asked in time."""
        ...

    def is_held(self) -> bool:
        """Tell whether the hold is set."""
        ...

    def fail_over(self, reason: str) -> bool:
        """Do as `fail-over` does, and wait as it does; tell whether every name server followed."""
        ...

    def fail_back(self) -> bool:
        """Do as `fail-back` does; else the same."""
        ...

    def let_go(self) -> None:
        """Clear the hold, whoever set it, and wait for nobody."""
        ...

    def release_broken(self, region: str) -> None:
        """Give a Region a payment function that fails."""
        ...

    def release_good(self, region: str) -> None:
        """Give it the good one back; nothing to do where none was broken."""
        ...

    def ledger(self, region: str, run_id: str) -> tuple[LedgerItem, ...]:
        """Return the run's payments as a Region's table holds them."""
        ...

    def audit(self, region: str, run_id: str) -> tuple[AuditLine, ...]:
        """Return the run's lines in a Region's audit log."""
        ...

    def reconcile(self, region: str) -> None:
        """Let a Region's reconciliation prove the days of the drill."""
        ...


class SystemHands:
    """The hands on a system at AWS. `typed` performs people's commands (`operators`), `now` is UTC."""

    time_scale = 1.0

    def __init__(
        self, aws: Aws, environment: Environment, typed: Typed, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._aws, self._environment, self._typed, self._now = aws, environment, typed, now
        self.suffix, self._standby = environment.suffix, environment.secondary.name
        self._began = now()
        self._good: dict[str, tuple[str, str]] = {}
        self._read: dict[tuple[str, str, str], tuple[AuditEntry, ...]] = {}

    def break_it(self, fault: FaultPlan) -> str:
        """Refuse: `Hands.break_it`."""
        raise InputRefused(
            f"A drill on AWS does not inject `{fault.kind}`",
            hint="Start it with AWS FIS (docs/drills.md has the experiment) beside a scenario that only acts, such as operator-evacuation; "
            "or drill the same parameters with `target: local`.",
        )

    def heal(self, fault_id: str) -> None:
        """Nothing was broken: `Hands.heal`."""

    def broken(self) -> tuple[str, ...]:
        """`Hands.broken`."""
        return tuple(f"broken release in {region}" for region in self._good)

    def checks(self) -> tuple[CheckerView, CheckView]:
        """Nothing: Route 53's control plane is not to be asked each second. `Hands.checks`."""
        return (), ()

    def is_held(self) -> bool:
        """`Hands.is_held`."""
        return self._hold() is not None

    def fail_over(self, reason: str) -> bool:
        """`Hands.fail_over`."""
        return self._typed("fail-over", reason)

    def fail_back(self) -> bool:
        """`Hands.fail_back`."""
        return self._typed("fail-back", "")

    def let_go(self) -> None:
        """`Hands.let_go`."""
        seen = self._hold()
        if seen is not None:
            clear_hold(self._aws, seen, table=self._hold_table, region=self._standby)

    def release_broken(self, region: str) -> None:
        """`Hands.release_broken`."""
        self._good[region] = release_broken(self._aws, name=self._name("payment function", region), region=region)

    def release_good(self, region: str) -> None:
        """`Hands.release_good`."""
        if region in self._good:
            version, handler = self._good[region]
            release_good(self._aws, name=self._name("payment function", region), region=region, version=version, handler=handler)
            del self._good[region]

    def ledger(self, region: str, run_id: str) -> tuple[LedgerItem, ...]:
        """`Hands.ledger`."""
        table = name_of("table", suffix=self.suffix)
        return tuple(
            LedgerItem(
                region=region,
                transaction_id=one.transaction_id,
                idempotency_key_digest=key_digest(one.customer_id),
                amount=one.amount,
                currency=one.currency,
                taken_in=one.region,
            )
            for one in payments_of(self._aws, table=table, region=region, customer_prefix=f"{run_id}-")
        )

    def audit(self, region: str, run_id: str) -> tuple[AuditLine, ...]:
        """`Hands.audit`; an object is read once, unless it is written anew."""
        bucket = self._name("audit bucket", region)
        listed = [one for day in self._days() for one in objects_of_day(self._aws, bucket=bucket, region=region, day=day)]

        def lines(key: str, etag: str) -> tuple[AuditEntry, ...]:
            place = (region, key, etag)
            if place not in self._read:
                self._read[place] = entries_in(self._aws, bucket=bucket, region=region, key=key)
            return self._read[place]

        with ThreadPoolExecutor(max_workers=_READERS) as executor:
            read = executor.map(lambda one: (one.key, lines(one.key, one.etag)), listed)
            return tuple(
                AuditLine(region=region, transaction_id=entry.transaction_id, object_key=key)
                for key, entries in read
                for entry in entries
                if entry.customer_id.startswith(f"{run_id}-")
            )

    def reconcile(self, region: str) -> None:
        """`Hands.reconcile`."""
        call_function(self._aws, name=self._name("reconciliation function", region), region=region, event={"through": self._days()[-1]})

    def region_of(self, role: str) -> str:
        """Return the Region behind a role of a scenario."""
        one = self._environment
        return {"primary": one.primary.name, "secondary": one.secondary.name, "witness": one.witness_region}[role]

    @property
    def _hold_table(self) -> str:
        return name_of("hold table", suffix=self.suffix)

    def _hold(self) -> Hold | None:
        return read_hold(self._aws, table=self._hold_table, region=self._standby)

    def _name(self, kind: str, region: str) -> str:
        role = next(one.role for one in self._environment.regions if one.name == region)
        return name_of(kind, suffix=self.suffix, role=role)

    def _days(self) -> tuple[str, ...]:
        """Return the UTC days that the drill has touched."""
        first, last = self._began.date(), self._now().date()
        return tuple((first + timedelta(days=number)).isoformat() for number in range((last - first).days + 1))
