"""Rules on how a drill went in time: the generator, the outage, the failed requests, the two Regions' takes, the way of the traffic.

Each is a pure function from evidence and limits to a finding, None when the scenario does not ask for it. Seconds are judged in the
scenario's own: the record's times its time scale.
"""

from __future__ import annotations

from typing import Final

from deployer.drill.course import Outage, answers_in_turn, is_good, is_served, moment_of, outages, split_brain_seconds, traffic_of
from deployer.drill.examples import EXAMPLES_MAX, examples, name_of
from deployer.drill.history import DrillRecord, Finding, PhaseName
from deployer.drill.promises import Evidence
from deployer.params.scenario import Limits

# A generator that sends later than this does not load the system as the scenario says; nor does one late in more than a hundredth.
LATE_SECONDS_MAX: Final = 1.0
UNSTEADY_SHARE_MAX: Final = 0.01
# Looks are a second apart: a stall of five in a drill of a hundred seconds.
STALLED_SHARE_MAX: Final = 0.05


def recovery_seconds(record: DrillRecord, limits: Limits) -> float | None:
    """Return the longest outage in the scenario's seconds; None when there was none, or one that did not end."""
    found = _outages(record, limits)
    if not found or any(outage.end_seconds is None for outage in found):
        return None
    return max((one.end_seconds or 0.0) - one.begin_seconds for one in found) * record.time_scale


def the_generator_kept_its_rate(evidence: Evidence, limits: Limits) -> Finding:
    """Requests went out when they were due: else the load generator was measured, not the system, and there is no verdict."""
    requests = traffic_of(evidence.record)
    late = [one for one in requests if not one.attempts or one.attempts[0].began_seconds - one.due_seconds > LATE_SECONDS_MAX]
    unsent = sum(1 for one in requests if not one.attempts)
    return Finding(
        rule="load-generator",
        sentence="Requests went out when they were due",
        limit=f"{UNSTEADY_SHARE_MAX:.0%} later than {LATE_SECONDS_MAX:g} s",
        measured=f"{len(late)} of {len(requests)} late, {unsent} never sent" if requests else "no traffic",
        broken=not requests or len(late) > UNSTEADY_SHARE_MAX * len(requests),
        detail="This machine was too busy to load the system as the scenario says; what else was measured proves nothing." if late else "",
    )


def the_machine_kept_up(evidence: Evidence, limits: Limits) -> Finding | None:
    """The drill's own questions, which no Region and no fault is in the way of, were answered at once: else the machine was measured.

    An embedded system and its clients share one machine; whatever else runs there may stall them all, and a stall looks like an outage.
    """
    known = [one.looked_seconds for one in evidence.record.samples if one.looked_seconds is not None]
    if not known:
        return None
    late = [seconds for seconds in known if seconds > LATE_SECONDS_MAX]
    return Finding(
        rule="machine",
        sentence="The machine answered the drill's own questions at once",
        limit=f"{STALLED_SHARE_MAX:.0%} later than {LATE_SECONDS_MAX:g} s",
        measured=f"{len(late)} of {len(known)} late, the latest {max(known):.1f} s",
        broken=len(late) > STALLED_SHARE_MAX * len(known),
        detail="Something else kept this machine busy; seconds and failed requests prove nothing, what became of payments does."
        if late
        else "",
    )


def it_was_steady_before(evidence: Evidence, limits: Limits) -> Finding:
    """In the second half of the warm-up clients got what they wanted: else what follows is not the fault's doing.

    The first half is for what starts with the first requests: connections, processes, caches.
    """
    fault = evidence.fault_seconds
    early = [
        one
        for one in traffic_of(evidence.record)
        if fault is not None and fault / 2 <= one.due_seconds < fault and (not one.attempts or one.attempts[0].ended_seconds < fault)
    ]
    bad = [one for one in early if not is_good(one, limits.answer_seconds_max)]
    return Finding(
        rule="steady-before",
        sentence="Before the fault all was well",
        limit=f"{UNSTEADY_SHARE_MAX:.0%} not good",
        measured=f"{len(bad)} of {len(early)} not good" if early else "no traffic before the fault",
        broken=not early or len(bad) > UNSTEADY_SHARE_MAX * len(early),
        detail=examples(name_of(one) for one in bad),
    )


def clients_recovered_in_time(evidence: Evidence, limits: Limits) -> Finding:
    """The longest outage, from the first request that failed or stalled to the first of a sustained run of good ones."""
    record = evidence.record
    found = _outages(record, limits)
    endless = next((one for one in found if one.end_seconds is None), None)
    longest = recovery_seconds(record, limits)
    measured = "no request failed" if not found else f"{longest:.1f} s" if longest is not None else "not recovered when the traffic ended"
    began = ", ".join(f"{one.begin_seconds:.1f} s" for one in found[:EXAMPLES_MAX])
    return Finding(
        rule="recovery",
        sentence=f"From the first failed request to {limits.sustained_good_requests} good ones in a row, as clients saw it",
        limit=f"{limits.recovery_seconds_max:g} s",
        measured=measured,
        broken=endless is not None or (longest is not None and longest > limits.recovery_seconds_max),
        detail=f"Outages began at {began}." if found else "",
    )


