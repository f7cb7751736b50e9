"""The stacks as a person sees them in the console: what each is, what comes next, and who reads its outputs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from deployer.rendering.rendered import RenderedSystem
from deployer.reporting.outputs import PROMISED
from deployer.vocabulary.values import OutputOf
from tests.support.rendering import as_data

# Outputs that no program reads, and the words of their description that name who does.
READ_BY_PEOPLE = {
    "bootstrap": {"ArtifactBucketName": "whoever looks for one"},
    "regional": {
        "ApiUrl": "whoever checks one Region",
        "AuditBucketName": "auditors",
        "CanaryBucketName": "whoever looks into a failed run",
        "PaymentFunctionName": "whoever reads its log",
        "TopicArn": "whoever subscribes",
        "VpcId": "whoever looks at traffic",
    },
    "global": {
        "BackupVaultName": "whoever restores one",
        "DashboardUrl": "whoever is woken",
        "HealthCheckIdHold": "whoever asks why payments are there",
        "SecretArn": "whoever hands it to callers",
        "TableName": "whoever looks a payment up",
    },
}
# Who takes an output, as its description calls the stacks of that kind.
STACKS = {"regional": "the regional stacks", "global": "the global stack"}


def _bodies(system: RenderedSystem) -> dict[str, Any]:
    return {one.kind: as_data(one.body) for one in (system.bootstrap, system.regional, system.global_)}


def _taken(system: RenderedSystem) -> dict[str, set[str]]:
    """Return, for each output that some stack's parameter is made from, the kinds of stack that take it."""
    taken: dict[str, set[str]] = {}
    for one in (system.bootstrap, system.regional, system.global_):
        for parameter in one.parameters:
            if isinstance(parameter.value, OutputOf):
                taken.setdefault(parameter.value.output, set()).add(one.kind)
    return taken


def test_every_output_has_a_reader(system: RenderedSystem):
    """Another stack, the command line, or a person who is named: an output for nobody is a promise nobody keeps."""
    taken = _taken(system)
    for kind, body in _bodies(system).items():
        for name in body["Outputs"]:
            assert name in taken or name in PROMISED or name in READ_BY_PEOPLE[kind], (kind, name)


def test_descriptions_of_outputs_name_their_readers(system: RenderedSystem):
    """Whoever wants to change or remove one knows whom to ask."""
    taken = _taken(system)
    for kind, body in _bodies(system).items():
        for name, output in body["Outputs"].items():
            readers = [STACKS[reader] for reader in taken.get(name, ())] or [READ_BY_PEOPLE[kind].get(name, "")]
            assert ", for " in output["Description"], name
            for reader in readers:
                assert reader in output["Description"].split(", for ")[1] or name in PROMISED, (name, reader)


def test_readers_that_are_named_have_something_to_read(rendered: Callable[[str], RenderedSystem]):
    """The table above only names what exists."""
    for kind, body in _bodies(rendered("production")).items():
        assert READ_BY_PEOPLE[kind].keys() <= body["Outputs"].keys()


def test_each_stack_says_what_it_is_and_which_comes_next(system: RenderedSystem):
    """A list of stacks reads like the roll-out: first, second, third, and what follows."""
    descriptions = {kind: body["Description"] for kind, body in _bodies(system).items()}
    suffix = _bodies(system)["global"]["Metadata"]["Payments"]["Environment"]

    for place, (kind, following) in enumerate(
        [("bootstrap", "payment-regional"), ("regional", "payment-global"), ("global", "payment-regional")], start=1
    ):
        assert descriptions[kind].startswith(f"Payments {suffix}, {place} of 3: ")
        assert f"{following}-{suffix}" in descriptions[kind]
        assert len(descriptions[kind].encode()) <= 1024


@pytest.mark.parametrize("kind", ["bootstrap", "regional", "global"])
def test_parameters_are_grouped_and_labelled_whole(system: RenderedSystem, kind: str):
    """What is in no group stands at the end, where nobody looks."""
    body = _bodies(system)[kind]
    interface = body["Metadata"]["AWS::CloudFormation::Interface"]
    grouped = [name for group in interface["ParameterGroups"] for name in group["Parameters"]]

    assert sorted(grouped) == sorted(body["Parameters"])
    assert sorted(interface["ParameterLabels"]) == sorted(body["Parameters"])
    assert all(re.search(r"Example: .+\.$", one["Description"]) for one in body["Parameters"].values())


def test_groups_come_in_the_order_of_thinking(local_system: RenderedSystem):
    """Who it is, where it is, what it takes, how it fails over, how long it keeps, what it costs, how it rolls out."""
    groups = [
        one["Label"]["default"]
        for one in _bodies(local_system)["regional"]["Metadata"]["AWS::CloudFormation::Interface"]["ParameterGroups"]
    ]

    assert groups[:2] == ["Identity", "Regions and names"]
    assert groups[-1] == "Roll-out"
