"""Where the embedded AWS holds on to MiniStack's Route 53: its zones and health checks, and the two questions about a check's status.

Source: GetHealthCheckStatus, GetHealthCheckLastFailureReason, Route 53 API Reference.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement

from deployer.local import attach
from deployer.local.name_answers import Zone
from deployer.local.record_choice import AliasTarget, Record

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.route53", ("_zones", "_records", "_health_checks", "handle_request", "_xml_response", "_error_response")),
    ("ministack.services.apigateway_v1", ("_domain_names",)),
)

_STATUS_PATH: Final = re.compile(r"^/2013-04-01/healthcheck/(?P<id>[^/]+)/(?P<what>status|lastfailurereason)$")
_WITHOUT_CHECKERS: Final = ("CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What one checker last said of an endpoint; `checked_at` is ISO 8601, UTC."""

    region: str
    ip_address: str
    status: str
    checked_at: str


# (check id, whether the last failure is meant) -> the checkers' observations.
Observations = Callable[[str, bool], tuple[Observation, ...]]


def health_check_configs(account_id: str) -> dict[str, dict[str, Any]]:
    """Return HealthCheckConfig by health check id, as the API takes it."""
    from ministack.services import route53

    with attach.scope(account_id, "us-east-1"):
        return {check_id: dict(check["config"]) for check_id, check in list(route53._health_checks.items())}


def public_zones(account_id: str) -> tuple[Zone, ...]:
    """Return the account's public hosted zones with their records."""
    from ministack.services import route53

    with attach.scope(account_id, "us-east-1"):
        zones = [zone for zone in list(route53._zones.values()) if not zone.get("private")]
        return tuple(
            Zone(name=zone["name"].lower(), records=tuple(map(_record, list(route53._records.get(zone["id"]) or ())))) for zone in zones
        )


def regional_domain_names(account_id: str, region: str) -> frozenset[str]:
    """Return the Regional domain names (`d-….execute-api…`) of a Region's custom domains."""
    from ministack.services import apigateway_v1

    return frozenset(
        str(domain.get("regionalDomainName", "")).lower()
        for (owner, place, _), domain in list(apigateway_v1._domain_names.all_items())
        if (owner, place) == (account_id, region)
    )


def answer_status_questions(observations: Observations) -> None:
    """Serve what the checkers say of a health check; a check without checkers is refused, as on AWS."""
    from ministack.services import route53

    handle = route53.handle_request

    async def handle_or_tell(method: str, path: str, *rest: Any) -> Any:
        asked = _STATUS_PATH.match(path)
        if method != "GET" or asked is None:
            return await handle(method, path, *rest)
        check = route53._health_checks.get(asked["id"])
        if check is None:
            return route53._error_response("NoSuchHealthCheck", f"No health check exists with the specified ID {asked['id']}.", 404)
        if check["config"].get("Type") in _WITHOUT_CHECKERS:
            return route53._error_response("InvalidInput", "The status of this type of health check cannot be asked for.", 400)
        failed = asked["what"] == "lastfailurereason"
        root = "GetHealthCheckLastFailureReasonResponse" if failed else "GetHealthCheckStatusResponse"
        return route53._xml_response(root, lambda parent: _tell(parent, observations(asked["id"], failed)))

    route53.handle_request = handle_or_tell


def _tell(parent: Element, observations: tuple[Observation, ...]) -> None:
    told = SubElement(parent, "HealthCheckObservations")
    for one in observations:
        element = SubElement(told, "HealthCheckObservation")
        SubElement(element, "Region").text = one.region
        SubElement(element, "IPAddress").text = one.ip_address
        report = SubElement(element, "StatusReport")
        SubElement(report, "Status").text = one.status
        SubElement(report, "CheckedTime").text = one.checked_at


def _record(given: dict[str, Any]) -> Record:
    alias = given.get("AliasTarget")
    return Record(
        # Route 53 writes an asterisk by its octal code.
        name=given["Name"].lower().replace("\\052", "*"),
        kind=given["Type"],
        ttl_seconds=int(given["TTL"]) if "TTL" in given else None,
        values=tuple(given.get("ResourceRecords") or ()),
        alias=AliasTarget(name=alias["DNSName"].lower(), evaluate_health=bool(alias["EvaluateTargetHealth"])) if alias else None,
        set_id=given.get("SetIdentifier", ""),
        weight=given.get("Weight"),
        failover=given.get("Failover", ""),
        health_check_id=given.get("HealthCheckId", ""),
    )
