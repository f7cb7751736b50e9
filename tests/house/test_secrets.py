"""No secret stands in a rendered body, in the sources, or in what a function is started with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployer.params.load import load_environment
from deployer.rendering.render import render_system
from tests.support.rendering import a_project, as_data
from tests.support.source_tree import ROOT, told

PARAMETER_FILES = sorted((ROOT / "params").glob("*.yaml"))

# A dynamic reference puts the value into the resource: into a function's environment, for whoever may read its configuration.
_RESOLVED = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
_CREDENTIAL = re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----")
_SECRET_NAME = re.compile(r"(?i)(password|passwd|token|api_?key|secret|credential)s?$")


def secrets_in(body: str) -> Iterator[str]:
    """Yield a sentence for every secret a body holds or hands out."""
    yield from (f"{match[0]}… puts a secret's value into a resource" for match in _RESOLVED.finditer(body))
    yield from (f"{match[0][:12]}… is a credential" for match in _CREDENTIAL.finditer(body))
    template = as_data(body)
    for name, declared in (template.get("Parameters") or {}).items():
        if _SECRET_NAME.search(name) and str(declared.get("NoEcho")).lower() != "true":
            yield f"parameter {name} shows its value"
    for logical_id, resource in template["Resources"].items():
        yield from (f"{logical_id}: {fault}" for fault in _in_resource(resource))


def _in_resource(resource: dict[str, Any]) -> Iterator[str]:
    properties = resource.get("Properties") or {}
    if resource["Type"] == "AWS::SecretsManager::Secret" and "SecretString" in properties:
        yield "its value stands in the template"
    if resource["Type"] == "AWS::Lambda::Function":
        for name in (properties.get("Environment") or {}).get("Variables") or {}:
            if _SECRET_NAME.search(name):
                yield f"{name} is in its environment"


@pytest.mark.parametrize("path", PARAMETER_FILES, ids=lambda path: path.name)
def test_rendered_bodies_hold_no_secret(path: Path, tmp_path: Path) -> None:
    """Whoever may read a template, or a stack, learns no key."""
    system = render_system(load_environment(path), source=a_project(tmp_path / "project"), build=tmp_path / "build")

    bodies = (system.bootstrap, system.regional, system.global_)
    faults = [f"{body.kind}.yaml of {path.name}: {fault}" for body in bodies for fault in secrets_in(body.body)]
    assert not faults, told(faults, "Let Secrets Manager generate it, and let the function read it by name when it needs it.")


def test_sources_hold_no_credential() -> None:
    """Nor does anything that is rendered or rolled out."""
    files = (path for folder in ("deployer", "functions", "canaries", "templates", "params") for path in sorted((ROOT / folder).rglob("*")))
    faults = [
        f"{path.relative_to(ROOT)}: {match[0][:12]}…"
        for path in files
        if path.is_file() and path.suffix != ".pyc"
        for match in _CREDENTIAL.finditer(path.read_text("utf-8", errors="replace"))
    ]

    assert not faults, told(faults, "Take it out, and out of use: what was committed once is known.")


def body_of(resource: str, parameters: str = "{}") -> str:
    """Return a body with one resource."""
    return f"Parameters: {parameters}\nResources:\n  It: {resource}\n"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        pytest.param(
            body_of("{Type: AWS::Lambda::Function, Properties: {Description: '{{resolve:secretsmanager:key}}'}}"),
            "puts a secret's value into a resource",
            id="dynamic reference",
        ),
        pytest.param(
            body_of("{Type: AWS::SecretsManager::Secret, Properties: {SecretString: hunter2}}"),
            "its value stands in the template",
            id="value",
        ),
        pytest.param(
            body_of("{Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {API_KEY: !Ref It}}}}"),
            "It: API_KEY is in its environment",
            id="environment variable",
        ),
        pytest.param(body_of("{Type: T}", "{ApiKey: {Type: String}}"), "parameter ApiKey shows its value", id="parameter"),
        pytest.param(body_of("{Type: T, Properties: {A: AKIA" + "A" * 16 + "}}"), "AKIAAAAAAAAA… is a credential", id="access key"),
    ],
)
def test_secret_is_found(body: str, fault: str) -> None:
    """The rule can fail."""
    [found] = secrets_in(body)

    assert fault in found


def test_name_of_a_secret_is_no_secret() -> None:
    """The rule does not fail without a reason: a function has to know what to read."""
    body = body_of(
        "{Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {SECRET_NAME: x, SECRET_ID: y}}}}",
        "{ApiKey: {Type: String, NoEcho: true}}",
    )

    assert list(secrets_in(body)) == []
