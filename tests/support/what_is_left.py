"""A search of the embedded AWS for anything of one environment, service by service, as a suspicious person would do it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

REGIONS = ("us-east-1", "us-east-2", "us-west-2")
ZONE = "pay.example.test"

# service, operation, key of the list in the answer, what names an item of it
Listing = tuple[str, str, str, Callable[[dict[str, Any]], str]]

LISTINGS: tuple[Listing, ...] = (
    ("cloudformation", "list_stack_sets", "Summaries", lambda item: item["StackSetName"] if item["Status"] == "ACTIVE" else ""),
    (
        "cloudformation",
        "list_stacks",
        "StackSummaries",
        lambda item: item["StackName"] if item["StackStatus"] != "DELETE_COMPLETE" else "",
    ),
    ("s3", "list_buckets", "Buckets", lambda item: item["Name"]),
    ("lambda", "list_functions", "Functions", lambda item: item["FunctionName"]),
    ("lambda", "list_layers", "Layers", lambda item: item["LayerName"]),
    ("lambda", "list_event_source_mappings", "EventSourceMappings", lambda item: item["EventSourceArn"]),
    ("events", "list_rules", "Rules", lambda item: item["Name"]),
    ("secretsmanager", "list_secrets", "SecretList", lambda item: item["Name"]),
    ("sns", "list_topics", "Topics", lambda item: item["TopicArn"]),
    ("ssm", "describe_parameters", "Parameters", lambda item: item["Name"]),
    ("logs", "describe_log_groups", "logGroups", lambda item: item["logGroupName"]),
    ("cloudwatch", "describe_alarms", "MetricAlarms", lambda item: item["AlarmName"]),
    ("synthetics", "describe_canaries", "Canaries", lambda item: item["Name"]),
    ("cloudwatch", "list_dashboards", "DashboardEntries", lambda item: item["DashboardName"]),
    ("iam", "list_policies", "Policies", lambda item: item["PolicyName"]),
    ("apigateway", "get_rest_apis", "items", lambda item: item["name"]),
    ("apigateway", "get_domain_names", "items", lambda item: item["domainName"]),
    ("acm", "list_certificates", "CertificateSummaryList", lambda item: item["DomainName"]),
    ("kms", "list_aliases", "Aliases", lambda item: item["AliasName"]),
    ("ec2", "describe_vpcs", "Vpcs", lambda item: "" if item["IsDefault"] else f"local vpc {item['VpcId']}"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", lambda item: f"local endpoint {item['VpcEndpointId']}"),
    ("iam", "list_roles", "Roles", lambda item: item["RoleName"]),
    ("route53", "list_hosted_zones", "HostedZones", lambda item: item["Name"]),
    ("route53", "list_health_checks", "HealthChecks", lambda item: item["HealthCheckConfig"].get("FullyQualifiedDomainName", "")),
)


def what_is_left(client: Callable[[str, str], Any], suffix: str, *, regions: tuple[str, ...] = REGIONS) -> list[str]:
    """Return `service Region name` of everything in an account that names the environment's suffix or zone.

    `client(service, region)` returns a boto3 client of that account.
    """
    found = []
    for region in regions:
        for service, operation, key, name_of in LISTINGS:
            items = getattr(client(service, region), operation)()[key]
            names = [name_of(item) for item in items]
            found += [f"{service} {region} {name}" for name in names if _is_ours(name, suffix)]
        tables = client("dynamodb", region).list_tables()["TableNames"]
        found += [f"dynamodb {region} {name}" for name in tables if _is_ours(name, suffix)]
        queues = client("sqs", region).list_queues().get("QueueUrls", [])
        found += [f"sqs {region} {url}" for url in queues if _is_ours(url, suffix)]
    return found


def _is_ours(name: str, suffix: str) -> bool:
    words = name.replace("/", "-").replace(" ", "-").split("-")
    return suffix in words or ZONE in name
