"""Performs a gate: looks at the Regions until they were good for long enough, tells every sample, and says why when they are not.

    look → tell → passed, failed, or wait for the next look

It changes nothing but that cents are paid. Nobody is let through unseen: where AWS would not say how the Region is, the gate ends in AWS's
refusal and judges nothing, so that the same command goes on from there.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, NoReturn

from deployer.outside.view import Outside
from deployer.planning.gates import Gate
from deployer.rollout.context import RolloutContext, StepStopped
from deployer.rollout.gate_burn_in import BurnIn
from deployer.rollout.gate_finding import Sample
from deployer.rollout.gate_looking import Looks
from deployer.vocabulary.errors import GateFailed
from deployer.vocabulary.events import GateSampled
from deployer.vocabulary.names import name_of

# No look follows the one before at once, however the arithmetic of moments comes out.
_PAUSE_SECONDS_MIN: Final = 0.05

_WAYS_OUT: Final = {
    "health": "Ask the Region itself: `deployer status PARAMS` shows which of its checks fails",
    "payment": "Read what the payment function in that Region logged at the moment of the sample",
    "alarms": "Look at the alarm in that Region's CloudWatch: its description says what to look for",
    "canary": "Look at the canary's last run in that Region's Synthetics: it says at which step it failed",
}


def pass_gate(gate: Gate, context: RolloutContext, *, outside: Outside, since: datetime) -> None:
    """Return once the gate's Regions were good for its whole burn-in; `since` is when the roll-out began, a re-run's first beginning.

    Raises:
        GateFailed: a Region is not good, or was not for long enough within the gate's time.
        AwsRefused: AWS would not say how a Region is: at once when the caller may not ask, else when the time is over.
        StepStopped: a person interrupted the roll-out.
    """
    clock = context.clock
    looks = Looks(gate, context.aws, outside, clock, since=since)
    began_seconds = clock.monotonic_seconds()
    burn_in = BurnIn()
    while True:
        at = clock.monotonic_seconds() - began_seconds
        samples = looks.take(paying=burn_in.pays_at(gate, at))
        burn_in = burn_in.after(at, samples)
        for sample in samples:
            context.tell(_told(gate, sample, context.at()))
        match burn_in.verdict(gate):
            case "passed":
                return
            case "failed":
                _fail(gate, burn_in, context.plan.suffix)
            case "waiting":
                passed_seconds = clock.monotonic_seconds() - began_seconds
                clock.sleep(max(_PAUSE_SECONDS_MIN, burn_in.next_at(gate) - passed_seconds))
        if context.stopped.is_set():
            raise StepStopped


def _told(gate: Gate, sample: Sample, at: str) -> GateSampled:
    return GateSampled(
        at=at,
        phase=gate.phase,
        region=sample.region,
        check=sample.check,
        is_good=sample.finding.is_good,
        detail=sample.finding.detail,
        took_seconds=sample.took_seconds,
    )


def _fail(gate: Gate, burn_in: BurnIn, suffix: str) -> NoReturn:
    """Raise what ends the gate: the sample that says why, or AWS's own refusal where nothing else is known."""
    culprit = burn_in.hopeless(gate)
    if culprit is None:
        for sample in burn_in.last.values():
            if sample.finding.refused is not None:
                raise sample.finding.refused
        culprit = burn_in.last_bad
    lines = [
        f"{one.region}, {one.check}: {'good' if one.finding.is_good else 'bad'}, {one.finding.detail}" for one in burn_in.last.values()
    ]
    if culprit is None:
        raise GateFailed(
            f"{_regions(gate)} could not be looked at for {gate.burn_in_seconds:g} s within {gate.seconds_max:g} s",
            "\n".join(("Every look was good, but each took too long.", *lines)),
            "Give rollout.gate_seconds_max more time, then run the same command.",
        )
    raise GateFailed(
        f"{culprit.region} did not pass its gate: {culprit.check}: {culprit.finding.detail}",
        "\n".join((f"{_why(gate, burn_in, culprit)} The last samples:", *lines)),
        f"{_way_out(gate, culprit, suffix)}; mend the cause, then roll out again.",
    )


def _way_out(gate: Gate, culprit: Sample, suffix: str) -> str:
    way_out = _WAYS_OUT[culprit.check]
    if culprit.check != "payment":
        return way_out
    role = next(one.role for one in gate.regions if one.region == culprit.region)
    log_group = f"/aws/lambda/{name_of('payment function', suffix=suffix, role=role)}"
    return f"{way_out} (`aws logs tail {log_group} --region {culprit.region} --since 1h`)"


def _why(gate: Gate, burn_in: BurnIn, culprit: Sample) -> str:
    if culprit.finding.is_final:
        return f"Seen {burn_in.at:.0f} s after the gate began; this needs no second look."
    since = burn_in.bad_since.get((culprit.region, culprit.check))
    if since is not None and burn_in.hopeless(gate) is not None:
        return f"It was so for {burn_in.at - since:.0f} s on end, from {since:.0f} s after the gate began."
    return f"No {gate.burn_in_seconds:g} s on end can be good any more within the {gate.seconds_max:g} s that the gate may take."


def _regions(gate: Gate) -> str:
    return " and ".join(one.region for one in gate.regions)
