"""A Region's audit outbox, looked at and called; one of a test's own, or the one of a system that was rolled out.

One of a test's own is a table in two Regions and in each the audit bucket, the two functions with exactly the permissions they name, and
the mapping.
"""

from __future__ import annotations

import base64
import gzip
import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer.rendering.packages import files_under, zip_of
from deployer.vocabulary.names import name_of
from tests.support.audit import HERE, THERE, Item
from tests.support.edges import function_trust
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import deploy, unique

FUNCTIONS = Path(__file__).parents[2] / "functions"
TABLE = "arn:aws:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}"
STREAM_ACTIONS = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")

Statement = tuple[tuple[str, ...], str]  # actions, resource for Fn::Sub

# As the handlers' docstrings list them.
AUDIT: tuple[Statement, ...] = (
    (("s3:PutObject",), "arn:aws:s3:::${Bucket}/payments/*"),
    (("s3:PutObject",), "arn:aws:s3:::${Bucket}/changes/*"),
    (STREAM_ACTIONS, f"{TABLE}/stream/*"),
    (("sqs:SendMessage",), "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Bucket}-dead"),
)
RECONCILIATION: tuple[Statement, ...] = (
    (("dynamodb:Scan",), TABLE),
    (("s3:ListBucket",), "arn:aws:s3:::${Bucket}"),
    (("s3:GetObject",), "arn:aws:s3:::${Bucket}/payments/*"),
    (("s3:GetObject",), "arn:aws:s3:::${Bucket}/reconciliation/*"),
    (("s3:PutObject",), "arn:aws:s3:::${Bucket}/payments/*/reconciled-*"),
    (("s3:PutObject",), "arn:aws:s3:::${Bucket}/reconciliation/*"),
)
HASTE = {"MaximumBatchingWindowInSeconds: 60": "MaximumBatchingWindowInSeconds: 1", "MaximumRetryAttempts: 20": "MaximumRetryAttempts: 1"}
MAPPING = {"BatchSize": 10, "MaximumBatchingWindowInSeconds": 0, "MaximumRetryAttempts": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """One Region's outbox, by the names of its parts; `functions` are the names of `audit` and `reconciliation`, `mapping` is its id."""

    aws: EmbeddedAws
    region: str
    table: str
    bucket: str
    queue: str
    functions: Mapping[str, str]
    mapping: str

    def objects(self, prefix: str = "payments/") -> dict[str, list[str]]:
        """Return the lines of every object."""
        s3 = self.aws.clients("s3", self.region)
        keys = [one["Key"] for one in s3.list_objects_v2(Bucket=self.bucket, Prefix=prefix).get("Contents", [])]
        return {key: gzip.decompress(s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()).decode().splitlines() for key in keys}

    def ids(self, prefix: str = "payments/") -> list[str]:
        """Return the id of every line."""
        return sorted(json.loads(line)["id"] for lines in self.objects(prefix).values() for line in lines)

    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the messages of the dead-letter queue; they stay there."""
        sqs = self.aws.clients("sqs", self.region)
        url = sqs.get_queue_url(QueueName=self.queue)["QueueUrl"]
        found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])
        return [json.loads(message["Body"]) for message in found]

    def invoke(self, function: str, event: object) -> tuple[dict[str, Any], str]:
        """Invoke `audit` or `reconciliation`; returns the answer (or the error Lambda reports) and the log."""
        answer = self.aws.clients("lambda", self.region).invoke(
            FunctionName=self.functions[function], Payload=json.dumps(event).encode(), LogType="Tail"
        )
        return json.loads(answer["Payload"].read()), base64.b64decode(answer.get("LogResult", "")).decode()

    def last_result(self) -> str:
        """Return how the mapping says its last batch went."""
        client = self.aws.clients("lambda", self.region)
        return str(client.get_event_source_mapping(UUID=self.mapping)["LastProcessingResult"])


def a_table(aws: EmbeddedAws) -> str:
    """Create a strongly consistent table in two Regions, with its stream; return its name."""
    name = unique("payments")
    properties = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "transaction_id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "transaction_id", "KeyType": "HASH"}],
        "MultiRegionConsistency": "STRONG",
        "GlobalTableWitnesses": [{"Region": "us-west-2"}],
        "StreamSpecification": {"StreamViewType": "NEW_IMAGE"},
        "Replicas": [{"Region": HERE}, {"Region": THERE}],
    }
    deploy(aws, {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": properties}}, region=THERE)
    return name


def an_outbox(aws: EmbeddedAws, table: str, region: str = HERE, *, without: str = "", **mapping: Any) -> Outbox:
    """Create a Region's outbox on `table`; its roles lack the action `without`, its mapping has `mapping` besides."""
    bucket = unique("audit")
    stream = aws.clients("dynamodb", region).describe_table(TableName=table)["Table"]["LatestStreamArn"]
    names = {"Table": table, "Bucket": bucket}
    resources: dict[str, Any] = {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {"BucketName": bucket, "VersioningConfiguration": {"Status": "Enabled"}},
        },
        "Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"{bucket}-dead"}},
        "Layer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": _uploaded(aws, region, "layer", _layer())}},
    }
    for function, statements in (("audit", AUDIT), ("reconciliation", RECONCILIATION)):
        code = zip_of(files_under(FUNCTIONS / function, prefix=function))
        resources[f"{function}Role"] = _role(statements, names, without)
        resources[f"{function}Function"] = {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "FunctionName": f"{bucket}-{function}",
                "Runtime": "python3.13",
                "Handler": f"{function}.handler.handle",
                "Code": _uploaded(aws, region, function, code),
                "Layers": [{"Ref": "Layer"}],
                "Role": {"Fn::GetAtt": [f"{function}Role", "Arn"]},
                "Timeout": 120,
                "MemorySize": 256,
                "Environment": {"Variables": {"TABLE_NAME": table, "AUDIT_BUCKET": bucket, "REGION_ROLE": "primary"}},
            },
        }
    resources["Mapping"] = {
        "Type": "AWS::Lambda::EventSourceMapping",
        "DependsOn": ["auditRole", "Bucket"],
        "Properties": {
            "EventSourceArn": stream,
            "FunctionName": {"Ref": "auditFunction"},
            "StartingPosition": "TRIM_HORIZON",
            "BisectBatchOnFunctionError": True,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": {"Destination": {"Fn::GetAtt": ["Dead", "Arn"]}}},
            "FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)} for pattern in _patterns(region)]},
            **MAPPING,
            **mapping,
        },
    }
    ids = deploy(aws, resources, region=region).physical_ids
    functions = {one: f"{bucket}-{one}" for one in ("audit", "reconciliation")}
    return Outbox(aws=aws, region=region, table=table, bucket=bucket, queue=f"{bucket}-dead", functions=functions, mapping=ids["Mapping"])


