"""The burn-in: how looks at a gate add up. A pure rule; it looks at nothing and waits for nobody.

    passed    every look of the last `burn_in_seconds` was good, and none began after `seconds_max`
    failed    something final was seen, or a Region answered badly for `bad_seconds_max` on end, or no burn-in can end within `seconds_max`
    waiting   neither

One bad look begins the burn-in anew and fails nothing: a lost packet is no bad version. What stays bad does not get the rest of the gate's
time, for callers are served meanwhile. A look that AWS refused counts as not good, and never as the Region's failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from deployer.planning.gates import Gate
from deployer.rollout.gate_finding import Sample

Verdict = Literal["passed", "failed", "waiting"]
Checked = tuple[str, str]

# Health and payments are what callers get. Alarms are final by themselves, and a canary's run tells of one moment.
_ANSWERS = ("health", "payment")


@dataclass(frozen=True, slots=True, kw_only=True)
class BurnIn:
    """What has been seen so far; all moments are seconds since the gate began.

    `good_since` is the first of the good looks up to now, None when the last was bad; `bad_since` is the same of each (Region, check) whose
    last look was bad. `last` is the last sample of each, `last_bad` the newest bad one of all, `paid_at` the last look that paid well.
    """

    at: float = 0.0
    good_since: float | None = None
    bad_since: Mapping[Checked, float] = field(default_factory=dict)
    last: Mapping[Checked, Sample] = field(default_factory=dict)
    last_bad: Sample | None = None
    paid_at: float | None = None

    def after(self, at: float, samples: Sequence[Sample]) -> BurnIn:
        """Return the burn-in with one look more, which began at `at`."""
        bad = [sample for sample in samples if not sample.finding.is_good]
        looked = {(sample.region, sample.check) for sample in samples}
        bad_since = {place: since for place, since in self.bad_since.items() if place not in looked}
        bad_since |= {(one.region, one.check): self.bad_since.get((one.region, one.check), at) for one in bad}
        paid = [sample.finding.is_good for sample in samples if sample.check == "payment"]
        good_since = at if self.good_since is None else self.good_since
        return replace(
            self,
            at=at,
            good_since=None if bad_since else good_since,
            bad_since=bad_since,
            last={**self.last, **{(sample.region, sample.check): sample for sample in samples}},
            last_bad=next((one for one in bad if one.finding.is_final), bad[0]) if bad else self.last_bad,
            paid_at=(at if all(paid) else None) if paid else self.paid_at,
        )

    def pays_at(self, gate: Gate, at: float) -> bool:
        """Return whether a look at `at` has to pay: the last payment failed or is long ago, or the burn-in may end with this look."""
        if not gate.amount:
            return False
        return self.paid_at is None or at >= min(self.paid_at + gate.payment_seconds, self._passes_at(gate))

    def verdict(self, gate: Gate) -> Verdict:
        """Return how it stands after the last look."""
        if self.good_since is not None and self._passes_at(gate) <= self.at <= gate.seconds_max:
            return "passed"
        # Not before the end of the gate's time, but as soon as no burn-in can end within it.
        if self.hopeless(gate) is not None or self._passes_at(gate) > gate.seconds_max or self.at > gate.seconds_max:
            return "failed"
        return "waiting"

    def hopeless(self, gate: Gate) -> Sample | None:
        """Return the sample that no further look is needed after, if there is one."""
        for place, since in self.bad_since.items():
            sample = self.last[place]
            too_long = not gate.is_first and place[1] in _ANSWERS and self.at - since >= gate.bad_seconds_max
            if sample.finding.is_final or (too_long and sample.finding.refused is None):
                return sample
        return None

    def next_at(self, gate: Gate) -> float:
        """Return when to look again: a sample later, or at the very end of the burn-in if that is sooner."""
        return min(self.at + gate.sample_seconds, self._passes_at(gate))

    def _passes_at(self, gate: Gate) -> float:
        """Return when the burn-in ends if every look from now on is good."""
        began = self.at + gate.sample_seconds if self.good_since is None else self.good_since
        return began + gate.burn_in_seconds
