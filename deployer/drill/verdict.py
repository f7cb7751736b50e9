"""The verdict on a drill: every rule's finding, from the record and the limits and nothing else. Pure; the same record, the same verdict.

In the order a person asks: can the numbers be trusted, how long was it gone, is every payment where it was promised, is any there twice,
did the two Regions ever act as two. A rule whose witness could not be asked says so, and counts as broken: silence proves nothing. Only
Regions that a scenario takes away for good (`lost_regions`) are asked nothing. Recovery and split brain are judged in the
scenario's seconds, the record's times its time scale; data loss in the machine's own, since replication is not scaled.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from deployer.drill.course_findings import (
    clients_recovered_in_time,
    few_requests_failed,
    it_was_steady_before,
    names_followed_the_operators,
    recovery_seconds,
    the_generator_kept_its_rate,
    the_machine_kept_up,
    the_regions_acted_as_one,
    traffic_ends_where_it_should,
    traffic_stayed,
)
from deployer.drill.history import DrillRecord, Finding, Verdict
from deployer.drill.payment_findings import (
    answers_agree,
    every_region_shows_every_payment,
    little_was_lost,
    no_client_was_told_otherwise,
    one_payment_a_key,
    the_audit_log_has_each_once,
    the_ledger_says_what_was_promised,
    the_survivor_shows_every_payment,
    unknown_outcomes_are_settled,
)
from deployer.drill.promises import Evidence
from deployer.params.scenario import Limits

Rule = Callable[[Evidence, Limits], Finding | None]

RULES: Final[tuple[Rule, ...]] = (
    the_generator_kept_its_rate,
    the_machine_kept_up,
    it_was_steady_before,
    clients_recovered_in_time,
    few_requests_failed,
    little_was_lost,
    the_survivor_shows_every_payment,
    every_region_shows_every_payment,
    no_client_was_told_otherwise,
    one_payment_a_key,
    answers_agree,
    the_ledger_says_what_was_promised,
    unknown_outcomes_are_settled,
    the_audit_log_has_each_once,
    the_regions_acted_as_one,
    names_followed_the_operators,
    traffic_stayed,
    traffic_ends_where_it_should,
)


def judge(record: DrillRecord, limits: Limits) -> Verdict:
    """Return every rule's finding on a record; rules that the scenario does not ask for leave none."""
    evidence = Evidence(record=record)
    findings = tuple(finding for rule in RULES if (finding := rule(evidence, limits)) is not None)
    return Verdict(findings=findings, recovery_seconds=recovery_seconds(record, limits))
