"""Hands on two small Regions (`paying_regions`): a fault makes one ill and moves the name at once, as if checkers were that quick."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from deployer.drill.history import AuditLine, LedgerItem, Mark, Sample, key_digest
from deployer.drill.traffic import History
from deployer.params.scenario import FaultPlan
from deployer.vocabulary.errors import DeployerError
from tests.support.paying_regions import EAST, MIDDLE, PayingRegions

REGIONS = {"primary": EAST, "secondary": MIDDLE}


@dataclass(slots=True)
class FakeHands:
    """`done` are the deeds in turn; `refuses` names those that are refused; `loses` keys that a Region's ledger lacks."""

    world: PayingRegions
    time_scale: float = 20.0
    done: list[str] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)
    faults: dict[str, FaultPlan] = field(default_factory=dict)
    silent: set[str] = field(default_factory=set)
    log_lacks: set[str] = field(default_factory=set)
    nailed_down: bool = False

    def break_it(self, fault: FaultPlan) -> str:
        """Make a Region ill."""
        self._do("break")
        self.world.ill[REGIONS[str(fault.region)]] = "failing"
        self.faults["fault-1"] = fault
        self._lead()
        return "fault-1"

    def heal(self, fault_id: str) -> None:
        """Make it well."""
        self._do("heal")
        del self.world.ill[REGIONS[str(self.faults.pop(fault_id).region)]]
        self._lead()

    def broken(self) -> tuple[str, ...]:
        """Return what is ill."""
        return tuple(f"{fault.kind} {fault.region}" for fault in self.faults.values())

    def checks(self) -> tuple[tuple[tuple[str, str, bool], ...], tuple[tuple[str, bool], ...]]:
        """Return one check, by one checker."""
        healthy = EAST not in self.world.ill
        return (("primary", "sa-east-1", healthy),), (("primary", healthy),)

    def is_held(self) -> bool:
        """Return the hold."""
        return self.world.held

    def fail_over(self, reason: str) -> bool:
        """Set it; the name follows unless it is nailed down."""
        self._do("fail-over")
        self.world.held = True
        self._lead()
        return not self.nailed_down

    def fail_back(self) -> bool:
        """Clear it."""
        self.let_go()
        return not self.nailed_down

    def let_go(self) -> None:
        """Clear it."""
        if self.world.held:
            self._do("fail-back")
            self.world.held = False
            self._lead()

    def release_broken(self, region: str) -> None:
        """Let a Region fail."""
        self._do("release-broken")
        self.world.ill[region] = "failing"

    def release_good(self, region: str) -> None:
        """Let it work again."""
        self._do("release-good")
        del self.world.ill[region]

    def ledger(self, region: str, run_id: str) -> tuple[LedgerItem, ...]:
        """Return the shared ledger, as a strongly consistent table's replica."""
        if region in self.silent:
            raise DeployerError("no quorum")
        return tuple(
            LedgerItem(
                region=region,
                transaction_id=one["transactionId"],
                idempotency_key_digest=key_digest(one["key"]),
                amount=Decimal(str(one["amount"])),
                currency=one["currency"],
                taken_in=one["region"],
            )
            for one in self.world.ledger.values()
            if one["key"].startswith(f"{run_id}-")
        )

    def audit(self, region: str, run_id: str) -> tuple[AuditLine, ...]:
        """Return a line for each payment of the ledger."""
        return tuple(AuditLine(region=region, transaction_id=one.transaction_id, object_key="1") for one in self.ledger(region, run_id))

    def reconcile(self, region: str) -> None:
        """Note that it was asked for."""
        self._do(f"reconcile {region}")

    def _do(self, deed: str) -> None:
        self.done.append(deed)
        if deed in self.refuses:
            self.refuses.discard(deed)
            raise DeployerError(f"{deed} is refused")

    def _lead(self) -> None:
        if not self.nailed_down:
            self.world.leads_to = MIDDLE if self.world.held or EAST in self.world.ill else EAST


@dataclass(slots=True)
class FakeWatcher:
    """Keeps what it is shown."""

    marks: list[Mark] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)

    def marked(self, mark: Mark) -> None:
        """Keep a mark."""
        self.marks.append(mark)

    def sampled(self, sample: Sample, history: History) -> None:
        """Keep a sample."""
        self.samples.append(sample)

    def told(self, sentence: str) -> None:
        """Keep a sentence."""
        self.sentences.append(sentence)
