"""Where the embedded AWS holds on to single MiniStack services: what they answer wrongly or leave out.

Each function says what AWS does; none of them adds more than that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from xml.etree.ElementTree import Element

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.app", ("pin_request_origin",)),
    ("ministack.core.iam_actions", ("extract_resource_arn",)),
    ("ministack.services.apigateway_v1", ("_rest_apis", "_domain_names")),
    ("ministack.services.cloudformation", ("_stacks",)),
    ("ministack.services.cloudformation.helpers", ("_resolve_document",)),
    ("ministack.services.dynamodb", ("_tables", "_table_description")),
    ("ministack.services.s3", ("_buckets", "_bucket_owner_account")),
    ("ministack.services.route53", ("_parse_health_check_config", "_build_health_check_el", "_find")),
)


def carry_health_checks_whole() -> None:
    """Keep the child checks, Regions and true/false settings of Route 53 health checks, which MiniStack garbles.

    Source: HealthCheckConfig, Route 53 API Reference.
    """
    from ministack.services import route53

    parse, build = route53._parse_health_check_config, route53._build_health_check_el

    def parse_lists(element: Element) -> dict[str, Any]:
        config: dict[str, Any] = parse(element)
        for name in ("ChildHealthChecks", "Regions"):
            found = route53._find(element, name)
            if found is not None:
                config[name] = [item.text or "" for item in found]
        return config

    def build_booleans(parent: Element, check: dict[str, Any]) -> None:
        config = {name: str(value).lower() if isinstance(value, bool) else value for name, value in check["config"].items()}
        build(parent, {**check, "config": config})

    route53._parse_health_check_config = parse_lists
    route53._build_health_check_el = build_booleans


def find_owners_while_buckets_come() -> None:
    """Let a bucket's owner be found while other stacks create buckets.

    MiniStack goes through the buckets as they stand. Stacks are made by threads of their own, so that one could fail with "dictionary
    changed size during iteration".
    """
    from ministack.services import s3

    def owner_of(name: str) -> str | None:
        return next((str(account_id) for account_id, bucket in list(s3._buckets._data) if bucket == name), None)

    s3._bucket_owner_account = owner_of


def show_table_consistency() -> None:
    """Let DescribeTable show what `note_table_consistency` noted.

    Source: TableDescription, DynamoDB API Reference: `MultiRegionConsistency`, `GlobalTableWitnesses`.
    """
    from ministack.services import dynamodb

    describe = dynamodb._table_description

    def describe_consistency(name: str) -> dict[str, Any]:
        description: dict[str, Any] = describe(name)
        return description | (dynamodb._tables[name].get("_consistency") or {})

    dynamodb._table_description = describe_consistency


def note_table_consistency(account_id: str, region: str, table_name: str, consistency: str, witnesses: tuple[str, ...]) -> None:
    """Note a replica's consistency (`STRONG` or `EVENTUAL`) and its global table's witness Regions."""
    from ministack.services import dynamodb

    shown: dict[str, Any] = {"MultiRegionConsistency": consistency}
    if witnesses:
        shown["GlobalTableWitnesses"] = [{"RegionName": witness, "WitnessStatus": "ACTIVE"} for witness in witnesses]
    dynamodb._tables.get_scoped(account_id, region, table_name)["_consistency"] = shown


def read_template_urls_as(rewrite: Callable[[str], str]) -> None:
    """Pass every template and policy URL through `rewrite` before the document is looked up."""
    from ministack.services.cloudformation import helpers

    resolve = helpers._resolve_document

    def resolve_rewritten(params: dict[str, Any], body_key: str, url_key: str, label: str) -> Any:
        given = params.get(url_key)
        url = given[0] if isinstance(given, list) else given
        return resolve({**params, url_key: [rewrite(url)]} if url else params, body_key, url_key, label)

    helpers._resolve_document = resolve_rewritten


def name_log_groups_as_policies_do() -> None:
    """Judge calls on a log group by its ARN with `:*` at its end, as policies have to name it for all but tagging.

    Source: LogGroup, Amazon CloudWatch Logs API Reference: `arn` and `logGroupArn`.
    """
    from ministack.core import iam_actions

    extract = iam_actions.extract_resource_arn

    def extract_for_policies(service: str, *request: Any) -> Any:
        arn = extract(service, *request)
        is_group = service == "logs" and ":log-group:" in arn and "tag" not in str(request[2].get("x-amz-target", "")).lower()
        return f"{arn}:*" if is_group and not arn.endswith(":*") else arn

    iam_actions.extract_resource_arn = extract_for_policies


def take_loopback_for_tls() -> None:
    """Let policies judge every call of the endpoint as one over TLS (aws:SecureTransport), which on AWS it would be.

    The endpoint speaks plain HTTP because nothing it says leaves this machine. Otherwise a bucket that refuses plain HTTP would refuse
    functions, people and S3's console alike.
    """
    from ministack import app

    pin = app.pin_request_origin
    app.pin_request_origin = lambda source_ip, secure_transport: pin(source_ip, True)


def close_endpoint(account_id: str, region: str, api_id: str, closed: bool) -> None:
    """Record whether a REST API's own endpoint is disabled."""
    from ministack.services import apigateway_v1

    apigateway_v1._rest_apis.get_scoped(account_id, region, api_id)["disableExecuteApiEndpoint"] = closed


def place_domain(account_id: str, region: str, name: str, regional_domain_name: str, hosted_zone_id: str) -> None:
    """Record the name and hosted zone that a Regional custom domain is reached at."""
    from ministack.services import apigateway_v1

    domain = apigateway_v1._domain_names.get_scoped(account_id, region, name)
    domain |= {"regionalDomainName": regional_domain_name, "regionalHostedZoneId": hosted_zone_id}


def stack_resources(account_id: str) -> tuple[tuple[str, str, str, str, str], ...]:
    """Return (Region, stack name, logical id, type, physical id) of every resource of every stack that is not deleted."""
    from ministack.services import cloudformation

    return tuple(
        (region, name, logical_id, resource["ResourceType"], resource["PhysicalResourceId"])
        for (owner, region, name), stack in cloudformation._stacks.all_items()
        if owner == account_id and stack["StackStatus"] != "DELETE_COMPLETE"
        for logical_id, resource in (stack.get("_resources") or {}).items()
    )
