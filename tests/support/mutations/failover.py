"""Faults of records and health checks, in the global body."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.support.mutations.bodies import CHECK, RECORD, Mutation, Template, of_type


def failover_record(template: Template, role: str) -> Any:
    """Return the properties of the PRIMARY or SECONDARY record."""
    return next(record for record in of_type(template, RECORD) if record.get("Failover") == role)


def endpoint_checks(template: Template) -> Iterator[Any]:
    """Yield the configuration of each check that asks an endpoint and counts as it answers."""
    for check in of_type(template, CHECK):
        config = check["HealthCheckConfig"]
        if config["Type"].startswith("HTTP") and not config.get("Inverted"):
            yield config


def judged_also_by(template: Template, **config: Any) -> None:
    """Let the PRIMARY's health be a sum that has one more child."""
    primary = failover_record(template, "PRIMARY")
    before = primary["HealthCheckId"]
    [name] = [name for name in template["Resources"] if before in ({"Ref": name}, {"Fn::GetAtt": [name, "HealthCheckId"]})]
    held = template["Resources"][name]["Properties"]["HealthCheckConfig"]
    children = held["ChildHealthChecks"] if held["Type"] == "CALCULATED" else [before]
    total = {"Type": "CALCULATED", "HealthThreshold": 1, "ChildHealthChecks": [*children, {"Ref": "OneMoreCheck"}]}
    template["Resources"]["OneMoreCheck"] = {"Type": CHECK, "Properties": {"HealthCheckConfig": config}}
    template["Resources"]["SumOfChecks"] = {"Type": CHECK, "Properties": {"HealthCheckConfig": total}}
    primary["HealthCheckId"] = {"Ref": "SumOfChecks"}


def without_secondary(template: Template) -> None:
    """Take the SECONDARY record away."""
    resources = template["Resources"]
    [name] = [name for name, one in resources.items() if one["Type"] == RECORD and one["Properties"].get("Failover") == "SECONDARY"]
    del resources[name]


def one_target(template: Template) -> None:
    """Let both records lead to the primary."""
    failover_record(template, "SECONDARY")["ResourceRecords"] = failover_record(template, "PRIMARY")["ResourceRecords"]


def one_check(template: Template) -> None:
    """Let both records hang on the primary's health."""
    failover_record(template, "SECONDARY")["HealthCheckId"] = failover_record(template, "PRIMARY")["HealthCheckId"]


def one_region(template: Template) -> None:
    """Let both checks ask the same Region."""
    for config in endpoint_checks(template):
        config["FullyQualifiedDomainName"] = {"Fn::Sub": "us-east-1.api.${ZoneName}"}


def unjudged(template: Template) -> None:
    """Take the PRIMARY's health check away."""
    del failover_record(template, "PRIMARY")["HealthCheckId"]


def judged_by_target_alone(template: Template) -> None:
    """Make the PRIMARY an alias that evaluates its target's health and nothing else."""
    primary = failover_record(template, "PRIMARY")
    for name in ("HealthCheckId", "TTL", "ResourceRecords"):
        primary.pop(name, None)
    target = {"DNSName": "d-aaaaaaaaaa.execute-api.us-east-1.amazonaws.com", "HostedZoneId": "Z1UJRXOUMOOFQ8", "EvaluateTargetHealth": True}
    primary |= {"Type": "A", "AliasTarget": target}


def long_lived_answer(template: Template) -> None:
    """Give the PRIMARY a TTL of five minutes."""
    failover_record(template, "PRIMARY")["TTL"] = 300


def slow_checks(template: Template) -> None:
    """Check every 30 s, and believe the third failure."""
    for config in endpoint_checks(template):
        config |= {"RequestInterval": 30, "FailureThreshold": 3}


def shared_name_checked(template: Template) -> None:
    """Ask the name that failover moves."""
    for config in endpoint_checks(template):
        config["FullyQualifiedDomainName"] = failover_record(template, "PRIMARY")["Name"]


def default_endpoint_checked(template: Template) -> None:
    """Ask the default endpoint."""
    for config in endpoint_checks(template):
        config["FullyQualifiedDomainName"] = "abcdefghij.execute-api.us-east-1.amazonaws.com"


def refused_interval(template: Template) -> None:
    """Ask every 20 s."""
    for config in endpoint_checks(template):
        config["RequestInterval"] = 20


def sum_out_of_reach(template: Template) -> None:
    """Want more healthy children than there are."""
    judged_also_by(template, Type="HTTPS", FullyQualifiedDomainName="status.example.com")
    template["Resources"]["SumOfChecks"]["Properties"]["HealthCheckConfig"]["HealthThreshold"] = 200


def alarm_in_the_judged_region(template: Template) -> None:
    """Let an alarm of us-east-1 judge us-east-1."""
    judged_also_by(template, Type="CLOUDWATCH_METRIC", AlarmIdentifier={"Name": "sick", "Region": "us-east-1"})


def hold_in_the_held_region(template: Template) -> None:
    """Let us-east-1 serve the hold that keeps traffic off it."""
    judged_also_by(template, Type="HTTPS", Inverted=True, FullyQualifiedDomainName="hold.s3.us-east-1.amazonaws.com")


def hold_outvoted(template: Template) -> None:
    """Let either child be enough, so that a sound primary is never left."""
    primary = failover_record(template, "PRIMARY")["HealthCheckId"]["Fn::GetAtt"][0]
    template["Resources"][primary]["Properties"]["HealthCheckConfig"]["HealthThreshold"] = 1


def hold_of_the_primary(template: Template) -> None:
    """Ask the primary whether it is held off."""
    hold = next(check["HealthCheckConfig"] for check in of_type(template, CHECK) if check["HealthCheckConfig"].get("Inverted"))
    hold["FullyQualifiedDomainName"] = {"Fn::Sub": "us-east-1.api.${ZoneName}"}


MUTATIONS = {
    "the secondary record is missing": Mutation("global_", without_secondary, "E9710"),
    "both records lead to one target": Mutation("global_", one_target, "E9711"),
    "both records hang on one check": Mutation("global_", one_check, "E9711"),
    "both checks ask one Region": Mutation("global_", one_region, "E9711"),
    "nothing judges the primary": Mutation("global_", unjudged, "E9712"),
    "only its target's health judges the primary": Mutation("global_", judged_by_target_alone, "E9713"),
    "the record lives too long": Mutation("global_", long_lived_answer, "E9714"),
    "checks are too slow": Mutation("global_", slow_checks, "E9714"),
    "a check asks the name that moves": Mutation("global_", shared_name_checked, "E9720"),
    "a check asks the default endpoint": Mutation("global_", default_endpoint_checked, "W9721"),
    "a check's interval is refused": Mutation("global_", refused_interval, "E9722"),
    "a sum can never be reached": Mutation("global_", sum_out_of_reach, "E9723"),
    "an alarm lives in the Region it judges": Mutation("global_", alarm_in_the_judged_region, "E9724"),
    "a hold lives in the Region it holds off": Mutation("global_", hold_in_the_held_region, "E9725"),
    "the primary is asked whether it is held off": Mutation("global_", hold_of_the_primary, "E9725"),
    "the hold is outvoted": Mutation("global_", hold_outvoted, "E9726"),
}
