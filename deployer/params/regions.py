"""Which AWS Regions exist, and which of them may share a strongly consistent table.

Constants, so that parameters are checked without a network and without AWS's libraries; a test compares them with
botocore's own data. Only the commercial partition `aws`: roles and endpoints are spelled for it.
"""

from __future__ import annotations

from typing import Final

# Every Region of the partition `aws` with DynamoDB [botocore 1.43, data/endpoints.json].
KNOWN_REGIONS: Final = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)

# Regions whose replicas and witness may be combined [botocore dynamodb:CreateGlobalTableWitnessGroupMemberAction; F1.6].
# AWS has announced wider combinations since; these hold under the older wording and the newer one alike.
STRONG_REGION_SETS: Final = (
    frozenset({"us-east-1", "us-east-2", "us-west-2"}),
    frozenset({"eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1"}),
    frozenset({"ap-northeast-1", "ap-northeast-2", "ap-northeast-3"}),
)
