"""Fn::GetAtt where MiniStack answers nothing or one thing for every Region, for the types our templates use."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from deployer.local import attach, attach_services
from deployer.local.own_calls import own_client

# Route 53 hosted zones of API Gateway's Regional endpoints [AWS General Reference, "Amazon API Gateway endpoints"].
_API_GATEWAY_ZONES: Final = {
    "us-east-1": "Z1UJRXOUMOOFQ8",
    "us-east-2": "ZOJJZC49E0EPZ",
    "us-west-1": "Z2MUQ32089INYE",
    "us-west-2": "Z2OJLYMUO9EFXC",
    "eu-west-1": "ZLY8HYME6SFDD",
    "eu-central-1": "Z1U9ULNL0V5AJ3",
}


def secret_name(arn: str) -> str:
    """Return the name in a secret's ARN, which ends with a hyphen and six characters.

    Source: "What's in a Secrets Manager secret?", AWS Secrets Manager User Guide.
    """
    return arn.partition(":secret:")[2].rpartition("-")[0]


def settle_domain(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Give a custom domain a Regional name and hosted zone of its own, the same at each call."""
    region, account_id = attach.current_region(), attach.current_account()
    digest = hashlib.sha256(f"{account_id}/{region}/{physical_id}".encode()).hexdigest()[:10]
    name = f"d-{digest}.execute-api.{region}.amazonaws.com"
    zone = _API_GATEWAY_ZONES.get(region, "Z1UJRXOUMOOFQ8")
    attach_services.place_domain(account_id, region, physical_id, name, zone)
    return {"RegionalDomainName": name, "RegionalHostedZoneId": zone}


def settle_api(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Close or open an API's own endpoint as the template says, which MiniStack leaves out at a create."""
    closed = str(new.get("DisableExecuteApiEndpoint", False)).lower() == "true"
    attach_services.close_endpoint(attach.current_account(), attach.current_region(), physical_id, closed)
    return {}


def settle_endpoint(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Answer an interface endpoint's DNS entries as `<hosted zone>:<name>`, its Regional name first.

    Source: AWS::EC2::VPCEndpoint return values, CloudFormation Template Reference.
    """
    if new.get("VpcEndpointType", "Gateway") != "Interface":
        return {}
    region = attach.current_region()
    service = str(new["ServiceName"]).rpartition(".")[2]
    suffix = f"{service}.{region}.vpce.amazonaws.com"
    digest = hashlib.sha256(physical_id.encode()).hexdigest()
    zone, label = f"Z{digest[:13].upper()}", f"{physical_id}-{digest[:8]}"
    names = [f"{label}.{suffix}", *(f"{label}-{place}.{suffix}" for place in _availability_zones(new))]
    if str(new.get("PrivateDnsEnabled", False)).lower() == "true":
        names.append(f"{service}.{region}.amazonaws.com")
    return {"DnsEntries": [f"{zone}:{name}" for name in names]}


def settle_zone(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Answer a public hosted zone's name servers as Route 53 does, without the final dot."""
    found = own_client("route53").get_hosted_zone(Id=physical_id)
    servers = (found.get("DelegationSet") or {}).get("NameServers") or []
    return {"NameServers": [server.rstrip(".") for server in servers]}


def settle_version(physical_id: str, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Answer a function version's ARN, which is its physical id too."""
    return {"FunctionArn": physical_id}


def _availability_zones(properties: dict[str, Any]) -> list[str]:
    subnets = properties.get("SubnetIds") or []
    if not subnets:
        return []
    found = own_client("ec2").describe_subnets(SubnetIds=list(subnets))["Subnets"]
    return sorted({subnet["AvailabilityZone"] for subnet in found})
