"""Every resource type the embedded AWS has beyond MiniStack's own, and what it does more for those it knows."""

from __future__ import annotations

from typing import Final

from deployer.local import (
    attach,
    attach_packages,
    attach_reading,
    attach_services,
    attach_shared_packages,
    attributes,
    bucket_settings,
    buckets,
    metric_math_alarms,
    template_urls,
)
from deployer.local.composite_alarms import COMPOSITE_ALARM
from deployer.local.global_tables import GLOBAL_TABLE
from deployer.local.health_checks import HEALTH_CHECK
from deployer.local.inert import inert_types
from deployer.local.record_set_groups import RECORD_SET_GROUP
from deployer.local.secret_rotation import ROTATION_SCHEDULE
from deployer.local.security_group_rules import SECURITY_GROUP_EGRESS, SECURITY_GROUP_INGRESS
from deployer.local.synthetics.resource_type import CANARY
from deployer.local.web_acl_associations import WEB_ACL_ASSOCIATION

BEHAVING: Final = {
    "AWS::CloudWatch::CompositeAlarm": COMPOSITE_ALARM,
    "AWS::DynamoDB::GlobalTable": GLOBAL_TABLE,
    "AWS::EC2::SecurityGroupEgress": SECURITY_GROUP_EGRESS,
    "AWS::EC2::SecurityGroupIngress": SECURITY_GROUP_INGRESS,
    "AWS::Route53::HealthCheck": HEALTH_CHECK,
    "AWS::Route53::RecordSetGroup": RECORD_SET_GROUP,
    "AWS::SecretsManager::RotationSchedule": ROTATION_SCHEDULE,
    "AWS::Synthetics::Canary": CANARY,
    "AWS::WAFv2::WebACLAssociation": WEB_ACL_ASSOCIATION,
}
# Any Region's list of types would do; this one has all of them.
_SCHEMA_REGION: Final = "us-east-1"

_inert: set[str] = set()


def register() -> None:
    """Teach CloudFormation the types with behaviour here, then all others it has a schema for as inert ones."""
    attach.verify(attach_services.SEAMS)
    attach_services.carry_health_checks_whole()
    attach_services.find_owners_while_buckets_come()
    attach_services.show_table_consistency()
    attach_services.name_log_groups_as_policies_do()
    attach_services.take_loopback_for_tls()
    attach_services.read_template_urls_as(template_urls.path_style)
    attach.verify(attach_reading.SEAMS)
    attach_reading.read_templates_once()
    attach_reading.know_services_by_their_names()
    attach.verify(attach_packages.SEAMS)
    attach_packages.refuse_absent_packages()
    attach.verify(attach_shared_packages.SEAMS)
    attach_shared_packages.take_shared_packages()
    attach.register_resource_types(BEHAVING)
    attach.amend_resource_type("AWS::S3::Bucket", bucket_settings.settle)
    attach.amend_resource_type("AWS::S3::Bucket", buckets.settle_object_lock)
    attach.amend_resource_type("AWS::S3::Bucket", buckets.settle_replication)
    attach.guard_deletion("AWS::S3::Bucket", buckets.refuse_content)
    attach.amend_resource_type("AWS::ApiGateway::DomainName", attributes.settle_domain)
    attach.amend_resource_type("AWS::ApiGateway::RestApi", attributes.settle_api)
    attach.amend_resource_type("AWS::EC2::VPCEndpoint", attributes.settle_endpoint)
    attach.amend_resource_type("AWS::Lambda::Version", attributes.settle_version)
    attach.amend_resource_type("AWS::Route53::HostedZone", attributes.settle_zone)
    attach.divert_resource_type(metric_math_alarms.TYPE, metric_math_alarms.uses_metric_math, metric_math_alarms.METRIC_MATH_ALARM)
    attach.refer_by_attribute("AWS::SecretsManager::Secret", "Id", attributes.secret_name)
    inert = inert_types(frozenset(attach.known_resource_types()), _SCHEMA_REGION)
    attach.register_resource_types(inert)
    _inert.update(inert)


def inert_in_use(account_id: str) -> tuple[dict[str, str], ...]:
    """Return each resource of a live stack that does nothing here: logical_id, type, stack, region, physical_id."""
    return tuple(
        {"logical_id": logical_id, "type": kind, "stack": stack, "region": region, "physical_id": physical_id}
        for region, stack, logical_id, kind, physical_id in attach_services.stack_resources(account_id)
        if kind in _inert or (kind == metric_math_alarms.TYPE and metric_math_alarms.only_recorded(account_id, region, physical_id))
    )
