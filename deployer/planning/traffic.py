"""Where traffic goes and why: facts only, taken by `traffic_taking.take_traffic`. What should happen to it, `move` decides.

Three things decide where callers are led: what name servers answer, by the health checks' state; each Region's own health; and the hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from deployer.aws.health_checks import CheckerReport, enough_pass
from deployer.aws.holds import Hold

if TYPE_CHECKING:
    from deployer.outside.names import NameAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionHealth:
    """One Region as it answers for itself and as Route 53's checkers see it.

    `status` is the HTTP status of its `/health`, None without an answer; `said` are the words behind it. `reports` are the checkers',
    and `checkers_problem` says why there are none.
    """

    region: str
    role: str
    status: int | None
    said: str = ""
    reports: tuple[CheckerReport, ...] = ()
    checkers_problem: str = ""

    @property
    def answers_well(self) -> bool:
        """Whether the Region itself says that it can take payments."""
        return self.status == 200

    @property
    def seen_well(self) -> bool | None:
        """Whether Route 53's checkers call it healthy, by their last looks and the 18 % rule; None when that is not known."""
        return enough_pass(self.reports) if self.reports else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """Where traffic goes at one moment.

    `name` is the shared name, `answers` what each name server asked said of it; `regions` are both Regions, the primary first.
    `hold_problem` says why nothing is known of the hold.
    """

    name: str
    answers: tuple[NameAnswer, ...]
    regions: tuple[RegionHealth, ...]
    hold: Hold | None = None
    hold_problem: str = ""

    @property
    def primary(self) -> RegionHealth:
        """The primary Region."""
        return self.regions[0]

    @property
    def standby(self) -> RegionHealth:
        """The secondary Region."""
        return self.regions[1]

    @property
    def led_to(self) -> tuple[str, ...]:
        """The Regions that callers are led to now, sorted: one, or both while an answer spreads, or none that is known."""
        return led_to(self.answers)


def led_to(answers: tuple[NameAnswer, ...]) -> tuple[str, ...]:
    """Return the Regions that these answers lead to, sorted, each once."""
    return tuple(sorted({answer.region for answer in answers if answer.region}))


def all_lead_to(region: str, answers: tuple[NameAnswer, ...]) -> bool:
    """Return whether every name server that answered leads to the Region, and at least one did."""
    return led_to(answers) == (region,) and not any(answer.target and not answer.region for answer in answers)


Intent = Literal["fail-over", "fail-back"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """Why traffic should not move: what is wrong, and what happens if it moves all the same."""

    fault: str
    risk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """What `fail-over` or `fail-back` will do, and nothing more: shown before it is done, and done as shown.

    `name` is the shared name, asked of `zone`'s name servers; `region` where it shall lead, `standby` the Region that serves the hold
    in `table`. `hold` is the hold there is now. `rows` are (what, now, then) for a person; `answered_seconds_max` bounds the time until
    name servers answer so, and `sum_sentence` is the arithmetic, the TTL included. `changes_hold` is false when the hold is right
    already; `settled` when name servers answer so too.
    """

    intent: Intent
    name: str
    zone: str
    region: str
    standby: str
    table: str
    hold: Hold | None
    rows: tuple[tuple[str, str, str], ...]
    objections: tuple[Objection, ...]
    cautions: tuple[str, ...]
    answered_seconds_max: int
    sum_sentence: str
    changes_hold: bool
    settled: bool

    @property
    def is_nothing(self) -> bool:
        """Whether everything is as it shall be."""
        return not self.changes_hold and self.settled
