"""Calls to custom domains at the HTTPS edges of an embedded AWS, over real TLS."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from dataclasses import dataclass
from typing import Any

from deployer.local.state import LocalState
from tests.support.embedded import EmbeddedAws
from tests.support.stacks import Stack, deploy, zipped

ECHO = """
import json
def handle(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(event)}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back: status, headers by lower-case name, body, and the TLS version spoken."""

    status: int
    headers: dict[str, str]
    body: bytes
    tls: str

    @property
    def event(self) -> dict[str, Any]:
        """Return the event an echoing function was called with."""
        found: dict[str, Any] = json.loads(self.body)
        return found


def trusting(state: LocalState) -> ssl.SSLContext:
    """Return a client's TLS context that trusts this embedded AWS and nothing else."""
    return ssl.create_default_context(cafile=state.ca_bundle)


def ask(
    state: LocalState,
    region: str,
    name: str,
    path: str = "/",
    *,
    method: str = "GET",
    body: bytes | None = None,
    headers: dict[str, str] | None = None,
    host: str = "",
    tls: ssl.SSLContext | None = None,
) -> Answer:
    """Call `name` at a Region's edge, its certificate verified; `host` names another host than the handshake did."""
    address, port = state.edges[region].split(":")
    with (
        socket.create_connection((address, int(port)), timeout=30) as plain,
        (tls or trusting(state)).wrap_socket(plain, server_hostname=name) as secure,
    ):
        connection = http.client.HTTPConnection(name)
        connection.sock = secure
        connection.request(method, path, body, {"Host": host or name, **(headers or {})})
        answer = connection.getresponse()
        return Answer(
            status=answer.status,
            headers={key.lower(): value for key, value in answer.getheaders()},
            body=answer.read(),
            tls=secure.version() or "",
        )


def deploy_echo_api(
    aws: EmbeddedAws, region: str, *domains: str, covered: tuple[str, ...] = (), base_path: str = "", stage: str = "live"
) -> Stack:
    """Deploy an API that answers the event it was called with, under custom domains, its own endpoint disabled."""
    integration = {"type": "aws_proxy", "httpMethod": "POST", "uri": {"Fn::Sub": _INVOCATION}}
    method = {"x-amazon-apigateway-integration": integration}
    body = {
        "openapi": "3.0.1",
        "info": {"title": "echo", "version": "1"},
        "paths": {"/{any+}": {"get": method, "post": method}},
    }
    names = covered or domains
    resources: dict[str, Any] = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust()}},
        "Echo": a_function(aws, region, ECHO),
        "MayCall": {"Type": "AWS::Lambda::Permission", "Properties": _PERMISSION},
        "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "echo", "Body": body, "DisableExecuteApiEndpoint": True}},
        "Deployed": {"Type": "AWS::ApiGateway::Deployment", "Properties": {"RestApiId": {"Ref": "Api"}}},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"RestApiId": {"Ref": "Api"}, "DeploymentId": {"Ref": "Deployed"}, "StageName": stage},
        },
        "Certificate": {
            "Type": "AWS::CertificateManager::Certificate",
            "Properties": {"DomainName": names[0], "SubjectAlternativeNames": list(names[1:]), "ValidationMethod": "DNS"},
        },
    }
    for number, domain in enumerate(domains):
        properties = {
            "DomainName": domain,
            "RegionalCertificateArn": {"Ref": "Certificate"},
            "EndpointConfiguration": {"Types": ["REGIONAL"]},
        }
        mapping = {"DomainName": {"Ref": f"Domain{number}"}, "RestApiId": {"Ref": "Api"}, "Stage": {"Ref": "Stage"}}
        resources[f"Domain{number}"] = {"Type": "AWS::ApiGateway::DomainName", "Properties": properties}
        resources[f"Mapping{number}"] = {
            "Type": "AWS::ApiGateway::BasePathMapping",
            "Properties": mapping | ({"BasePath": base_path} if base_path else {}),
        }
    return deploy(aws, resources, {"ApiId": {"Ref": "Api"}}, region=region)


def a_function(aws: EmbeddedAws, region: str, source: str, **properties: Any) -> dict[str, Any]:
    """Return a function resource that runs `source` under the role called `Role`; its code lies in a bucket of the Region."""
    bucket = f"code-{region}"
    client = aws.clients("s3", region)
    if bucket not in [found["Name"] for found in client.list_buckets()["Buckets"]]:
        place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        client.create_bucket(Bucket=bucket, **place)
    key = f"{abs(hash(source))}.zip"
    client.put_object(Bucket=bucket, Key=key, Body=zipped(handler=source))
    own = {
        "Runtime": "python3.13",
        "Architectures": ["arm64"],
        "Handler": "handler.handle",
        "Timeout": 10,
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"S3Bucket": bucket, "S3Key": key},
    }
    return {"Type": "AWS::Lambda::Function", "Properties": own | properties}


def function_trust() -> dict[str, Any]:
    """Return the trust policy of a function's role."""
    statement = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


_INVOCATION = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Echo.Arn}/invocations"
_PERMISSION = {"FunctionName": {"Ref": "Echo"}, "Action": "lambda:InvokeFunction", "Principal": "apigateway.amazonaws.com"}
