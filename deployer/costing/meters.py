"""Which meter reads which type of resource, and which types cost nothing and why. A type in neither list is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from deployer.costing import api_meters, bucket_meters, data_meters, function_meters, name_key_meters, watch_meters
from deployer.costing.deployed import Resource
from deployer.costing.usage import Meter, Site, Usage
from deployer.vocabulary.errors import DeployerError

METERS: Final[Mapping[str, Meter]] = {
    "AWS::ApiGateway::RestApi": api_meters.rest_api,
    "AWS::ApiGateway::Stage": api_meters.stage,
    "AWS::Backup::BackupPlan": data_meters.backup_plan,
    "AWS::Backup::RestoreTestingPlan": data_meters.restore_testing_plan,
    "AWS::CloudWatch::Alarm": watch_meters.alarm,
    "AWS::CloudWatch::CompositeAlarm": watch_meters.composite_alarm,
    "AWS::CloudWatch::Dashboard": watch_meters.dashboard,
    "AWS::DynamoDB::GlobalTable": data_meters.global_table,
    "AWS::DynamoDB::Table": data_meters.table,
    "AWS::EC2::VPCEndpoint": name_key_meters.vpc_endpoint,
    "AWS::KMS::Key": name_key_meters.key,
    "AWS::Lambda::Alias": function_meters.alias,
    "AWS::Lambda::Function": function_meters.function,
    "AWS::Logs::LogGroup": watch_meters.log_group,
    "AWS::Logs::MetricFilter": watch_meters.metric_filter,
    "AWS::Route53::HealthCheck": name_key_meters.health_check,
    "AWS::Route53::HostedZone": name_key_meters.hosted_zone,
    "AWS::Route53::RecordSet": name_key_meters.record_set,
    "AWS::S3::Bucket": bucket_meters.bucket,
    "AWS::SecretsManager::Secret": name_key_meters.secret,
    "AWS::Synthetics::Canary": function_meters.canary,
    "AWS::WAFv2::WebACL": api_meters.web_acl,
}

_API: Final = "https://aws.amazon.com/api-gateway/pricing/"
_BACKUP: Final = "https://aws.amazon.com/backup/pricing/"
_EVENTS: Final = "https://aws.amazon.com/eventbridge/pricing/"
_IAM: Final = "https://aws.amazon.com/iam/"
_LAMBDA: Final = "https://aws.amazon.com/lambda/pricing/"
_S3: Final = "https://aws.amazon.com/s3/pricing/"
_SNS: Final = "https://aws.amazon.com/sns/pricing/"
_VPC: Final = "https://aws.amazon.com/vpc/pricing/"

# Type -> (why it costs nothing, or where what it costs is told; AWS's page of its service's prices).
FREE: Final[Mapping[str, tuple[str, str]]] = {
    "AWS::ApiGateway::Account": ("a setting", _API),
    "AWS::ApiGateway::BasePathMapping": ("REST APIs are paid by the request", _API),
    "AWS::ApiGateway::Deployment": ("REST APIs are paid by the request", _API),
    "AWS::ApiGateway::DomainName": ("REST APIs are paid by the request", _API),
    "AWS::Backup::BackupSelection": ("backups are paid by what is kept", _BACKUP),
    "AWS::Backup::BackupVault": ("backups are paid by what is kept", _BACKUP),
    "AWS::Backup::RestoreTestingSelection": ("told at the plan: what is restored", _BACKUP),
    "AWS::Budgets::Budget": ("a budget without actions", "https://aws.amazon.com/aws-cost-management/aws-budgets/pricing/"),
    "AWS::CertificateManager::Certificate": ("public certificates for AWS services", "https://aws.amazon.com/certificate-manager/pricing/"),
    "AWS::CloudFormation::CustomResource": ("told at the function that it calls", "https://aws.amazon.com/cloudformation/pricing/"),
    "AWS::EC2::FlowLog": ("told at its log group", _VPC),
    "AWS::EC2::RouteTable": ("part of a VPC", _VPC),
    "AWS::EC2::SecurityGroup": ("part of a VPC", _VPC),
    "AWS::EC2::Subnet": ("part of a VPC", _VPC),
    "AWS::EC2::SubnetRouteTableAssociation": ("part of a VPC", _VPC),
    "AWS::EC2::VPC": ("a VPC itself", _VPC),
    "AWS::Events::Rule": ("schedules and events of AWS's own", _EVENTS),
    "AWS::IAM::ManagedPolicy": ("IAM", _IAM),
    "AWS::IAM::Role": ("IAM", _IAM),
    "AWS::KMS::Alias": ("told at its key", "https://aws.amazon.com/kms/pricing/"),
    "AWS::Lambda::EventInvokeConfig": ("a setting", _LAMBDA),
    "AWS::Lambda::EventSourceMapping": ("told at its function; Lambda's reads of a stream are free", _LAMBDA),
    "AWS::Lambda::LayerVersion": ("functions are paid by call and time", _LAMBDA),
    "AWS::Lambda::Permission": ("a setting", _LAMBDA),
    "AWS::Lambda::Version": ("functions are paid by call and time", _LAMBDA),
    "AWS::S3::BucketPolicy": ("a setting", _S3),
    "AWS::SNS::Subscription": ("e-mail, the first 1,000 a month", _SNS),
    "AWS::SNS::Topic": ("notices of alarms, of which a quiet month has none", _SNS),
    "AWS::SNS::TopicPolicy": ("a setting", _SNS),
    "AWS::SQS::Queue": ("dead letters, of which a quiet month has none", "https://aws.amazon.com/sqs/pricing/"),
    "AWS::SSM::Parameter": ("a standard parameter at standard throughput", "https://aws.amazon.com/systems-manager/pricing/"),
    "AWS::SecretsManager::RotationSchedule": ("four calls a rotation", "https://aws.amazon.com/secrets-manager/pricing/"),
    "AWS::WAFv2::LoggingConfiguration": ("told at its log group", "https://aws.amazon.com/waf/pricing/"),
    "AWS::WAFv2::WebACLAssociation": ("told at its web ACL", "https://aws.amazon.com/waf/pricing/"),
    "AWS::XRay::SamplingRule": ("a setting", "https://aws.amazon.com/xray/pricing/"),
}


def read(resource: Resource, site: Site) -> Iterator[Usage]:
    """Yield what a resource uses; raises DeployerError for a type that is neither priced nor known to be free."""
    if resource.type in FREE:
        return
    if resource.type not in METERS:
        raise DeployerError(
            f"{resource.type} has no price: {resource.logical_id} of the {site.stack.kind} body would be missing on the bill",
            hint="Give the type a meter, or a reason why it is free, in deployer/costing/meters.py.",
        )
    yield from METERS[resource.type](resource, site)
