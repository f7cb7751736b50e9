"""E9710, and what the other rules about failover are handed: records by pair, and what their health checks ask."""

# No `from __future__ import annotations`: see reading.py.
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Node, Reading

ENDPOINT_TYPES = ("HTTP", "HTTPS", "HTTP_STR_MATCH", "HTTPS_STR_MATCH", "TCP")


@dataclass(frozen=True, kw_only=True)
class Record:
    """One failover record: `node` its properties, `role` PRIMARY or SECONDARY, `check` the logical id of its health check."""

    node: Any
    key: tuple[str, str, str]
    role: str
    check: str | None

    @property
    def targets(self) -> tuple[str, ...]:
        """What the record answers, names in lower case without the last dot; () when a target is no text."""
        nodes = [*self.node.items("ResourceRecords"), *self.node.each("AliasTarget", "DNSName")]
        texts = [node.text for node in nodes]
        return () if None in texts else tuple(sorted(plain_name(text) for text in texts))


def plain_name(text: str) -> str:
    """Return a DNS name as Route 53 compares it."""
    return text.lower().removesuffix(".")


class Failover:
    """The failover records and health checks of one template."""

    def __init__(self, reading: "Reading") -> None:
        self.reading = reading
        self.checks = {one.logical_id: one for one in reading.resources("AWS::Route53::HealthCheck")}

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """Every failover record whose name and role can be read."""
        nodes: list[Any] = list(self.reading.resources("AWS::Route53::RecordSet"))
        nodes += [node for group in self.reading.resources("AWS::Route53::RecordSetGroup") for node in group.items("RecordSets")]
        return tuple(record for record in map(_record, nodes) if record is not None)

    @cached_property
    def pairs(self) -> dict[tuple[str, str, str], tuple[Record, ...]]:
        """Records by hosted zone, name and type."""
        keys = sorted({record.key for record in self.records})
        return {key: tuple(record for record in self.records if record.key == key) for key in keys}

    def parts(self, check: str | None, *, with_children: bool = True) -> Iterator[tuple[str, "Node", bool]]:
        """Yield (type, configuration, inverted) of a check or, when it is calculated, of each of its children in the template."""
        for config in self.checks[check].each("HealthCheckConfig") if check in self.checks else ():
            kind = _text(config, "Type")
            if kind != "CALCULATED":
                yield kind, config, _text(config, "Inverted") == "true"
            elif with_children:
                for child in config.items("ChildHealthChecks"):
                    yield from self.parts(child.target, with_children=False)

    def asked(self, check: str | None, *, inverted: bool) -> tuple[str, ...]:
        """Return the names that the check's endpoint checks ask, those whose answer counts as it is or those turned round."""
        parts = [config for kind, config, turned in self.parts(check) if kind in ENDPOINT_TYPES and turned == inverted]
        return tuple(_text(config, "FullyQualifiedDomainName") for config in parts)

    def judged_regions(self, record: Record) -> frozenset[str]:
        """Return the Regions a record stands for: those its targets, its set identifier and its endpoint checks name."""
        texts = (*record.targets, _text(record.node, "SetIdentifier"), *self.asked(record.check, inverted=False))
        return frozenset(region for text in texts for region in self.reading.regions_in(text))


def _record(node: Any) -> Record | None:
    role, name = _text(node, "Failover"), _text(node, "Name")
    if role not in ("PRIMARY", "SECONDARY") or not name:
        return None
    zone = _text(node, "HostedZoneId") or plain_name(_text(node, "HostedZoneName"))
    check = node.first("HealthCheckId")
    return Record(node=node, key=(zone, plain_name(name), _text(node, "Type")), role=role, check=check.target if check else None)


def _text(node: Any, *keys: str) -> str:
    found = node.first(*keys)
    return (found.text or "") if found else ""


class FailoverPair(CloudFormationLintRule):  # type: ignore[misc]
    """Finds half a pair."""

    id = "E9710"
    shortdesc = "A failover name has one PRIMARY and one SECONDARY record of the same type"
    description = (
        "A PRIMARY without its SECONDARY fails over to nothing, and Route 53 answers the sick primary; a SECONDARY alone is answered "
        "always. Records of one name are compared within one template, by hosted zone, name and type; a pair that is split over two "
        "templates has to be excepted in both."
    )
    source_url = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-failover.html"
    facts = ("F2.11",)
    tags = ("multi-region", "route53")
    parent_rules = ("E9700",)

    def view(self, reading: "Reading") -> Failover:
        """Return what the rules about failover are handed."""
        return Failover(reading)

    def faults(self, reading: "Reading") -> Iterator["Fault"]:
        """Yield a fault for each half of a pair, and for each role that is given twice."""
        for (_, name, kind), records in self.view(reading).pairs.items():
            for role, other in (("PRIMARY", "SECONDARY"), ("SECONDARY", "PRIMARY")):
                having = [record for record in records if record.role == role]
                if having and not any(record.role == other for record in records):
                    yield having[0].node.path, f"{name} ({kind}) has a {role} record and no {other}"
                if len(having) > 1:
                    yield having[1].node.path, f"{name} ({kind}) has {len(having)} {role} records"
