"""Lambda functions as people handle them in a drill: called by hand, and given a version that fails, and the good one back."""

from __future__ import annotations

import json
from typing import Any, Final

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import DeployerError

# Of Python's own library, and no handler: every call of such a version fails, and does so at once, without a process that starts anew.
BROKEN_HANDLER: Final = "json.loads"


def call_function(aws: Aws, *, name: str, region: str, event: dict[str, Any], alias: str = "live") -> dict[str, Any]:
    """Return what a function answers. Raises AwsRefused, and DeployerError when the function itself failed."""
    with asking("lambda", "Invoke", region):
        answer = aws.client("lambda", region).invoke(FunctionName=name, Qualifier=alias, Payload=json.dumps(event).encode())
        told = json.loads(answer["Payload"].read() or b"{}")
    if "FunctionError" in answer:
        raise DeployerError(f"{name} failed in {region}", str(told.get("errorMessage", told)), "Read the function's log.")
    return dict(told)


def release_broken(aws: Aws, *, name: str, region: str, alias: str = "live") -> tuple[str, str]:
    """Publish a version that fails, and let the alias lead to it; return (good version, good handler), for `release_good`.

    Raises AwsRefused.
    """
    client = aws.client("lambda", region)
    with asking("lambda", "GetAlias", region):
        good_version = client.get_alias(FunctionName=name, Name=alias)["FunctionVersion"]
    with asking("lambda", "GetFunctionConfiguration", region):
        good_handler = client.get_function_configuration(FunctionName=name)["Handler"]
    with asking("lambda", "UpdateFunctionConfiguration", region):
        client.update_function_configuration(FunctionName=name, Handler=BROKEN_HANDLER)
        client.get_waiter("function_updated_v2").wait(FunctionName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    with asking("lambda", "PublishVersion", region):
        broken = client.publish_version(FunctionName=name, Description="Broken by a drill")["Version"]
    with asking("lambda", "UpdateAlias", region):
        client.update_alias(FunctionName=name, Name=alias, FunctionVersion=broken)
    return good_version, good_handler


def release_good(aws: Aws, *, name: str, region: str, version: str, handler: str, alias: str = "live") -> None:
    """Let the alias lead to a good version again, take the broken one away, and put the handler back. Raises AwsRefused."""
    client = aws.client("lambda", region)
    with asking("lambda", "GetAlias", region):
        broken = client.get_alias(FunctionName=name, Name=alias)["FunctionVersion"]
    with asking("lambda", "UpdateAlias", region):
        client.update_alias(FunctionName=name, Name=alias, FunctionVersion=version)
    with asking("lambda", "UpdateFunctionConfiguration", region):
        client.update_function_configuration(FunctionName=name, Handler=handler)
    if broken != version:
        with asking("lambda", "DeleteFunction", region):
            client.delete_function(FunctionName=name, Qualifier=broken)
