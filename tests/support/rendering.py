"""Builders for rendering: environments, a small project with fake functions, and bodies as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zipfile import ZipFile

import yaml

from deployer.params.model import Environment

PROJECT = Path(__file__).parents[2]

_REGIONS = (
    {"name": "us-east-1", "role": "primary", "vpc_cidr": "10.0.0.0/16"},
    {"name": "us-east-2", "role": "secondary", "vpc_cidr": "10.1.0.0/16"},
)


def an_environment(**changes: Any) -> Environment:
    """Return an environment that is valid and small; `changes` replace whole top-level fields."""
    fields: dict[str, Any] = {
        "target": "local",
        "suffix": "test",
        "regions": _REGIONS,
        "zone": {"name": "pay.example.test"},
        "notifications": {"email": "oncall@example.com"},
        "tags": {"owner": "payments", "cost_centre": "cc-1"},
    }
    return Environment.model_validate(fields | changes)


def a_region(name: str, role: str, *, vpc_cidr: str = "10.0.0.0/16") -> dict[str, str]:
    """Return one Region as a parameter file gives it."""
    return {"name": name, "role": role, "vpc_cidr": vpc_cidr}


def a_wheel(folder: Path, *, name: str = "tiny", version: str = "1.0") -> Path:
    """Write a wheel of one module and one script, as an index would serve it, and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/__init__.py", f"VERSION = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{name} = {name}:VERSION\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path


def a_functions_folder(root: Path) -> Path:
    """Write `functions/` with every function's name, a shared folder and a layer of one local wheel, and canaries; return the folder."""
    functions = root / "functions"
    for name in ("payment", "health", "authorizer", "audit", "reconciliation", "stream_lookup", "hold", "failover_latch", "rotation"):
        (functions / name).mkdir(parents=True)
        (functions / name / "__init__.py").write_text(f'"""The {name} function."""\n')
        (functions / name / "handler.py").write_text("def handle(event, context):\n    return {'statusCode': 200, 'body': 'ok'}\n")
    (root / "canaries").mkdir()
    for canary in ("payment_path", "region_health"):
        (root / "canaries" / f"{canary}.py").write_text("def handler(event, context):\n    return None\n")
    (functions / "wire").mkdir()
    (functions / "wire" / "__init__.py").write_text('"""Shared."""\n')
    (functions / "layer").mkdir()
    a_wheel(root / "wheels")
    (functions / "layer" / "requirements.txt").write_text(f"--no-index\n--find-links {root / 'wheels'}\ntiny==1.0\n")
    return functions


def a_project(root: Path) -> Path:
    """Return a project root with the real templates, fake functions and fake canaries."""
    root.mkdir(parents=True, exist_ok=True)
    (root / "templates").symlink_to(PROJECT / "templates")
    a_functions_folder(root)
    return root


def as_data(body: str) -> Any:
    """Return a CloudFormation body as data, short functions in their long form (`!Ref X` -> {"Ref": "X"})."""
    return yaml.load(body, Loader=_CloudFormation)  # noqa: S506 - a safe loader with CloudFormation's tags


class _CloudFormation(yaml.CSafeLoader):
    """YAML with CloudFormation's short functions, read by libyaml: the regional body is long."""


def _function(loader: Any, name: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        value = value.split(".", 1) if name == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


_CloudFormation.add_multi_constructor("!", _function)
