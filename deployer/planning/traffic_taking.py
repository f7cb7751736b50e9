"""Takes the traffic's facts side by side: the hold, the name servers' answers, each Region's own health, Route 53's checkers.

Nothing it cannot do without is in the primary Region. What is only nice to know (the checkers, by Route 53's control plane) is asked in a
hurry, so that a Region that swallows every packet holds nobody up.
"""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

from deployer.aws.health_checks import CheckerReport, read_checker_reports
from deployer.aws.holds import Hold, read_hold
from deployer.aws.session import Aws
from deployer.aws.stacks import read_stack
from deployer.outside.names import NameAnswer
from deployer.outside.view import HttpAnswer, Outside
from deployer.params.model import Environment, RegionParameters
from deployer.planning.traffic import RegionHealth, Traffic
from deployer.vocabulary.errors import AwsRefused
from deployer.vocabulary.names import name_of

NICE_TO_KNOW_SECONDS_MAX: Final = 3.0
_CHECK_ID_OUTPUTS: Final = {"primary": "HealthCheckIdPrimary", "secondary": "HealthCheckIdSecondary"}

Reports = tuple[tuple[CheckerReport, ...], str]


def take_traffic(aws: Aws, environment: Environment, outside: Outside) -> Traffic:
    """Return where traffic goes now. What could not be asked is told as a problem in the result; nothing is raised for it."""
    regions = (environment.primary, environment.secondary)
    name = shared_name(environment)
    with ThreadPoolExecutor(max_workers=6) as pool:
        hold = pool.submit(_hold, aws, environment)
        answers = pool.submit(_answers, outside, environment.zone.name, name)
        health = [pool.submit(outside.get, region.name, f"{region.name}.{name}", "/health") for region in regions]
        checkers = pool.submit(_checkers, aws.in_a_hurry(NICE_TO_KNOW_SECONDS_MAX), environment)
        seen = checkers.result()
        found, problem = hold.result()
        return Traffic(
            name=name,
            answers=answers.result(),
            hold=found,
            hold_problem=problem,
            regions=tuple(_region_health(region, answer, seen[region.role]) for region, answer in zip(regions, health, strict=True)),
        )


def shared_name(environment: Environment) -> str:
    """Return the name that failover moves."""
    return f"api.{environment.zone.name}"


def hold_table(environment: Environment) -> str:
    """Return the name of the hold's table, which the secondary Region alone has."""
    return name_of("hold table", suffix=environment.suffix)


def _hold(aws: Aws, environment: Environment) -> tuple[Hold | None, str]:
    try:
        return read_hold(aws, table=hold_table(environment), region=environment.secondary.name), ""
    except AwsRefused as refused:
        return None, f"{refused.summary}: {refused.detail}"


def _answers(outside: Outside, zone: str, name: str) -> tuple[NameAnswer, ...]:
    return outside.answers(name, outside.authorities(zone))


def _region_health(region: RegionParameters, asked: Future[HttpAnswer], seen: Reports) -> RegionHealth:
    answer = asked.result()
    reports, problem = seen
    return RegionHealth(
        region=region.name, role=region.role, status=answer.status, said=health_words(answer), reports=reports, checkers_problem=problem
    )


def health_words(answer: HttpAnswer) -> str:
    """Return what failed, in the words of a Region's health document, or why there is no answer; the status where it tells neither."""
    if answer.status is None:
        return answer.problem
    try:
        checks = json.loads(answer.body)["checks"]
        failed = [f"{name} {one.get('reason', 'failed')}" for name, one in checks.items() if one["status"] != "pass"]
    except (ValueError, KeyError, TypeError, AttributeError):
        failed = []
    return ", ".join(failed) or f"HTTP {answer.status}"


def _checkers(aws: Aws, environment: Environment) -> dict[str, Reports]:
    """Return each role's reports; the checks' ids are the global stack's to tell, which stands in the home Region."""
    try:
        stack = read_stack(aws, name_of("global stack", suffix=environment.suffix), environment.home_region)
    except AwsRefused as refused:
        return dict.fromkeys(_CHECK_ID_OUTPUTS, ((), refused.summary))
    outputs = dict(stack.outputs) if stack else {}
    with ThreadPoolExecutor(max_workers=len(_CHECK_ID_OUTPUTS)) as pool:
        asked = {role: pool.submit(_reports, aws, outputs.get(output)) for role, output in _CHECK_ID_OUTPUTS.items()}
        return {role: reports.result() for role, reports in asked.items()}


def _reports(aws: Aws, check_id: str | None) -> Reports:
    if check_id is None:
        return (), "no health check is known"
    try:
        return read_checker_reports(aws, check_id), ""
    except AwsRefused as refused:
        return (), refused.summary
