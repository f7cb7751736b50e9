"""What a shell is told of a running embedded AWS."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from deployer.local import control, shell
from tests.support.edges import deploy_echo_api
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.stacks import deploy


def test_boto3_works_with_the_environment_alone(embedded_aws: EmbeddedAws) -> None:
    """A program that knows nothing of the embedded AWS calls it."""
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Account'])"
    environment = {"PATH": os.environ["PATH"]} | dict(shell.shell_environment(embedded_aws.state))

    said = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)

    assert said.stdout.strip() == embedded_aws.state.account_id


def test_curl_is_told_the_edge_of_each_domain(embedded_aws: EmbeddedAws) -> None:
    """A name of both Regions goes to the primary's edge, a Region's own name to its own."""
    zone = f"{uuid.uuid4().hex[:8]}.example.test"
    deploy_echo_api(embedded_aws, "us-east-1", f"api.{zone}", f"us-east-1.api.{zone}")
    deploy_echo_api(embedded_aws, "us-east-2", f"api.{zone}", f"us-east-2.api.{zone}")

    settings = _curl_settings(embedded_aws)

    edges = embedded_aws.state.edges
    routes = [value for name, value in settings if name == "connect-to" and zone in value]
    assert routes == [
        f"api.{zone}:443:{edges['us-east-1']}",
        f"us-east-1.api.{zone}:443:{edges['us-east-1']}",
        f"us-east-2.api.{zone}:443:{edges['us-east-2']}",
    ]


def test_curl_trusts_the_local_authority(embedded_aws: EmbeddedAws) -> None:
    """The bundle curl is given ends with this embedded AWS's own authority."""
    bundle = dict(_curl_settings(embedded_aws))["cacert"]

    assert Path(bundle).read_bytes().endswith(Path(embedded_aws.state.ca_bundle).read_bytes())


def test_inert_resources_are_listed(embedded_aws: EmbeddedAws) -> None:
    """A resource that is only recorded says so, with its stack and Region; one with behaviour does not."""
    resources = {
        "Budget": {
            "Type": "AWS::Budgets::Budget",
            "Properties": {"Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY"}},
        },
        "Topic": {"Type": "AWS::SNS::Topic"},
    }
    stack = deploy(embedded_aws, resources, region="us-east-2")

    listed = [found for found in shell.inert_resources(embedded_aws.state) if found["stack"] == stack.name]

    assert listed == [
        {
            "logical_id": "Budget",
            "type": "AWS::Budgets::Budget",
            "stack": stack.name,
            "region": "us-east-2",
            "physical_id": stack.physical_ids["Budget"],
        }
    ]


def test_log_is_read_to_its_end(tmp_path: Path) -> None:
    """Following ends when the server has ended; the last line is its last word."""
    with running_embedded_aws(tmp_path):
        lines = shell.log_lines(tmp_path, follow=True)
        first = next(lines)
        control.stop(tmp_path)

        rest = list(lines)

    assert "ministack" in first
    assert rest[-1].endswith("ended")


def test_home_without_a_log_has_no_lines(tmp_path: Path) -> None:
    """A server that never ran left nothing to read."""
    assert list(shell.log_lines(tmp_path)) == []


@pytest.mark.parametrize("follow", [False, True])
def test_log_of_an_ended_server_is_read_once(tmp_path: Path, follow: bool) -> None:
    """There is nothing to wait for."""
    with running_embedded_aws(tmp_path):
        pass

    assert list(shell.log_lines(tmp_path, follow=follow))[-1].endswith("ended")


def test_primary_is_the_first_region(embedded_aws: EmbeddedAws) -> None:
    """Calls that name no Region go to the first one."""
    assert dict(shell.shell_environment(embedded_aws.state))["AWS_DEFAULT_REGION"] == embedded_aws.state.regions[0]


def _curl_settings(aws: EmbeddedAws) -> list[tuple[str, str]]:
    """Return curl's settings, read as curl reads them: name = "value"."""
    home = dict(shell.shell_environment(aws.state))["CURL_HOME"]
    lines = [line for line in (Path(home) / ".curlrc").read_text().splitlines() if not line.startswith("#")]
    return [(line.partition(" = ")[0], shlex.split(line.partition(" = ")[2])[0]) for line in lines]
