"""What differs between the two Regions, as the one mapping of the regional template.

The regional template is one body for every Region; this mapping, keyed by Region, is the only place in it where a Region's name
stands (decision 1). Everything is a string, as CloudFormation's mappings want it.
"""

from __future__ import annotations

from ipaddress import ip_network
from typing import Final

from deployer.params.model import Environment, RegionParameters
from deployer.params.spares import SPARE, SpareRegionParameters
from deployer.vocabulary.names import PATTERNS, PRIMARY, name_of

# A VPC is cut in quarters: up to three zones get one each, the last is room to grow.
_SUBNET_PREFIX_BITS: Final = 2

# Route 53's metrics, and so alarms on them, exist in one Region only (F2.18).
ROUTE53_METRICS_REGION: Final = "us-east-1"

# A canary's function is named `cwsyn-<canary>-<UUID>`, in the 64 characters of a function's name.
_CANARY_CHARACTERS_IN_FUNCTION_NAME: Final = 21

# AWS's own prefix lists of the DynamoDB and S3 gateway endpoints. CloudFormation cannot look them up, and a rule that names a list
# of another Region fails, so only Regions whose two lists are published are here; see `gateway_prefix_lists`.
_PREFIX_LISTS: Final[dict[str, tuple[str, str]]] = {
    "us-east-1": ("pl-02cd2c6b", "pl-63a5400a"),
    "us-east-2": ("pl-4ca54025", "pl-7ba54012"),
    "us-west-1": ("pl-6ea54007", "pl-6ba54002"),
    "us-west-2": ("pl-00a54069", "pl-68a54001"),
    "eu-west-1": ("pl-6fa54006", "pl-6da54004"),
    "eu-central-1": ("pl-66a5400f", "pl-6ea54007"),
    "ap-southeast-2": ("pl-62a5400b", "pl-6ca54005"),
}


def gateway_prefix_lists_known(environment: Environment) -> bool:
    """Return whether egress to the gateway endpoints can be written as prefix lists in both Regions.

    Where it cannot, the security group names 0.0.0.0/0 on port 443 instead: the route tables have no way out but the
    gateway endpoints, so what can be reached is the same; the rule only says it less sharply.
    """
    return all(region in _PREFIX_LISTS for region in environment.all_regions)


def region_values(environment: Environment) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return (Region name, sorted (key, value) pairs) for each Region, in the order of the parameter file.

    The keys are `Role`, `VpcCidr`, `SubnetBits`, `PeerRegion`, `PeerRole`, `PeerAuditBucketName`, `HoldsRoute53Metrics` (`true` or
    `false`), one `…CanaryFunctionName` for each canary (as much of its name as its function's has), the prefix
    lists where known, and one `…Name` for every physical name that carries the role (`audit bucket` -> `AuditBucketName`). Spares
    come after the pair: their role is `spare`, their names carry the Region instead, and their peer is the primary Region.
    """
    pair = tuple((region.name, tuple(sorted(_values(environment, region).items()))) for region in environment.regions)
    spares = tuple((region.name, tuple(sorted(_spare_values(environment, region).items()))) for region in environment.spares.regions)
    return (*pair, *spares)


def _spare_values(environment: Environment, region: SpareRegionParameters) -> dict[str, str]:
    """Return what a spare's Region differs in: an account may have several, so its names carry the Region."""
    as_pair = RegionParameters(name=region.name, role=PRIMARY, vpc_cidr=region.vpc_cidr)
    values = _values(environment, as_pair) | {"Role": SPARE, "HoldsRoute53Metrics": "false"}
    peer = environment.primary
    values |= {"PeerRegion": peer.name, "PeerRole": peer.role}
    values["PeerAuditBucketName"] = name_of("audit bucket", suffix=environment.suffix, role=peer.role)
    return values | _names_by(environment, region.name)


def _names_by(environment: Environment, role: str) -> dict[str, str]:
    """Return every name that carries a role by its key, with this one; and as much of a canary's as its function has."""
    kinds = (kind for kind, (pattern, _limit) in PATTERNS.items() if "{role}" in pattern)
    names = {mapping_key(kind): name_of(kind, suffix=environment.suffix, role=role) for kind in kinds}
    canaries = ("OwnCanary", "PeerCanary", "PeerHealthCanary")
    return names | {f"{canary}FunctionName": names[f"{canary}Name"][:_CANARY_CHARACTERS_IN_FUNCTION_NAME] for canary in canaries}


def mapping_key(kind: str) -> str:
    """Return the mapping key of a kind of name: `audit bucket` -> `AuditBucketName`."""
    return "".join(word.capitalize() for word in kind.split()) + "Name"


def _values(environment: Environment, region: RegionParameters) -> dict[str, str]:
    peer = next(other for other in environment.regions if other.role != region.role)
    values = {
        "Role": region.role,
        "VpcCidr": region.vpc_cidr,
        "SubnetBits": str(32 - ip_network(region.vpc_cidr).prefixlen - _SUBNET_PREFIX_BITS),
        "PeerRegion": peer.name,
        "PeerRole": peer.role,
        "PeerAuditBucketName": name_of("audit bucket", suffix=environment.suffix, role=peer.role),
        "HoldsRoute53Metrics": "true" if region.name == ROUTE53_METRICS_REGION else "false",
    }
    if gateway_prefix_lists_known(environment):
        values["DynamoDbPrefixList"], values["S3PrefixList"] = _PREFIX_LISTS[region.name]
    return values | _names_by(environment, region.role)
