"""One drill, as a person describes it in a file of `drills/`: what fails, what people do about it, and what may come of it.

Regions are named by their role, so that a file fits every environment. All seconds are the scenario's own: with time scaled they
pass faster, and what is measured is scaled back. Rules across fields are in `scenario_rules.py`; reading a file is `scenario_load.py`'s.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from deployer.params.part import Part

Role = Literal["primary", "secondary"]
Place = Literal["primary", "secondary", "witness"]
FaultName = Literal[
    "dead",
    "black-hole",
    "slow",
    "failing",
    "service-out",
    "partition",
    "isolated",
    "checker-wrong",
    "canary-broken",
    "watcher-cut-off",
    "zone-lost",
]


class Phases(Part):
    """How long each part of the drill lasts; a part of 0 seconds is left out."""

    warm_up_seconds: float = Field(default=20, ge=1, le=3600, description="Steady traffic before anything happens. Example: 20.")
    fault_seconds: float = Field(default=120, ge=1, le=3600, description="From the first fault to the heal. Example: 120.")
    heal_seconds: float = Field(default=40, ge=0, le=3600, description="With everything healed and nobody acting. Example: 40.")
    fail_back_seconds: float = Field(default=0, ge=0, le=3600, description="From the operator's fail-back on. Example: 60.")
    settle_seconds: float = Field(default=10, ge=0, le=3600, description="Traffic that goes on before the last reads. Example: 10.")


class FaultPlan(Part):
    """One thing that breaks."""

    kind: FaultName = Field(description="What breaks, in the words of `deployer local fault`. Example: black-hole.")
    region: Place | None = Field(default=None, description="Role of the Region it breaks in. Example: primary.")
    peer: Place | None = Field(default=None, description="For partition: role of the Region it cannot reach. Example: secondary.")
    service: str | None = Field(
        default=None, description="For service-out the AWS service, for canary-broken own, peer or peer health canary. Example: dynamodb."
    )
    checker_region: str | None = Field(
        default=None, pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$", description="For checker-wrong: the checker's Region. Example: sa-east-1."
    )
    rate: float | None = Field(default=None, gt=0, le=1, description="For failing and zone-lost: share of requests. Example: 0.5.")
    latency_seconds: float | None = Field(default=None, gt=0, le=60, description="For slow: what is added to each answer. Example: 8.")
    at_seconds: float = Field(default=0, ge=0, le=3600, description="When it breaks, from the fault phase's begin on. Example: 0.")
    until_seconds: float | None = Field(
        default=None, gt=0, le=3600, description="When it is healed, from the fault phase's begin on; else by the heal. Example: 30."
    )


class ActionPlan(Part):
    """One thing that people do."""

    kind: Literal["fail-over", "fail-back", "broken-roll-out", "by-hand"] = Field(
        description="fail-over sets the hold, fail-back clears it, broken-roll-out gives a Region a failing payment function, "
        "by-hand only marks the moment for people to break something. Example: fail-over."
    )
    region: Role | None = Field(default=None, description="For broken-roll-out: role of the Region that gets it. Example: primary.")
    phase: Literal["fault", "heal", "fail-back"] = Field(
        default="fault", description="The part of the drill it happens in. Example: fault."
    )
    at_seconds: float = Field(default=0, ge=0, le=3600, description="When, from that part's begin on. Example: 20.")


class Traffic(Part):
    """The steady traffic: requests come when they are due, whatever became of earlier ones."""

    payments_per_second: float = Field(default=5, gt=0, le=200, description="New payments a second of the machine's own time. Example: 5.")
    clients: int = Field(default=10, ge=1, le=500, description="Clients, each with connections and a resolver of its own. Example: 10.")
    attempts_max: int = Field(default=4, ge=1, le=20, description="How often a client sends one payment at the most. Example: 4.")
    timeout_seconds: float = Field(default=5, ge=0.1, le=60, description="How long a client waits for an answer. Example: 5.")
    backoff_seconds_max: float = Field(default=5, ge=0, le=60, description="Longest pause between two attempts. Example: 5.")
    connection_seconds_max: float = Field(
        default=20,
        gt=0,
        le=3600,
        description="How long a client goes on using a connection before it opens a new one, and asks for the name again. Example: 20.",
    )
    reads_share: float = Field(
        default=0.2, ge=0, le=1, description="Reads for each payment, of payments acknowledged before. Example: 0.2."
    )
    replays_share: float = Field(
        default=0.1, ge=0, le=1, description="Share of acknowledged payments that are sent once more all the same. Example: 0.1."
    )
    seed: int = Field(default=1, ge=0, description="What decides every chance of the traffic. Example: 1.")


class Limits(Part):
    """What may come of it; one broken limit and the drill is lost."""

    recovery_seconds_max: float = Field(
        ge=0, le=3600, description="Longest time from the first failed request to sustained good ones, as clients saw it. Example: 60."
    )
    failed_requests_max: int | None = Field(
        default=None, ge=0, description="Requests that no attempt got an answer to; without it they are counted, not judged. Example: 0."
    )
    lost_payments_max: int = Field(default=0, ge=0, description="Acknowledged payments that are missing. Example: 0.")
    duplicates_max: int = Field(default=0, ge=0, description="Keys under which more than one payment was taken. Example: 0.")
    data_loss_seconds_max: float = Field(
        default=0, ge=0, le=3600, description="From the oldest missing payment to the fault, in the machine's own seconds. Example: 0."
    )
    split_brain_seconds_max: float = Field(
        default=30, ge=0, le=3600, description="How long both Regions may take new payments while one was to. Example: 30."
    )
    move_seconds_max: float | None = Field(
        default=60,
        gt=0,
        le=3600,
        description="From a typed fail-over or fail-back to the last name server that follows; none: counted, not judged. Example: 60.",
    )
    traffic_must_not_move: bool = Field(default=False, description="Whether moving traffic would be the mistake. Example: false.")
    traffic_ends_in: Role | None = Field(
        default=None, description="Role of the Region that has to serve at the end; without it either. Example: secondary."
    )
    sustained_good_requests: int = Field(
        default=20, ge=1, le=1000, description="Good requests in a row that count as recovered. Example: 20."
    )
    answer_seconds_max: float = Field(
        default=5, gt=0, le=60, description="From due to answered: what takes longer is no good request, however it ends. Example: 5."
    )


class Scenario(Part):
    """One drill."""

    name: str = Field(
        pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60, description="What it is called; the file's own name. Example: primary-dead."
    )
    purpose: str = Field(min_length=10, max_length=300, description="What it proves, in one sentence.")
    phases: Phases = Field(default=Phases(), description="How long each part of the drill lasts.")
    faults: tuple[FaultPlan, ...] = Field(default=(), max_length=100, description="What breaks.")
    actions: tuple[ActionPlan, ...] = Field(default=(), max_length=100, description="What people do.")
    region_returns: bool = Field(
        default=True,
        description="Whether what broke is healed at the end of the fault phase; false is a Region gone for good. Example: true.",
    )
    survivor: Role | None = Field(
        default=None,
        description="Role of the Region that has to hold every payment while the other is away; without it none is. Example: secondary.",
    )
    traffic: Traffic = Field(default=Traffic(), description="The steady traffic.")
    limits: Limits = Field(description="What may come of it.")

    @property
    def seconds(self) -> float:
        """How long the traffic runs, in the scenario's own seconds."""
        one = self.phases
        returning = one.heal_seconds + one.fail_back_seconds if self.region_returns else 0.0
        return one.warm_up_seconds + one.fault_seconds + returning + one.settle_seconds
