"""A system of the real shape that costs next to nothing: three bodies, real roles, artifact buckets, one package.

It has what the deployer has to get right: stacks that need other stacks' outputs, a StackSet performed by roles of its own, a second
pass that needs the global stack, a package named by its digest. It has none of what AWS would do inside: resources are parameters in
Systems Manager, and one a stack that takes its time. A version is a whole system; `broken` is one that the primary Region refuses.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, Literal

from deployer.params.model import Environment
from deployer.rendering.interface import ACTIVATION, LIVE, PREPARED
from deployer.rendering.packages import write_whole
from deployer.rendering.rendered import Package, RenderedSystem, RenderedTemplate
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf, StackParameter
from tests.faults.time_passing import TYPE
from tests.support.parameter_files import values

Version = Literal["one", "two", "broken"]

HOME: Final = "us-east-2"
PEER: Final = "us-east-1"
POLL_SECONDS: Final = 0.05
_ANY_RESOURCE: Final = [{"Effect": "Allow", "Action": ["cloudformation:*", "ssm:*"], "Resource": "*"}]


def an_environment(suffix: str) -> Environment:
    """Return the environment of this suffix: the secondary Region is home, looks are frequent, a wait ends within a minute, and no
    payments are taken."""
    return Environment.model_validate(
        values(
            suffix=suffix,
            rollout={"poll_seconds": POLL_SECONDS, "operation_minutes_max": 1},
            retention={"on_tear_down": "delete"},
            payments={"paused": True},
        )
    )


def a_system(environment: Environment, version: Version, folder: Path) -> RenderedSystem:
    """Return the system of this version, its package written to `folder`; the broken one differs from `two` in the regional body alone."""
    content: Version = "two" if version == "broken" else version
    package = _package(content, folder)
    return RenderedSystem(
        bootstrap=RenderedTemplate(
            kind="bootstrap",
            body=_bootstrap(environment, content),
            parameters=(StackParameter(name="HomeRegion", value=environment.home_region),),
        ),
        regional=RenderedTemplate(
            kind="regional",
            body=_regional(package, is_broken=version == "broken"),
            parameters=(
                StackParameter(name=ACTIVATION, value=LIVE),
                StackParameter(name="Both", value=_output("global stack", environment, HOME, "Both")),
                StackParameter(name="Bucket", value=_output("bootstrap stack", environment, HOME, "Bucket")),
            ),
        ),
        global_=RenderedTemplate(
            kind="global",
            body=_global(content),
            parameters=(
                StackParameter(name="Home", value=_output("stack set", environment, HOME, "Setting")),
                StackParameter(name="Peer", value=_output("stack set", environment, PEER, "Setting")),
            ),
        ),
        packages=(package,),
    )


def _output(kind: str, environment: Environment, region: str, output: str) -> OutputOf:
    return OutputOf(stack_name=name_of(kind, suffix=environment.suffix), region=region, output=output)


def _package(content: str, folder: Path) -> Package:
    code = f"code of version {content}".encode()
    digest = sha256(code).hexdigest()
    path = folder / f"{digest}.zip"
    write_whole(path, code)
    return Package(name="payment", path=path, digest=digest, key=f"packages/payment-{digest[:16]}.zip")


def _setting(value: Any, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": value}, **more}


def _pause(content: Any) -> dict[str, Any]:
    """Return what keeps a stack in progress for a moment whenever its content changes."""
    return {"Type": TYPE, "Properties": {"Content": content}}


def _role(name: str, trusted: dict[str, Any], statements: list[dict[str, Any]]) -> dict[str, Any]:
    trust = [{"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}]
    return {
        "Type": "AWS::IAM::Role",
        "Condition": "IsHome",
        "Properties": {
            "RoleName": name,
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": trust},
            "Policies": [{"PolicyName": "rights", "PolicyDocument": {"Version": "2012-10-17", "Statement": statements}}],
        },
    }


def _bootstrap(environment: Environment, content: str) -> str:
    administration, execution = (name_of(f"stack set {kind} role", suffix=environment.suffix) for kind in ("administration", "execution"))
    arn = f"arn:aws:iam::${{AWS::AccountId}}:role/{execution}"
    resources = {
        "Bucket": {
            "Type": "AWS::S3::Bucket",
            "Properties": {
                "BucketName": {"Fn::Sub": f"payment-artifacts-{environment.suffix}-${{AWS::AccountId}}-${{AWS::Region}}"},
                "VersioningConfiguration": {"Status": "Enabled"},
            },
        },
        "Administration": _role(
            administration,
            {"Service": "cloudformation.amazonaws.com"},
            [{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": {"Fn::Sub": arn}}],
        ),
        "Execution": _role(execution, {"AWS": {"Fn::GetAtt": "Administration.Arn"}}, _ANY_RESOURCE),
        "Setting": _setting(content),
        "Pause": _pause(content),
    }
    return json.dumps(
        {
            "Parameters": {"HomeRegion": {"Type": "String"}},
            "Conditions": {"IsHome": {"Fn::Equals": [{"Ref": "AWS::Region"}, {"Ref": "HomeRegion"}]}},
            "Resources": resources,
            "Outputs": {"Bucket": {"Value": {"Ref": "Bucket"}}},
        }
    )


def _regional(package: Package, *, is_broken: bool) -> str:
    resources = {
        "Setting": _setting({"Fn::Sub": f"{package.key} of ${{Bucket}}"}),
        "WhenLive": _setting({"Fn::Sub": "with ${Both}"}, Condition="IsLive"),
        "Pause": _pause({"Fn::Sub": f"{package.key} ${{{ACTIVATION}}}"}),
    }
    conditions: dict[str, Any] = {"IsLive": {"Fn::Equals": [{"Ref": ACTIVATION}, LIVE]}}
    if is_broken:
        conditions["IsPeer"] = {"Fn::Equals": [{"Ref": "AWS::Region"}, PEER]}
        # A type that Systems Manager does not know: what came before it has been done when it is refused.
        refused = _setting("x", Condition="IsPeer", DependsOn="Setting")
        refused["Properties"]["Type"] = "Nonsense"
        resources["Refused"] = refused
        resources["Setting"]["Properties"]["Value"] = {"Fn::Sub": f"{package.key} of ${{Bucket}}, broken"}
    return json.dumps(
        {
            "Parameters": {
                ACTIVATION: {"Type": "String", "AllowedValues": [PREPARED, LIVE]},
                "Both": {"Type": "String"},
                "Bucket": {"Type": "String"},
            },
            "Conditions": conditions,
            "Resources": resources,
            "Outputs": {"Setting": {"Value": {"Ref": "Setting"}}},
        }
    )


def _global(content: str) -> str:
    return json.dumps(
        {
            "Parameters": {"Home": {"Type": "String"}, "Peer": {"Type": "String"}},
            "Resources": {"Both": _setting({"Fn::Sub": f"{content} in ${{Home}} and ${{Peer}}"}), "Pause": _pause(content)},
            "Outputs": {"Both": {"Value": {"Fn::Sub": f"{content}: ${{Both}}"}}},
        }
    )
