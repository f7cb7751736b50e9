"""E9773: an alarm is heard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cfnlint.rules import CloudFormationLintRule

if TYPE_CHECKING:
    from deployer.rules.reading import Fault, Reading

_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


class TopicKey(CloudFormationLintRule):  # type: ignore[misc]
    """Finds alarms that are lost without a word."""

    id = "E9773"
    shortdesc = "A topic that alarms send to is not encrypted with AWS's own key for SNS"
    description = (
        "CloudWatch may not use alias/aws/sns: the alarm goes off, the notice is dropped, and no log says so. It takes a customer's key "
        "that lets cloudwatch.amazonaws.com generate data keys and decrypt. Topics of other templates are not judged."
    )
    source_url = "https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"
    facts = ("F8.2",)
    tags = ("multi-region", "sns", "cloudwatch")
    parent_rules = ("E9700",)

    def faults(self, reading: Reading) -> Iterator[Fault]:
        """Yield a fault for each such topic that an alarm of the template sends to."""
        alarms = reading.resources("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
        heard = {action.target for alarm in alarms for key in _ACTIONS for action in alarm.items(key)}
        for topic in reading.resources("AWS::SNS::Topic"):
            for key in topic.each("KmsMasterKeyId"):
                if topic.logical_id in heard and (key.text or "").endswith("alias/aws/sns"):
                    yield key.path, f"{topic.logical_id} drops what alarms send to it"
