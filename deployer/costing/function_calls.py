"""How often a function is called in a month, by whom, and for how long: what no template says, function by function.

A function that is not named here is refused: a bill that leaves one out is worse than none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from deployer.costing.amount import Amount
from deployer.costing.deployed import DeployedStack, Resource
from deployer.costing.load import DECIDED_BY, Route, times_a_month
from deployer.costing.usage import Site
from deployer.vocabulary.errors import DeployerError

_ASKED_THROUGH_API: Final[dict[str, Route]] = {"HealthFunction": "/health", "HoldFunction": "/hold", "PaymentFunction": "/payment"}
_SCHEDULED: Final = ("ReconciliationFunction", "RotationFunction")
# Called by a stack's update, and by an alarm that ought not to ring: neither in a month that goes well.
_SELDOM: Final = ("StreamLookupFunction", "FailoverLatchFunction")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """So many calls a month of one cause, and the parameter that they hang on, or ""."""

    cause: str
    amount: Amount
    decided_by: str = ""
    through_api: bool = False


def calls_of(resource: Resource, site: Site) -> tuple[Calls, ...]:
    """Return the calls of a function in its Region; raises DeployerError for one that nobody has said anything about."""
    name = resource.logical_id
    if name in _ASKED_THROUGH_API:
        return _asked(site, _ASKED_THROUGH_API[name], 1.0)
    if name == "AuthorizerFunction":
        return _asked(site, "/payment", site.assumed.authorizer_calls_per_request_count)
    if name == "AuditFunction":
        written = batches(site, site.region)
        return (Calls(cause="batches of the stream", amount=written),) if written else ()
    if name in _SCHEDULED:
        return _scheduled(name, site)
    if name in _SELDOM:
        return ()
    raise DeployerError(
        f"Nobody can say how often {name} is called, so it has no price",
        hint="Say it in deployer/costing/function_calls.py, with its time.",
    )


def batches(site: Site, region: str) -> Amount:
    """Return the objects that a Region writes to its audit log: canaries pay one by one, payments come many a minute."""
    taken = site.load.payments(region)
    return Amount(taken.idle, taken.per_million / site.assumed.payments_per_minute_count)


def milliseconds_of(resource: Resource, site: Site) -> float:
    """Return how long a call of a function takes."""
    assumed = site.assumed
    return {
        "PaymentFunction": assumed.payment_call_milliseconds,
        "HealthFunction": assumed.health_call_milliseconds,
        "HoldFunction": assumed.hold_call_milliseconds,
        "AuthorizerFunction": assumed.authorizer_call_milliseconds,
        "AuditFunction": assumed.audit_call_milliseconds,
    }.get(resource.logical_id, assumed.scheduled_call_milliseconds)


def function_named(stack: DeployedStack, reference: Any) -> Resource:
    """Return the function that a `Ref` leads to; raises DeployerError when the stack has none of that name."""
    wanted = reference.get("Ref") if isinstance(reference, dict) else reference
    for resource in stack.of_type("AWS::Lambda::Function"):
        if resource.logical_id == wanted:
            return resource
    raise DeployerError(f"The {stack.kind} body refers to {wanted}, and has no function of that name")


def _asked(site: Site, route: Route, share: float) -> tuple[Calls, ...]:
    asked = site.load.of(site.region, route)
    return tuple(Calls(cause=one.cause, amount=one.amount * share, decided_by=DECIDED_BY[one.cause], through_api=True) for one in asked)


def _scheduled(name: str, site: Site) -> tuple[Calls, ...]:
    rules = (
        rule
        for rule in site.stack.of_type("AWS::Events::Rule")
        if any(target["Arn"] == {"Ref": f"{name}Alias"} for target in rule.properties.get("Targets", ()))
    )
    return tuple(Calls(cause="its schedule", amount=Amount(times_a_month(rule.properties["ScheduleExpression"]))) for rule in rules)
