"""Who takes part: what each is told to run, what it writes first, and what it cannot do. Preparing is nobody's measured time."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bench.rollout.cdk_assembly import lay_out_assembly
from bench.rollout.desk import FIRST, Desk
from bench.rollout.order import POLL_SECONDS, Order
from bench.rollout.sceptre_project import lay_out_project

_SCRIPTS: Final = Path(__file__).parent / "scripts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command to measure: its words, the folder it runs in, and what it has of variables beside the desk's."""

    words: tuple[str, ...]
    folder: Path
    variables: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contestant:
    """`name` is its column's head; `cannot` says what of the job it leaves out; `prepared(desk, job)` lays out what it needs."""

    name: str
    cannot: str
    prepared: Callable[[Desk, str], Command]


def _deployer(desk: Desk, job: str) -> Command:
    words = (sys.executable, "-m", "deployer", "roll-out", str(desk.params), "--yes")
    return Command(words=words, folder=desk.params.parents[1], variables={})


def _bare(desk: Desk, job: str) -> Command:
    words = (sys.executable, "-m", "bench.rollout.bare", str(desk.orders.file(job)), job)
    return Command(words=words, folder=desk.folder, variables={})


def _aws_cli(desk: Desk, job: str) -> Command:
    order, folder = desk.orders.of(job), _fresh(desk.folder / "aws-cli")
    for body in order.bodies:
        shutil.copy(body.template, folder / f"{body.name}.yaml")
    _lay_out_parameters(order, folder / "parameters")
    _lay_out_packages(order, folder / "packages")
    return _script("aws_cli.sh", folder, order, job)


def _sceptre(desk: Desk, job: str) -> Command:
    order, folder = desk.orders.of(job), desk.folder / "sceptre"
    packages = _fresh(desk.folder / "sceptre-packages")
    lay_out_project(order, folder, packages=packages)
    _lay_out_packages(order, packages)
    return _script("sceptre.sh", folder, order, job)


def _cdk(desk: Desk, job: str) -> Command:
    order, folder = desk.orders.of(job), desk.folder / "cdk"
    lay_out_assembly(order, folder / "assembly")
    _lay_out_parameters(order, folder / "parameters")
    return _script("cdk.sh", folder, order, job)


def _script(name: str, folder: Path, order: Order, job: str) -> Command:
    variables = {
        "SUFFIX": order.suffix,
        "ACCOUNT_ID": order.account_id,
        "HOME_REGION": order.home_region,
        "PRIMARY_REGION": order.regions[-1],
        "REGIONS": " ".join(order.regions),
        "STACK_SET": order.stack_set,
        "TAGS": " ".join(f"{name}={value}" for name, value in order.tags),
        "POLL_SECONDS": str(POLL_SECONDS),
        "IS_FIRST": "yes" if job == FIRST else "no",
    }
    return Command(words=("bash", str(_SCRIPTS / name)), folder=folder, variables=variables)


def _lay_out_parameters(order: Order, folder: Path) -> None:
    """Write what is known of each body's parameters to `<folder>/<body>.txt`, a NAME=VALUE a line."""
    folder.mkdir(exist_ok=True)
    for body in order.bodies:
        (folder / f"{body.name}.txt").write_text("".join(f"{name}={value}\n" for name, value in body.known), "utf-8")


def _lay_out_packages(order: Order, folder: Path) -> None:
    """Copy the packages so that each lies below `folder` under its key."""
    for upload in order.uploads:
        target = folder / upload.key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(upload.path, target)


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


OURS: Final = Contestant(name="this deployer", cannot="", prepared=_deployer)
BARE: Final = Contestant(
    name="bare operations",
    cannot="It is no tool: told beforehand what stands and what to do, it looks at nothing, checks nothing and survives no surprise.",
    prepared=_bare,
)
AWS_CLI: Final = Contestant(
    name="AWS CLI script",
    cannot="Drives StackSets, with a wait for their operations written by hand. No plan, no gate, no undo, no lock; killed half-way it may"
    " take a first roll-out for a later one.",
    prepared=_aws_cli,
)
SCEPTRE: Final = Contestant(
    name="Sceptre",
    cannot="No StackSets: a stack in each Region instead. Carries no packages (a hook calls the AWS CLI). The circle of regional and global"
    " stacks needs a second launch by a script. No gate, no undo across stacks, no lock.",
    prepared=_sceptre,
)
CDK: Final = Contestant(
    name="CDK CLI",
    cannot="No StackSets: a stack in each Region instead. An assembly carries no parameter's value, nor one from Region to Region (a script"
    " gives them). No gate, no undo across stacks, no lock.",
    prepared=_cdk,
)
CONTESTANTS: Final = (OURS, BARE, AWS_CLI, SCEPTRE, CDK)
