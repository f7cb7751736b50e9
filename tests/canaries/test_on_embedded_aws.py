"""The canary for real: over TLS against both Regions' edges, and with the rights of its own role."""

from __future__ import annotations

import json
import socket
import ssl
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from payment_path import CanaryFailed, Connect, Watch, sender, walk_payment_path

from deployer.rendering.render import render_system
from tests.support.edges import trusting
from tests.support.embedded import EmbeddedAws
from tests.support.plain_stacks import PlainStacks
from tests.support.rendering import PROJECT, an_environment
from tests.support.stacks import unique, zipped

ZONE = "canaries.example.test"
REGIONS = ("us-east-1", "us-east-2")
ROLES = dict(zip(REGIONS, ("primary", "secondary"), strict=True))

PROBE = """
import os
import payment_path

def handle(event, context):
    return len(payment_path.read_api_key(os.environ["SECRET_ID"]))
"""


@pytest.fixture(scope="module")
def stacks(embedded_aws: EmbeddedAws) -> PlainStacks:
    """A whole environment, live."""
    environment = an_environment(
        suffix="canaries", zone={"name": ZONE}, retention={"on_tear_down": "delete"}, table={"deletion_protection": False}
    )
    made = PlainStacks(
        aws=embedded_aws, environment=environment, system=render_system(environment, source=PROJECT, build=PROJECT / "build")
    )
    made.apply_all()
    return made


def _to_the_edge_of(stacks: PlainStacks, region: str) -> Connect:
    """Return how a name of this Region is reached where there is no name server for it."""
    address, port = stacks.aws.state.edges[region].rsplit(":", 1)
    return lambda _name, seconds: socket.create_connection((address, int(port)), seconds)


def _watch(watcher: str, region: str) -> Watch:
    return Watch(watcher=ROLES[watcher], region=region, now=datetime.now(UTC))


@pytest.mark.parametrize("watcher", REGIONS)
@pytest.mark.parametrize("region", REGIONS)
def test_canary_pays_in_its_own_region_and_in_the_other(stacks: PlainStacks, watcher: str, region: str):
    """All four canaries, each with the key of the Region it runs in."""
    send = sender(f"{region}.api.{ZONE}", tls=trusting(stacks.aws.state), connect=_to_the_edge_of(stacks, region))

    assert walk_payment_path(send, _watch(watcher, region), api_key=json.loads(stacks.api_key(watcher))["api_key"])


def test_canary_sees_when_another_region_answers(stacks: PlainStacks):
    """Asked under the shared name, whoever is in service answers: that tells nothing of the Region watched."""
    send = sender(f"api.{ZONE}", tls=trusting(stacks.aws.state), connect=_to_the_edge_of(stacks, "us-east-2"))

    with pytest.raises(CanaryFailed, match="health: region is 'us-east-2'"):
        walk_payment_path(send, _watch("us-east-2", "us-east-1"), api_key="unused")


def test_certificate_of_an_unknown_authority_is_refused(stacks: PlainStacks):
    """Route 53 would take any; the canary is who notices (F2.3)."""
    send = sender(f"us-east-1.api.{ZONE}", connect=_to_the_edge_of(stacks, "us-east-1"))

    with pytest.raises(ssl.SSLCertVerificationError):
        send("GET", "/health", {}, None)


def test_certificate_of_another_name_is_refused(stacks: PlainStacks):
    """A name the edge shows no certificate for."""
    send = sender("somebody.else.example.test", tls=trusting(stacks.aws.state), connect=_to_the_edge_of(stacks, "us-east-1"))

    with pytest.raises(ssl.SSLError):
        send("GET", "/health", {}, None)


def test_canary_role_reads_the_key_and_fails_without_that_right(stacks: PlainStacks):
    """Enforced here as on AWS: the one right its own code needs is there, and is needed."""
    iam, role = stacks.aws.clients("iam"), "payment-canary-primary-canaries"
    document = iam.get_role_policy(RoleName=role, PolicyName="canary")["PolicyDocument"]
    taken_away = {**document, "Statement": [one for one in document["Statement"] if one["Sid"] != "ReadTheKeyInItsOwnRegion"]}
    probe = _probe(stacks, iam.get_role(RoleName=role)["Role"]["Arn"])

    with_the_right = _invoked(stacks, probe)
    try:
        iam.put_role_policy(RoleName=role, PolicyName="canary", PolicyDocument=json.dumps(taken_away))
        without = _invoked(stacks, probe)
    finally:
        iam.put_role_policy(RoleName=role, PolicyName="canary", PolicyDocument=json.dumps(document))

    assert with_the_right == 40
    assert "AccessDenied" in json.dumps(without)


def _probe(stacks: PlainStacks, role_arn: str) -> str:
    """Make a function that reads the key as the canary does, under the canary's role; return its name."""
    client, name = stacks.aws.clients("lambda"), unique("probe")
    code = zipped(probe=PROBE, payment_path=(PROJECT / "canaries" / "payment_path.py").read_text())
    variables = {"SECRET_ID": "payment-api-secret-canaries"}
    client.create_function(
        FunctionName=name,
        Role=role_arn,
        Runtime="python3.13",
        Handler="probe.handle",
        Code={"ZipFile": code},
        Timeout=20,
        Environment={"Variables": variables},
    )
    until = time.monotonic() + 30
    while client.get_function_configuration(FunctionName=name)["State"] != "Active" and time.monotonic() < until:
        time.sleep(0.05)
    return name


def _invoked(stacks: PlainStacks, name: str) -> Any:
    return json.loads(stacks.aws.clients("lambda").invoke(FunctionName=name)["Payload"].read())
