"""A copy of the project to roll out from, its one changed function, and the order that follows from it for the other contestants.

The others are handed what rendering makes, before any clock runs; the deployer makes it itself, within its time.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import yaml

from bench.markdown import ROOT
from bench.rollout.order import ACTIVATION, LIVE, POLL_SECONDS, Awaited, Body, Order, Upload
from deployer.params.load import load_environment
from deployer.params.model import Environment
from deployer.planning.stack_steps import tags_of
from deployer.rendering.render import render_system, write_templates
from deployer.rendering.rendered import RenderedTemplate
from deployer.vocabulary.names import name_of
from deployer.vocabulary.values import OutputOf

SUFFIX: Final = "bench"
# The shortest that a parameter file may ask for; what gates take is told apart all the same.
GATE: Final = {"gate_burn_in_seconds": 1, "gate_sample_seconds": 1}
CHANGED_FUNCTION: Final = "payment"

_PARTS: Final = ("templates", "functions", "canaries", "params")


def copy_project(folder: Path) -> Path:
    """Copy the sources below `folder`, with a parameter file for the benchmark; return that file."""
    for part in _PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    # The layer takes pip a while, and what was built for any project with these pins is what would be built here.
    if (built := ROOT / "build" / "packages").is_dir():
        shutil.copytree(built, folder / "build" / "packages")
    given = yaml.safe_load((folder / "params" / "local.yaml").read_text("utf-8"))
    given["suffix"] = SUFFIX
    given["rollout"] = given.get("rollout", {}) | {"poll_seconds": POLL_SECONDS} | GATE
    params = folder / "params" / f"{SUFFIX}.yaml"
    params.write_text(yaml.safe_dump(given, sort_keys=False), "utf-8")
    return params


def change_one_function(folder: Path) -> None:
    """Change the source of one function in the copy, so that its package and nothing else is another."""
    handler = folder / "functions" / CHANGED_FUNCTION / "handler.py"
    handler.write_text(handler.read_text("utf-8") + "\n# Changed.\n", "utf-8")


def make_order(params: Path, target: Path, *, account_id: str) -> Order:
    """Render the copy that `params` lies in, write its templates to `target` and return the order. Raises DeployerError."""
    environment = load_environment(params)
    source = params.parents[1]
    system = render_system(environment, source=source, build=source / "build")
    write_templates(system, target)
    suffix = environment.suffix
    return Order(
        suffix=suffix,
        account_id=account_id,
        home_region=environment.home_region,
        regions=environment.rollout_order,
        tags=tags_of(environment),
        bootstrap=_body(system.bootstrap, target, environment),
        regional=_body(system.regional, target, environment),
        global_=_body(system.global_, target, environment),
        stack_set=name_of("stack set", suffix=suffix),
        administration_role_arn=f"arn:aws:iam::{account_id}:role/{name_of('stack set administration role', suffix=suffix)}",
        execution_role_name=name_of("stack set execution role", suffix=suffix),
        buckets=tuple(
            (region, name_of("artifact bucket", suffix=suffix, account_id=account_id, region=region))
            for region in environment.rollout_order
        ),
        uploads=tuple(Upload(path=str(package.path), key=package.key) for package in system.packages),
    )


def _body(template: RenderedTemplate, folder: Path, environment: Environment) -> Body:
    """Return the template with its parameters parted into those known now and those that another body's outputs tell."""
    suffix = environment.suffix
    body_of = {
        name_of("bootstrap stack", suffix=suffix): "bootstrap",
        name_of("stack set", suffix=suffix): "regional",
        name_of("global stack", suffix=suffix): "global",
    }
    known: list[tuple[str, str]] = []
    awaited: list[Awaited] = []
    for parameter in template.parameters:
        value = parameter.value
        if isinstance(value, OutputOf):
            awaited.append(Awaited(name=parameter.name, body=body_of[value.stack_name], region=value.region, output=value.output))
        else:
            known.append((parameter.name, LIVE if parameter.name == ACTIVATION else value))
    return Body(name=template.kind, template=str(folder / f"{template.kind}.yaml"), known=tuple(known), awaited=tuple(awaited))
