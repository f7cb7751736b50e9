"""Parts and macros, each rendered alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from deployer.rendering.engine import render, strict_engine
from deployer.rendering.render import template_data
from tests.support.rendering import PROJECT, an_environment, as_data

TEMPLATES = PROJECT / "templates"
PARTS = sorted(str(path.relative_to(TEMPLATES)) for kind in ("bootstrap", "regional", "global") for path in (TEMPLATES / kind).iterdir())
NAMES = (
    "payment",
    "health",
    "hold",
    "failover_latch",
    "authorizer",
    "audit",
    "reconciliation",
    "stream_lookup",
    "rotation",
    "layer",
    "payment_path",
    "region_health",
)
KEYS = {name: f"functions/{name}/0.zip" for name in NAMES}


def _engine(kind: str, **changes: Any):
    contract = (TEMPLATES / "contract" / "openapi.yaml").read_text()
    return strict_engine(TEMPLATES, template_data(kind, an_environment(**changes), contract=contract, package_keys=KEYS))


def _macro(name: str, call: str, kind: str = "regional") -> str:
    """Return what a macro makes of one call, with nothing around it."""
    source = f'{{% from "macros/{name}.j2" import {name} %}}\n{call}\n'
    return _engine(kind).from_string(source).render()


@pytest.mark.parametrize("part", PARTS)
def test_part_is_yaml_by_itself(part: str):
    """A part can be read, loaded and checked without the skeleton around it: resources, two spaces in."""
    text = render(_engine(part.split("/")[0]), part)
    resources = as_data(text)

    assert resources
    assert all(resource["Type"].startswith("AWS::") for resource in resources.values())
    assert all(line.startswith("  ") for line in text.splitlines() if line)


@pytest.mark.parametrize("part", PARTS)
def test_part_says_which_failure_it_exists_for(part: str):
    """The first lines of a rendered part are a comment that stays in the body."""
    assert render(_engine(part.split("/")[0]), part).startswith("  # ")


@pytest.mark.parametrize("macro", sorted(path.name for path in (TEMPLATES / "macros").iterdir()))
def test_macro_says_what_it_makes_and_why(macro: str):
    """One macro a file, of the file's name, explained at its head."""
    text = (TEMPLATES / "macros" / macro).read_text()

    assert text.startswith("{# ")
    assert "Exists " in text
    assert text.count("{% macro ") == 1
    assert f"{{% macro {Path(macro).stem}(" in text


def test_here_looks_up_this_regions_value():
    """Decided when the stack is applied, not when it is rendered."""
    assert as_data(_macro("here", '{{ here("Role") }}')) == {"Fn::FindInMap": ["Regions", {"Ref": "AWS::Region"}, "Role"]}


def test_tags_are_five_on_one_line():
    """One spelling for all."""
    text = _macro("tags", '{{ tags("audit", "shared") }}').strip()

    assert "\n" not in text
    assert [tag["Key"] for tag in as_data(text)] == ["suffix", "role", "component", "owner", "cost-centre"]


def test_private_bucket_is_private_encrypted_and_versioned():
    """All four, or none can be told from the others."""
    properties = yaml.safe_load(_macro("private_bucket", "{{ private_bucket() }}"))

    assert sorted(properties) == ["BucketEncryption", "OwnershipControls", "PublicAccessBlockConfiguration", "VersioningConfiguration"]
    assert all(properties["PublicAccessBlockConfiguration"].values())


def test_tls_only_refuses_plain_http_for_bucket_and_objects():
    """A statement on the bucket alone would leave its objects open."""
    policy = as_data(_macro("tls_only", '{{ tls_only("Ledger") }}'))["LedgerPolicy"]["Properties"]["PolicyDocument"]

    assert [statement["Effect"] for statement in policy["Statement"]] == ["Deny", "Deny"]
    assert policy["Statement"][0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert policy["Statement"][0]["Resource"] == [{"Fn::GetAtt": ["Ledger", "Arn"]}, {"Fn::Sub": "${Ledger.Arn}/*"}]


def test_alarm_sends_only_while_live_and_takes_silence_for_good():
    """An alarm that cries during every roll-out is switched off by whoever hears it."""
    call = '{{ alarm("Slow", "slow-test", "Too slow.", "AWS/X", "Latency", {"Stage": "live"}, 5, 60, "[]") }}'
    alarm = as_data(_macro("alarm", call))["Slow"]["Properties"]

    assert alarm["ActionsEnabled"] == {"Fn::If": ["IsLive", True, False]}
    assert alarm["AlarmActions"] == [{"Ref": "Topic"}]
    assert alarm["TreatMissingData"] == "notBreaching"
    assert alarm["Dimensions"] == [{"Name": "Stage", "Value": "live"}]


@pytest.mark.parametrize("in_vpc", [True, False])
def test_function_role_comes_with_its_own_log(in_vpc: bool):
    """Two resources; the statements of the call block stand in the role, and only a function in the VPC may attach to it."""
    call = (
        f'{{% call function_role("Payment", "payment-test", "takes payments", "payment", {str(in_vpc).lower()}, "[]") %}}\n'
        "              - {Sid: Own, Effect: Allow, Action: x, Resource: y}\n{%- endcall %}"
    )
    resources = as_data(_macro("function_role", call))
    statements = resources["PaymentRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]

    assert sorted(resources) == ["PaymentLogGroup", "PaymentRole"]
    assert statements[-1]["Sid"] == "Own"
    assert any("ec2:CreateNetworkInterface" in statement["Action"] for statement in statements) is in_vpc


@pytest.mark.parametrize("in_vpc", [True, False])
def test_python_function_is_published_and_called_by_its_alias(in_vpc: bool):
    """Three resources: the function, the version that carries its digest, and the alias that points at that version."""
    call = (
        f'{{{{ python_function("Payment", "payment-test", "takes payments", "payment", "Payment", {str(in_vpc).lower()},'
        ' {"A": "b"}, "[]") }}'
    )
    resources = as_data(_macro("python_function", call))
    (version,) = (name for name in resources if name.startswith("PaymentVersion"))

    assert set(resources) == {"Payment", "PaymentAlias", version}
    assert resources["Payment"]["Properties"]["Handler"] == "payment.handler.handle"
    assert resources["Payment"]["Properties"]["Environment"] == {"Variables": {"A": "b"}}
    assert ("VpcConfig" in resources["Payment"]["Properties"]) is in_vpc
    assert resources[version]["Properties"] == {"FunctionName": {"Ref": "Payment"}}
    assert resources["PaymentAlias"]["Properties"]["Name"] == "live"
    assert resources["PaymentAlias"]["Properties"]["FunctionVersion"] == {"Fn::GetAtt": [version, "Version"]}


@pytest.mark.parametrize("arn", [None, "arn:aws:iam::111122223333:policy/bounds"])
def test_boundary_is_a_line_of_its_own_or_nothing(arn: str | None):
    """It stands after the role's last line."""
    engine = _engine("regional", security={"permissions_boundary_arn": arn})
    source = '{% from "macros/boundary.j2" import boundary %}\n      Tags: []{{ boundary() }}\n'

    properties = yaml.safe_load(engine.from_string(source).render())

    assert properties == {"Tags": []} | ({"PermissionsBoundary": arn} if arn else {})


def test_console_groups_label_and_describe_every_parameter():
    """Metadata and Parameters together, from the same fields."""
    sections = as_data(_macro("console", '{{ console("About.") }}', kind="global"))
    interface = sections["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(interface["ParameterLabels"]) == sorted(sections["Parameters"])
    assert sections["Metadata"]["Payments"] == {"Environment": "test", "Stack": "About."}
