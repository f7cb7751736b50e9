"""Builders for planner tests: an environment, a rendered system, and what stands of it in AWS.

Every builder gives something sound and small; a test says only what matters to it: `a_survey(stack_set=None)`. The templates are
toys with the shape of the real ones: the global stack takes a regional output, which does not hang on the function's code.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from deployer.params.model import Environment
from deployer.planning.survey import BucketFacts, OperationFacts, StackFacts, StackInstanceFacts, StackSetFacts, Survey
from deployer.rendering.rendered import Package, RenderedSystem, RenderedTemplate
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf, StackParameter

ACCOUNT = "111122223333"
SUFFIX = "test"
PRIMARY_REGION, SECONDARY_REGION = "us-east-1", "us-east-2"
TAGS = (("cost-centre", "cc-1"), ("environment", SUFFIX), ("owner", "payments"))

BOOTSTRAP_BODY = """\
Resources:
  ArtifactBucket:
    Type: AWS::S3::Bucket
  HostedZone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: pay.example.test
Outputs:
  HostedZoneId:
    Value: !Ref HostedZone
"""

REGIONAL_BODY = """\
Parameters:
  Activation: {Type: String, AllowedValues: [Prepared, Live]}
  HostedZoneId: {Type: String}
  LogLevel: {Type: String, Default: INFO}
Conditions:
  IsLive: !Equals [!Ref Activation, Live]
Resources:
  PaymentFunction:
    Type: AWS::Lambda::Function
    Properties:
      Code: {S3Key: packages/payment-1.zip}
      Role: !GetAtt PaymentRole.Arn
  PaymentRole:
    Type: AWS::IAM::Role
  ApiDomain:
    Type: AWS::ApiGateway::DomainName
    Properties:
      DomainName: !Sub "${AWS::Region}.api.pay.example.test"
  Canary:
    Type: AWS::Synthetics::Canary
    Condition: IsLive
  AuditBucket:
    Type: AWS::S3::Bucket
    Properties:
      ReplicationConfiguration: !If [IsLive, {Role: !GetAtt PaymentRole.Arn}, !Ref AWS::NoValue]
Outputs:
  ApiTarget:
    Value: !GetAtt ApiDomain.RegionalDomainName
"""

GLOBAL_BODY = """\
Parameters:
  PrimaryTarget: {Type: String}
  ZoneName: {Type: String}
Resources:
  PaymentsTable:
    Type: AWS::DynamoDB::GlobalTable
    DeletionPolicy: Delete
    Properties:
      MultiRegionConsistency: STRONG
      GlobalTableWitnesses: [{Region: us-west-2}]
      Replicas:
        - {Region: us-east-1, DeletionProtectionEnabled: false}
        - {Region: us-east-2, DeletionProtectionEnabled: false}
  FailoverRecord:
    Type: AWS::Route53::RecordSet
    Properties:
      Name: !Sub "api.${ZoneName}"
      ResourceRecords: [!Ref PrimaryTarget]
"""

BOOTSTRAP = name_of("bootstrap stack", suffix=SUFFIX)
STACK_SET = name_of("stack set", suffix=SUFFIX)
GLOBAL = name_of("global stack", suffix=SUFFIX)
REGIONAL_VALUES = (("HostedZoneId", "Z123"), ("LogLevel", "INFO"))
HOSTED_ZONE = OutputOf(stack_name=BOOTSTRAP, region=SECONDARY_REGION, output="HostedZoneId")


def an_environment(**changes: Any) -> Environment:
    """Return a sound environment; `changes` replace top-level fields, groups given as mappings."""
    fields: dict[str, Any] = {
        "target": "local",
        "suffix": SUFFIX,
        "regions": (
            {"name": PRIMARY_REGION, "role": "primary", "vpc_cidr": "10.0.0.0/16"},
            {"name": SECONDARY_REGION, "role": "secondary", "vpc_cidr": "10.1.0.0/16"},
        ),
        "zone": {"name": "pay.example.test"},
        "notifications": {"email": "oncall@example.com"},
        "retention": {"on_tear_down": "delete"},
        "tags": {"owner": "payments", "cost_centre": "cc-1"},
    }
    return Environment.model_validate({**fields, **changes})


def a_system(*, bootstrap: str = BOOTSTRAP_BODY, regional: str = REGIONAL_BODY, global_: str = GLOBAL_BODY) -> RenderedSystem:
    """Return the three templates with one package."""
    return RenderedSystem(
        bootstrap=RenderedTemplate(kind="bootstrap", body=bootstrap, parameters=()),
        regional=RenderedTemplate(
            kind="regional",
            body=regional,
            parameters=(
                StackParameter(name="Activation", value="Live"),
                StackParameter(name="HostedZoneId", value=HOSTED_ZONE),
            ),
        ),
        global_=RenderedTemplate(
            kind="global",
            body=global_,
            parameters=(
                StackParameter(name="PrimaryTarget", value=OutputOf(stack_name=STACK_SET, region=PRIMARY_REGION, output="ApiTarget")),
                StackParameter(name="ZoneName", value="pay.example.test"),
            ),
        ),
        packages=(Package(name="payment", path=Path("build/payment.zip"), digest="d" * 64, key="packages/payment-1.zip"),),
    )


def a_stack(name: str, region: str, body: str, **changes: Any) -> StackFacts:
    """Return a settled stack with this body."""
    stack = StackFacts(
        name=name,
        region=region,
        stack_id=f"arn:aws:cloudformation:{region}:{ACCOUNT}:stack/{name}/1",
        status="CREATE_COMPLETE",
        status_reason="",
        template_body=body,
        parameters=(),
        tags=TAGS,
        outputs=(),
        termination_protection=False,
    )
    return replace(stack, **changes)


def a_bootstrap(region: str, **changes: Any) -> StackFacts:
    """Return a Region's bootstrap stack."""
    return replace(a_stack(BOOTSTRAP, region, BOOTSTRAP_BODY, outputs=(("HostedZoneId", "Z123"),)), **changes)


