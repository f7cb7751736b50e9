"""Faults of the body that every Region gets: watchers, runtimes, alarms, names."""

from __future__ import annotations

from typing import Any

from tests.support.mutations.bodies import BUCKET, CANARY, TABLE, Mutation, Template, of_type


def value_of_one_region(template: Template) -> None:
    """Take one value out of one Region's part of the mapping."""
    del template["Mappings"]["Regions"]["us-east-2"]["Role"]


def old_canary(template: Template) -> None:
    """Use a canary runtime that is deprecated."""
    of_type(template, CANARY)[0]["RuntimeVersion"] = "syn-python-selenium-5.1"


def unheard_of_canary(template: Template) -> None:
    """Use a canary runtime that nobody has heard of."""
    of_type(template, CANARY)[0]["RuntimeVersion"] = "syn-python-selenium-99.0"


def inward_canaries(template: Template) -> None:
    """Let every canary ask its own Region."""
    for canary in of_type(template, CANARY):
        canary["RunConfig"]["EnvironmentVariables"] = {"TARGET_NAME": {"Fn::Sub": "${AWS::Region}.api.${ZoneName}"}}


def canary_of_the_default_endpoint(template: Template) -> None:
    """Let a canary ask the default endpoint."""
    name = {"Fn::Sub": "${RestApi}.execute-api.${AWS::Region}.amazonaws.com"}
    of_type(template, CANARY)[0]["RunConfig"]["EnvironmentVariables"]["TARGET_NAME"] = name


def announced_runtime(template: Template) -> None:
    """Use a Lambda runtime that is in the schema only."""
    of_type(template, "AWS::Lambda::Function")[0]["Runtime"] = "python3.15"


def route53_alarm_everywhere(template: Template) -> None:
    """Put an alarm on a Route 53 metric in every Region."""
    alarm = {"Namespace": "AWS/Route53", "MetricName": "HealthCheckStatus", "Statistic": "Minimum", "Period": 60}
    template["Resources"]["OneMoreAlarm"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}


def unconditional_route53_alarm(template: Template) -> None:
    """Take the condition off the alarms that have one for their Region."""
    alarms = [one for one in template["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    conditional = [alarm for alarm in alarms if alarm["Properties"].get("Namespace") == "AWS/Route53"]

    assert conditional, "no alarm on Route 53"
    for alarm in conditional:
        del alarm["Condition"]


def newest_tls_alone(template: Template) -> None:
    """Refuse everything but TLS 1.3."""
    for domain in of_type(template, "AWS::ApiGateway::DomainName"):
        domain |= {"SecurityPolicy": "SecurityPolicy_TLS13_1_3_2025_09", "EndpointAccessMode": "BASIC"}


def validated_by_mail(template: Template) -> None:
    """Leave validation to the default."""
    del of_type(template, "AWS::CertificateManager::Certificate")[0]["ValidationMethod"]


def validated_by_nobody(template: Template) -> None:
    """Leave the zone of one name open."""
    del of_type(template, "AWS::CertificateManager::Certificate")[0]["DomainValidationOptions"][-1]["HostedZoneId"]


def deaf_topic(template: Template) -> None:
    """Encrypt the topic with AWS's own key."""
    for topic in of_type(template, "AWS::SNS::Topic"):
        topic["KmsMasterKeyId"] = "alias/aws/sns"


def written_region(template: Template) -> None:
    """Write a Region into a function's environment."""
    function: Any = of_type(template, "AWS::Lambda::Function")[0]
    function["Environment"]["Variables"]["PEER"] = "us-east-2"


def written_region_in_an_arn(template: Template) -> None:
    """Write a Region into a policy."""
    policy: Any = of_type(template, "AWS::IAM::Role")[0]["Policies"][0]["PolicyDocument"]
    policy["Statement"][0]["Resource"] = {"Fn::Sub": "arn:${AWS::Partition}:dynamodb:us-east-1:${AWS::AccountId}:table/payments"}


def table_in_every_region(template: Template) -> None:
    """Make the global table in the body that both Regions get."""
    table = {"BillingMode": "PAY_PER_REQUEST", "Replicas": [{"Region": {"Ref": "AWS::Region"}}, {"Region": "us-west-2"}]}
    template["Resources"]["OneMoreTable"] = {"Type": TABLE, "Properties": table}


def one_name_for_both_roles(template: Template) -> None:
    """Give a role the same name in both Regions."""
    of_type(template, "AWS::IAM::Role")[0]["RoleName"] = "payment-processor"


def one_name_for_both_buckets(template: Template) -> None:
    """Give a bucket the same name in both Regions."""
    of_type(template, BUCKET)[0]["BucketName"] = {"Fn::Sub": "audit-${AWS::AccountId}"}


MUTATIONS = {
    "a Region lacks a value": Mutation("regional", value_of_one_region, "E9700"),
    "a canary asks the default endpoint": Mutation("regional", canary_of_the_default_endpoint, "W9721"),
    "a canary's runtime is deprecated": Mutation("regional", old_canary, "E9760"),
    "a canary's runtime is unheard of": Mutation("regional", unheard_of_canary, "W9761"),
    "canaries ask their own Region": Mutation("regional", inward_canaries, "W9762"),
    "a runtime is not launched": Mutation("regional", announced_runtime, "W9763"),
    "an alarm on Route 53 is everywhere": Mutation("regional", route53_alarm_everywhere, "E9770"),
    "an alarm on Route 53 lost its condition": Mutation("regional", unconditional_route53_alarm, "E9770"),
    "names speak TLS 1.3 alone": Mutation("regional", newest_tls_alone, "E9771"),
    "the certificate waits for a mail": Mutation("regional", validated_by_mail, "E9772"),
    "the certificate waits for a record": Mutation("regional", validated_by_nobody, "E9772"),
    "the topic drops alarms": Mutation("regional", deaf_topic, "E9773"),
    "a Region is written into a variable": Mutation("regional", written_region, "E9780"),
    "a Region is written into a policy": Mutation("regional", written_region_in_an_arn, "E9780"),
    "each Region makes the table": Mutation("regional", table_in_every_region, "E9781"),
    "both Regions' roles have one name": Mutation("regional", one_name_for_both_roles, "E9782"),
    "both Regions' buckets have one name": Mutation("regional", one_name_for_both_buckets, "E9782"),
}
