"""What holds for every body: parameters, names, tags, descriptions, and no Region where none belongs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import PROJECT, a_project, an_environment, as_data

KINDS = ("bootstrap", "regional", "global_")

# Service -> (property that names the thing, longest name the service takes)
NAME_LIMITS = {
    "AWS::S3::Bucket": ("BucketName", 63),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::Lambda::LayerVersion": ("LayerName", 140),
    "AWS::DynamoDB::GlobalTable": ("TableName", 255),
    "AWS::SNS::Topic": ("TopicName", 256),
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::Logs::LogGroup": ("LogGroupName", 512),
}


@pytest.fixture(params=KINDS)
def template(request: pytest.FixtureRequest, system: RenderedSystem) -> Any:
    """Each body of each environment as data."""
    return as_data(getattr(system, request.param).body)


def test_parameters_are_those_that_get_a_value(system: RenderedSystem):
    """A parameter without a value, or a value without a parameter, is refused by CloudFormation after the first stacks stand."""
    for one in (system.bootstrap, system.regional, system.global_):
        assert sorted(as_data(one.body)["Parameters"]) == [parameter.name for parameter in one.parameters]


def test_regional_body_names_regions_in_its_mapping_alone(system: RenderedSystem):
    """One body serves every Region: a Region's name anywhere else is wrong in the other one."""
    template = as_data(system.regional.body)
    del template["Mappings"]

    # Descriptions that quote an example from the parameter model say nothing to CloudFormation.
    del template["Parameters"]

    assert re.findall(r"\b[a-z]{2}(?:-[a-z]+)+-[0-9]\b", json.dumps(template)) == []


def test_every_output_and_parameter_is_described(template: Any):
    """Outputs name who reads them; whoever opens the console has only these sentences."""
    for section in ("Parameters", "Outputs"):
        for name, item in template[section].items():
            assert item["Description"].endswith("."), name


def test_everything_that_takes_tags_has_all_five(template: Any):
    """A resource that lacks one is missing from the bill of its owner."""
    wanted = {"suffix", "role", "component", "owner", "cost-centre"}
    for logical_id, resource in template["Resources"].items():
        tagging = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", resource["Type"]).schema.get("tagging", {})
        if resource["Type"] == "AWS::DynamoDB::GlobalTable":
            tag_lists = [replica["Tags"] for replica in resource["Properties"]["Replicas"]]
        elif tagging.get("taggable"):
            tag_lists = [resource["Properties"][tagging["tagProperty"].rsplit("/", 1)[1]]]
        elif resource["Type"] != "AWS::CloudFormation::CustomResource":  # nothing of AWS's
            assert tagging.get("taggable") is False, f"{resource['Type']} does not say whether it takes tags"
            continue
        else:
            continue
        for tags in tag_lists:
            assert set(tags if isinstance(tags, dict) else [tag["Key"] for tag in tags]) == wanted, logical_id


def test_no_physical_name_is_longer_than_its_service_takes(system: RenderedSystem):
    """Names of both Regions, as they will be; a name one character too long fails in one Region alone."""
    for body in (system.bootstrap.body, system.regional.body, system.global_.body):
        template = as_data(body)
        for logical_id, resource in template["Resources"].items():
            property_name, limit = NAME_LIMITS.get(resource["Type"], ("", 0))
            for name in _names(resource["Properties"].get(property_name), template):
                assert len(name) <= limit, (logical_id, name)


@pytest.mark.parametrize(("on_tear_down", "policy"), [("retain", "Retain"), ("delete", "Delete")])
def test_ledger_audit_log_and_secret_stay_unless_told_otherwise(tmp_path: Path, on_tear_down: str, policy: str):
    """A tear-down of production must not take the payments with it."""
    environment = an_environment(retention={"on_tear_down": on_tear_down})
    system = render_system(environment, source=a_project(tmp_path / "project"), build=tmp_path / "build")
    resources = as_data(system.regional.body)["Resources"] | as_data(system.global_.body)["Resources"]

    assert {resources[name]["DeletionPolicy"] for name in ("AuditBucket", "PaymentsTable", "ApiKeySecret")} == {policy}


def test_skeletons_read_like_contents_pages():
    """A skeleton of up to 80 lines and parts of up to 120 fit in a head."""
    templates = PROJECT / "templates"
    too_long = {
        path.name: lines
        for path in templates.rglob("*.j2")
        if (lines := len(path.read_text().splitlines())) > (80 if path.parent == templates else 120)
    }

    assert too_long == {}


def _names(value: Any, template: Any) -> list[str]:
    """Return what a name can become, every Region's value of the mapping put in."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    if "Fn::FindInMap" in value:
        return [region[value["Fn::FindInMap"][2]] for region in template["Mappings"]["Regions"].values()]
    pattern, variables = value["Fn::Sub"] if isinstance(value["Fn::Sub"], list) else (value["Fn::Sub"], {})
    pattern = pattern.replace("${AWS::AccountId}", "0" * 12).replace("${AWS::Region}", "ap-southeast-1")
    if not variables:
        return [pattern]
    ((variable, source),) = variables.items()
    return [pattern.replace(f"${{{variable}}}", name) for name in _names(source, template)]