def a_global_stack(**changes: Any) -> StackFacts:
    """Return the global stack, current with `a_system()`."""
    parameters = (("PrimaryTarget", "d-us-east-1.execute-api.example"), ("ZoneName", "pay.example.test"))
    return replace(a_stack(GLOBAL, SECONDARY_REGION, GLOBAL_BODY, parameters=parameters), **changes)


def an_instance(region: str, *, activation: str = "Live", stack: dict[str, Any] | None = None, **changes: Any) -> StackInstanceFacts:
    """Return a current instance; `stack` changes fields of its own stack."""
    own = a_stack(
        f"StackSet-{STACK_SET}-{region}",
        region,
        REGIONAL_BODY,
        parameters=(("Activation", activation), *REGIONAL_VALUES),
        outputs=(("ApiTarget", f"d-{region}.execute-api.example"),),
    )
    instance = StackInstanceFacts(
        account_id=ACCOUNT,
        region=region,
        status="CURRENT",
        detailed_status="SUCCEEDED",
        status_reason="",
        overrides=(),
        stack=replace(own, **(stack or {})),
    )
    return replace(instance, **changes)


def a_stack_set(*instances: StackInstanceFacts, activation: str = "Live", **changes: Any) -> StackSetFacts:
    """Return the StackSet, current with `a_system()`; both Regions' instances unless others are given."""
    both = tuple(an_instance(region, activation=activation) for region in (PRIMARY_REGION, SECONDARY_REGION))
    stack_set = StackSetFacts(
        name=STACK_SET,
        region=SECONDARY_REGION,
        stack_set_id=f"{STACK_SET}:1",
        template_body=REGIONAL_BODY,
        parameters=(("Activation", activation), ("HostedZoneId", "Z123")),
        tags=TAGS,
        administration_role_arn=f"arn:aws:iam::{ACCOUNT}:role/payment-stackset-administration-{SUFFIX}",
        execution_role_name=f"payment-stackset-execution-{SUFFIX}",
        instances=instances or both,
        last_operation=OperationFacts(operation_id="activation-1", action="UPDATE", status="SUCCEEDED"),
    )
    return replace(stack_set, **changes)


def a_survey(**changes: Any) -> Survey:
    """Return a live system that is current with `a_system()`; `changes` replace the survey's fields."""
    buckets = (
        *(
            BucketFacts(name=f"payment-artifacts-{SUFFIX}-{ACCOUNT}-{r}", region=r, objects_count=3)
            for r in (PRIMARY_REGION, SECONDARY_REGION)
        ),
        BucketFacts(name=f"payment-audit-logs-primary-{SUFFIX}", region=PRIMARY_REGION, objects_count=7),
        BucketFacts(name=f"payment-audit-logs-secondary-{SUFFIX}", region=SECONDARY_REGION, objects_count=7),
    )
    survey = Survey(
        account_id=ACCOUNT,
        bootstrap=(a_bootstrap(PRIMARY_REGION), a_bootstrap(SECONDARY_REGION)),
        stack_set=a_stack_set(),
        global_=a_global_stack(),
        artifacts=frozenset((region, "packages/payment-1.zip") for region in (PRIMARY_REGION, SECONDARY_REGION)),
        buckets=buckets,
    )
    return replace(survey, **changes)


def an_empty_survey() -> Survey:
    """Return an account in which nothing of the system stands."""
    return a_survey(bootstrap=(), stack_set=None, global_=None, artifacts=frozenset(), buckets=())
