"""`AWS::Route53::HealthCheck` through Route 53's own API.

Source: AWS::Route53::HealthCheck, CloudFormation Template Reference; the type, interval and latency measurement of a
check are create-only, so changing one replaces it (F2.6).
"""

from __future__ import annotations

import uuid
from typing import Any, Final

from deployer.local import attach, schemas
from deployer.local.attach import ResourceType
from deployer.local.own_calls import own_client

_TYPE: Final = "AWS::Route53::HealthCheck"
_CREATE_ONLY: Final = ("Type", "RequestInterval", "MeasureLatency", "RoutingControlArn")
# What UpdateHealthCheck can empty again [Route 53 API Reference: ResetElements].
_RESETTABLE: Final = ("ChildHealthChecks", "FullyQualifiedDomainName", "Regions", "ResourcePath")
# What a setting falls back to when a template no longer names it.
_DEFAULTS: Final[dict[str, Any]] = {"Inverted": False, "Disabled": False, "FailureThreshold": 3}


def create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    """Create a health check; its id is what `Ref` answers. Raises ValueError or Route 53's own refusal."""
    made = own_client("route53").create_health_check(CallerReference=uuid.uuid4().hex, HealthCheckConfig=_config(properties))
    check_id = made["HealthCheck"]["Id"]
    _tag(check_id, {}, properties)
    return check_id, {"HealthCheckId": check_id}


def update(physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str) -> tuple[str, dict[str, Any]]:
    """Change a health check in place, or make another one when a create-only setting changed."""
    if schemas.changed_create_only(_TYPE, attach.current_region(), old, new):
        return create(logical_id, new, stack_name)
    before, config = _config(old), _config(new)
    dropped = before.keys() - config.keys()
    changes = {name: value for name, value in _DEFAULTS.items() if name in dropped}
    changes |= {name: value for name, value in config.items() if name not in _CREATE_ONLY}
    reset = [name for name in _RESETTABLE if name in dropped]
    own_client("route53").update_health_check(HealthCheckId=physical_id, ResetElements=reset, **changes)
    _tag(physical_id, old, new)
    return physical_id, {"HealthCheckId": physical_id}


def delete(physical_id: str, properties: dict[str, Any]) -> None:
    """Delete a health check; one that is gone already is fine."""
    client = own_client("route53")
    try:
        client.delete_health_check(HealthCheckId=physical_id)
    except client.exceptions.NoSuchHealthCheck:
        return


HEALTH_CHECK: Final = ResourceType(create=create, update=update, delete=delete)


def _config(properties: dict[str, Any]) -> dict[str, Any]:
    """Return the API's HealthCheckConfig; it has the template's names."""
    mistakes = schemas.mistakes_in(_TYPE, attach.current_region(), properties)
    if mistakes:
        raise ValueError(f"Model validation failed ({'; '.join(mistakes)})")
    schema = schemas.schema_of(_TYPE, attach.current_region())
    config: dict[str, Any] = schemas.plain(schema, schema, properties)["HealthCheckConfig"]
    return config


def _tag(check_id: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = ({tag["Key"]: tag["Value"] for tag in side.get("HealthCheckTags") or ()} for side in (old, new))
    added = [{"Key": key, "Value": str(value)} for key, value in after.items() if before.get(key) != value]
    removed = sorted(before.keys() - after.keys())
    changes = ({"AddTags": added} if added else {}) | ({"RemoveTagKeys": removed} if removed else {})
    if changes:
        own_client("route53").change_tags_for_resource(ResourceType="healthcheck", ResourceId=check_id, **changes)
