"""The functions and roles of the rendered regional template, in a stack of their own beside a table and a secret.

Each role is taken as rendered, or with one action left out, so that what is shown of a role is shown of the role that is rolled out.
Left away are only what these functions run without here: the VPC and the log group's own settings.
"""

from __future__ import annotations

import base64
import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str

from deployer.params.load import load_environment
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from deployer.vocabulary.names import name_of
from tests.support.embedded import EmbeddedAws

ROOT = Path(__file__).parents[2]
SUFFIX = "roles"
REGION = "us-east-1"
API_KEY = "a-key-for-tests"
CONFIGURATION = name_of("configuration parameter", suffix=SUFFIX)
TERMS = {"amountsMax": {"CHF": "1"}}
LOGICAL_IDS = {"payment": "PaymentFunction", "health": "HealthFunction", "authorizer": "AuthorizerFunction"}
# Lambda does these with the role, for the network, the log and the trace; the code does not: `test_service_roles.py` tries them.
SERVICE_PREFIXES = ("ec2:", "logs:", "xray:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What one invocation gave: the answer (or the error Lambda reports), whether it is an error, and the log it wrote."""

    answer: dict[str, Any]
    failed: bool
    log: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionStack:
    """A created stack: every function with its whole role, published and called by its alias, and once without each action."""

    aws: EmbeddedAws
    actions: dict[str, tuple[str, ...]]

    def invoke(self, function: str, event: dict[str, Any], *, without: str | None = None) -> Invocation:
        """Invoke the function whose role lacks the action `without`; the one with the whole role as the API does, by its alias."""
        name = case_name(function, without)
        answer = self.aws.clients("lambda", REGION).invoke(
            FunctionName=name if without else f"{name}:live", Payload=json.dumps(event).encode(), LogType="Tail"
        )
        return Invocation(
            answer=json.loads(answer["Payload"].read()),
            failed="FunctionError" in answer,
            log=base64.b64decode(answer.get("LogResult", "")).decode(),
        )


def case_name(function: str, without: str | None) -> str:
    """Return the physical name of a function and its role: `roles-payment-without-dynamodb-putitem`."""
    return f"{SUFFIX}-{function}" + (f"-without-{without.lower().replace(':', '-')}" if without else "")


def create_function_stack(aws: EmbeddedAws, build: Path) -> FunctionStack:
    """Render, put the packages into a bucket, and create the stack; waits until it stands."""
    local = load_environment(ROOT / "params" / "local.yaml")
    environment = local.model_copy(update={"suffix": SUFFIX})
    system = render_system(environment, source=ROOT, build=build)
    account_id = aws.clients("sts", REGION).get_caller_identity()["Account"]
    s3, bucket = aws.clients("s3", REGION), name_of("artifact bucket", suffix=SUFFIX, account_id=account_id, region=REGION)
    s3.create_bucket(Bucket=bucket)
    for package in system.packages:
        s3.upload_file(str(package.path), bucket, package.key)
    regional, faults = decode_str(system.regional.body)
    assert not faults

    actions = {function: _actions(regional["Resources"][f"{logical_id}Role"]) for function, logical_id in LOGICAL_IDS.items()}
    cloudformation = aws.clients("cloudformation", REGION)
    cloudformation.create_stack(
        StackName="function-roles",
        TemplateBody=json.dumps(_template(regional | {"Parameters": {name: {"Type": "String"} for name in _known(system)}}, actions)),
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in _known(system).items()],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    cloudformation.get_waiter("stack_create_complete").wait(StackName="function-roles", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    return FunctionStack(aws=aws, actions=actions)


def _template(regional: dict[str, Any], actions: dict[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return the template: the layer, each function with each role, their table and their secret."""
    kept = {section: regional[section] for section in ("Parameters", "Mappings")}
    resources: dict[str, Any] = {"SharedLayer": regional["Resources"]["SharedLayer"], **_stores()}
    for function, logical_id in LOGICAL_IDS.items():
        resources[f"{logical_id}LogGroup"] = regional["Resources"][f"{logical_id}LogGroup"]
        resources |= _published(regional["Resources"], logical_id)
        for number, without in enumerate((None, *actions[function])):
            role_id = f"{logical_id}Role{number}"
            role = copy.deepcopy(regional["Resources"][f"{logical_id}Role"])
            role["Properties"]["RoleName"] = case_name(function, without)
            for statement in _statements(role):
                statement["Action"] = [action for action in statement["Action"] if action != without]
            for policy in role["Properties"]["Policies"]:
                document = policy["PolicyDocument"]
                document["Statement"] = [statement for statement in document["Statement"] if statement.get("Action", True)]
            resources[role_id] = role
            one = copy.deepcopy(regional["Resources"][logical_id])
            one["Properties"] |= {"FunctionName": case_name(function, without), "Role": {"Fn::GetAtt": [role_id, "Arn"]}}
            for unneeded in ("VpcConfig", "LoggingConfig"):
                one["Properties"].pop(unneeded, None)
            resources[f"{logical_id}{number}"] = one
    return {"AWSTemplateFormatVersion": "2010-09-09", **kept, "Resources": resources}


def _published(regional: dict[str, Any], logical_id: str) -> dict[str, Any]:
    """Return the version and the alias of a function, of the case whose role is whole."""
    ids = (name for name in regional if name.startswith((f"{logical_id}Version", f"{logical_id}Alias")))
    published = {name: copy.deepcopy(regional[name]) for name in ids}
    for one in published.values():
        one["Properties"]["FunctionName"] = {"Ref": f"{logical_id}0"}
    return published


def _known(system: RenderedSystem) -> dict[str, str]:
    """Return the parameters that wait for no other stack's output, which is all that functions use."""
    return {given.name: given.value for given in system.regional.parameters if isinstance(given.value, str)}


def _stores() -> dict[str, Any]:
    """Return the table, the secret and the configuration under the names the functions know."""
    return {
        "Table": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "TableName": name_of("table", suffix=SUFFIX),
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "transaction_id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "transaction_id", "KeyType": "HASH"}],
            },
        },
        "Secret": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": name_of("secret", suffix=SUFFIX), "SecretString": json.dumps({"api_key": API_KEY})},
        },
        "Configuration": {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": CONFIGURATION,
                "Type": "String",
                "Value": json.dumps({"payments": TERMS}),
            },
        },
    }


def _actions(role: dict[str, Any]) -> tuple[str, ...]:
    """Return the actions that the function's code may do by `role`."""
    return tuple(
        action
        for statement in _statements(role)
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        if not action.startswith(SERVICE_PREFIXES)
    )


def _statements(role: dict[str, Any]) -> list[dict[str, Any]]:
    return [statement for policy in role["Properties"]["Policies"] for statement in policy["PolicyDocument"]["Statement"]]
