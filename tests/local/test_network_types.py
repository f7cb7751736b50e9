"""Security group rules beside their group, and what interface endpoints answer."""

from __future__ import annotations

from typing import Any

from tests.support.embedded import EmbeddedAws
from tests.support.stacks import delete, deploy

NETWORK: dict[str, Any] = {
    "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/20", "AvailabilityZone": {"Fn::Select": [0, {"Fn::GetAZs": ""}]}},
    },
    "Functions": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "functions", "VpcId": {"Ref": "Vpc"}}},
    "Endpoints": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "endpoints", "VpcId": {"Ref": "Vpc"}}},
}


def a_rule(kind: str, group: str, **properties: Any) -> dict[str, Any]:
    """Return a rule for TCP 443."""
    own = {"GroupId": {"Fn::GetAtt": [group, "GroupId"]}, "IpProtocol": "tcp", "FromPort": "443", "ToPort": 443}
    return {"Type": f"AWS::EC2::SecurityGroup{kind}", "Properties": own | properties}


def test_rules_join_and_leave_their_groups(embedded_aws: EmbeddedAws) -> None:
    """Two groups may point at each other, which rules inside the groups cannot; without its resource a rule goes."""
    rules = {
        "In": a_rule("Ingress", "Endpoints", SourceSecurityGroupId={"Fn::GetAtt": ["Functions", "GroupId"]}, Description="calls"),
        "Out": a_rule("Egress", "Functions", DestinationSecurityGroupId={"Fn::GetAtt": ["Endpoints", "GroupId"]}),
    }
    stack = deploy(embedded_aws, NETWORK | rules)
    functions, endpoints = stack.physical_ids["Functions"], stack.physical_ids["Endpoints"]

    assert (endpoints, "tcp", 443, functions) in _rules(embedded_aws, "IpPermissions", endpoints)
    assert (functions, "tcp", 443, endpoints) in _rules(embedded_aws, "IpPermissionsEgress", functions)
    deploy(embedded_aws, NETWORK, name=stack.name)
    assert (endpoints, "tcp", 443, functions) not in _rules(embedded_aws, "IpPermissions", endpoints)
    assert (functions, "tcp", 443, endpoints) not in _rules(embedded_aws, "IpPermissionsEgress", functions)
    delete(embedded_aws, stack)


def test_interface_endpoint_answers_its_names(embedded_aws: EmbeddedAws) -> None:
    """`<zone>:<name>` entries: the endpoint's own name, one a zone, and the service's private name."""
    endpoint = {
        "Type": "AWS::EC2::VPCEndpoint",
        "Properties": {
            "VpcId": {"Ref": "Vpc"},
            "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.secretsmanager"},
            "VpcEndpointType": "Interface",
            "PrivateDnsEnabled": True,
            "SubnetIds": [{"Ref": "Subnet"}],
        },
    }
    names = {"Fn::Join": [",", {"Fn::GetAtt": ["Endpoint", "DnsEntries"]}]}

    stack = deploy(embedded_aws, NETWORK | {"Endpoint": endpoint}, {"Names": names}, region="us-east-2")

    entries = [entry.partition(":")[2] for entry in stack.outputs["Names"].split(",")]
    assert entries[0].startswith(stack.physical_ids["Endpoint"])
    assert entries[0].endswith(".secretsmanager.us-east-2.vpce.amazonaws.com")
    assert "us-east-2a" in entries[1]
    assert entries[2] == "secretsmanager.us-east-2.amazonaws.com"


def _rules(aws: EmbeddedAws, side: str, group: str) -> list[tuple[str, str, int, str]]:
    found = aws.clients("ec2").describe_security_groups(GroupIds=[group])["SecurityGroups"][0][side]
    return [
        (group, rule["IpProtocol"], rule.get("FromPort", -1), pair["GroupId"])
        for rule in found
        for pair in rule.get("UserIdGroupPairs", [])
    ]