def few_requests_failed(evidence: Evidence, limits: Limits) -> Finding:
    """Requests that no attempt got an answer to; those that a retry saved are told, not judged."""
    requests = traffic_of(evidence.record)
    failed = [one for one in requests if not is_served(one)]
    retried = sum(1 for one in requests if is_served(one) and not is_good(one, limits.answer_seconds_max))
    limit = limits.failed_requests_max
    return Finding(
        rule="failed-requests",
        sentence="Requests that failed for good, all retries included",
        limit="counted only" if limit is None else str(limit),
        measured=f"{len(failed)} of {len(requests)}; {retried} more came through late or by a retry",
        broken=limit is not None and len(failed) > limit,
        detail=examples(name_of(one) for one in failed),
    )


def the_regions_acted_as_one(evidence: Evidence, limits: Limits) -> Finding:
    """How long both Regions took new payments while one alone was to (`course.split_brain_seconds`)."""
    seconds = split_brain_seconds(evidence.record) * evidence.record.time_scale
    known = any(sample.answer_region is not None or sample.held for sample in evidence.record.samples)
    return Finding(
        rule="split-brain",
        sentence="Both Regions took new payments while one alone was to",
        limit=f"{limits.split_brain_seconds_max:g} s",
        measured=f"{seconds:.1f} s" if known else "neither the name nor the hold could be asked",
        broken=not known or seconds > limits.split_brain_seconds_max,
    )


def names_followed_the_operators(evidence: Evidence, limits: Limits) -> Finding | None:
    """From a typed fail-over or fail-back to the last name server that followed it."""
    record = evidence.record
    if not record.moves:
        return None
    limit = limits.move_seconds_max
    took = [(one.intent, one.took_seconds and one.took_seconds * record.time_scale) for one in record.moves]
    late = [intent for intent, seconds in took if seconds is None or (limit is not None and seconds > limit)]
    return Finding(
        rule="moves",
        sentence="Names followed whoever failed over or back",
        limit="counted only" if limit is None else f"{limit:g} s",
        measured=", ".join(f"{intent} {'not followed' if seconds is None else f'{seconds:.1f} s'}" for intent, seconds in took),
        broken=limit is not None and bool(late),
        detail=examples(late),
    )


def traffic_stayed(evidence: Evidence, limits: Limits) -> Finding | None:
    """Nothing moved: no request was answered by the other Region, the name never led there, and nobody set the hold."""
    if not limits.traffic_must_not_move:
        return None
    record = evidence.record
    primary = record.regions[0]
    answered = [attempt.region for one in traffic_of(record) for attempt in one.attempts if attempt.status is not None]
    moved = sum(1 for region in answered if region != primary)
    turns = list(answers_in_turn(record))
    away = any(sample.answer_region not in (None, primary) for sample in record.samples)
    held = any(sample.held for sample in record.samples)
    faults = (
        *(("the name led elsewhere: " + ", ".join(f"{one} to {other}" for one, other in turns[:EXAMPLES_MAX]),) if turns or away else ()),
        *(("the hold was set",) if held else ()),
        *(("nothing was sampled",) if not record.samples else ()),
    )
    return Finding(
        rule="traffic-stays",
        sentence=f"All traffic stayed in {primary}",
        limit="0 requests",
        measured=f"{moved} of {len(answered)} answered elsewhere" if answered else "nothing was answered",
        broken=bool(moved or faults or not answered),
        detail=examples(faults),
    )


def traffic_ends_where_it_should(evidence: Evidence, limits: Limits) -> Finding | None:
    """At the end one Region serves: the last good requests were answered there, and the name leads there."""
    if limits.traffic_ends_in is None:
        return None
    record = evidence.record
    wanted = record.regions[0 if limits.traffic_ends_in == "primary" else 1]
    last = [one.attempts[-1].region for one in traffic_of(record) if one.attempts and is_served(one)][-limits.sustained_good_requests :]
    elsewhere = sum(1 for region in last if region != wanted)
    answer = next((one.answer_region for one in reversed(record.samples) if one.answer_region is not None), None)
    return Finding(
        rule="traffic-ends",
        sentence=f"In the end {wanted} serves",
        limit=f"the last {limits.sustained_good_requests} requests, and the name",
        measured=f"{len(last) - elsewhere} of the last {len(last)}; the name leads to {answer or 'nowhere'}",
        broken=not last or bool(elsewhere) or answer != wanted,
    )


def _outages(record: DrillRecord, limits: Limits) -> tuple[Outage, ...]:
    """Return the outages that were not over before the fault; what was is `it_was_steady_before`'s."""
    fault = moment_of(record, PhaseName.FAULT) or 0.0
    found = outages(traffic_of(record), answer_seconds_max=limits.answer_seconds_max, sustained=limits.sustained_good_requests)
    return tuple(one for one in found if one.end_seconds is None or one.end_seconds > fault)