def the_outbox(aws: EmbeddedAws, region: str, *, role: str, suffix: str) -> Outbox:
    """Return the outbox of a Region that was rolled out, its functions as they are called there: by the alias."""

    def named(kind: str) -> str:
        return name_of(kind, suffix=suffix, role=role)

    functions = {one: f"{named(f'{one} function')}:live" for one in ("audit", "reconciliation")}
    (mapping,) = aws.clients("lambda", region).list_event_source_mappings(FunctionName=functions["audit"])["EventSourceMappings"]
    return Outbox(
        aws=aws,
        region=region,
        table=name_of("table", suffix=suffix),
        bucket=named("audit bucket"),
        queue=named("audit dead letters"),
        functions=functions,
        mapping=mapping["UUID"],
    )


def hasten(project: Path) -> None:
    """Change the mapping in a copy of the project's templates, so that nobody has to wait for a batch to fill or for one to be given up."""
    source = project / "templates" / "regional" / "outbox.j2"
    text = source.read_text(encoding="utf-8")
    for slow, fast in HASTE.items():
        assert slow in text, f"{slow} is not in the template"
        text = text.replace(slow, fast)
    source.write_text(text, encoding="utf-8")


def put(aws: EmbeddedAws, table: str, items: Iterable[Item]) -> None:
    """Put each item through its own Region's replica; one that names none through the first."""
    for item in items:
        region = item.get("region", {}).get("S", HERE)
        aws.clients("dynamodb", region if region in (HERE, THERE) else HERE).put_item(TableName=table, Item=item)


def until(holds: Callable[[], bool], *, seconds_max: float = 30) -> None:
    """Return once `holds()`; raises TimeoutError."""
    deadline = time.monotonic() + seconds_max
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.1)


def _patterns(region: str) -> tuple[dict[str, Any], ...]:
    return (
        {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"region": {"S": [region]}}}},
        {"eventName": ["MODIFY", "REMOVE"]},
    )


def _layer() -> bytes:
    return zip_of(
        {path: body for name in ("wire", "audit_log") for path, body in files_under(FUNCTIONS / name, prefix=f"python/{name}").items()}
    )


def _role(statements: tuple[Statement, ...], names: dict[str, str], without: str) -> dict[str, Any]:
    allowed = [
        {"Effect": "Allow", "Action": kept, "Resource": {"Fn::Sub": [resource, names]}}
        for actions, resource in statements
        if (kept := [action for action in actions if action != without])
    ]
    policy = {"PolicyName": "needs", "PolicyDocument": {"Version": "2012-10-17", "Statement": allowed}}
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust(), "Policies": [policy]}}


def _uploaded(aws: EmbeddedAws, region: str, name: str, body: bytes) -> dict[str, str]:
    bucket, s3 = unique("code"), aws.clients("s3", region)
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=bucket, **place)
    s3.put_object(Bucket=bucket, Key=f"{name}.zip", Body=body)
    return {"S3Bucket": bucket, "S3Key": f"{name}.zip"}
