"""The value of every parameter of every template: from the environment, or from another stack once it has settled.

The values describe the finished system: `Activation` is `Live`, and what the global stack knows is there. A roll-out that makes
the Regions for the first time begins with `Prepared` and without it: replication needs both buckets (fact 5.1), and the global
stack comes after the Regions.
"""

from __future__ import annotations

from typing import Any

from deployer.params.model import Environment
from deployer.rendering.interface import ACTIVATION, LIVE, Declared, declared_parameters
from deployer.rendering.rendered import TemplateKind
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf, StackParameter

# Outputs that other stacks' parameters are made from: (stack's kind of name, output).
HOSTED_ZONE_ID = "HostedZoneId"
HOSTED_ZONE_NAME_SERVERS = "HostedZoneNameServers"
REGIONAL_DOMAIN_NAME = "RegionalDomainName"
HEALTH_CHECK_IDS = ("HealthCheckIdPrimary", "HealthCheckIdSecondary")


def stack_parameters(kind: TemplateKind, environment: Environment) -> tuple[StackParameter, ...]:
    """Return a value for every parameter the template declares, sorted by name.

    A value of a regional stack is an `OutputOf` whose `stack_name` is the StackSet's name and whose `region` the instance's:
    instance stacks have random names, which only the StackSet's own listing tells.
    """
    declared = declared_parameters(kind, environment)
    values = (StackParameter(name=one.name, value=_value(one, environment)) for one in declared)
    return tuple(sorted(values, key=lambda parameter: parameter.name))


def _value(declared: Declared, environment: Environment) -> str | OutputOf:
    bootstrap = name_of("bootstrap stack", suffix=environment.suffix)
    stack_set = name_of("stack set", suffix=environment.suffix)
    match declared.name:
        case "HomeRegion":
            return environment.home_region
        case "HostedZoneId" if environment.zone.hosted_zone_id is None:
            return OutputOf(stack_name=bootstrap, region=environment.home_region, output=HOSTED_ZONE_ID)
        case "HostedZoneNameServers":
            return OutputOf(stack_name=bootstrap, region=environment.home_region, output=HOSTED_ZONE_NAME_SERVERS)
        case "PrimaryDomainTarget":
            return OutputOf(stack_name=stack_set, region=environment.primary.name, output=REGIONAL_DOMAIN_NAME)
        case "SecondaryDomainTarget":
            return OutputOf(stack_name=stack_set, region=environment.secondary.name, output=REGIONAL_DOMAIN_NAME)
        case name if name == ACTIVATION:
            return LIVE
        case name if name in HEALTH_CHECK_IDS:
            return OutputOf(stack_name=name_of("global stack", suffix=environment.suffix), region=environment.home_region, output=name)
        case _:
            return _text(_look_up(environment, declared.field))


def _look_up(environment: Environment, path: str) -> Any:
    value: Any = environment
    for step in path.split("."):
        value = getattr(value, step)
    return value


def _text(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
