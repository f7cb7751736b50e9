"""One contestant's place for one round: an embedded AWS of its own that nothing stands in, its counter, and the orders as files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import boto3

from bench.markdown import ROOT
from bench.rollout.counter import Counted, counting
from bench.rollout.order import Order, order_text
from bench.rollout.project import change_one_function, copy_project, make_order
from bench.rollout.tools import Tools
from deployer.local import control
from deployer.local.state import LocalState, write_state

FIRST: Final = "first"
NO_CHANGE: Final = "no change"
ONE_FUNCTION: Final = "one function"
# Where `deployer check` keeps what it found, so that a roll-out of the same templates need not lint them again.
LINTED: Final = "lint.json"
JOBS: Final = (FIRST, NO_CHANGE, ONE_FUNCTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What is to stand `before` the one function changed and `after`, and the files that say so, made once for every round."""

    before: Order
    after: Order
    folder: Path

    def of(self, job: str) -> Order:
        """Return what is to stand after a job."""
        return self.after if job == ONE_FUNCTION else self.before

    def file(self, job: str) -> Path:
        """Return the file with the order of a job."""
        return self.folder / ("after.json" if job == ONE_FUNCTION else "before.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`params` is the parameter file in a copy of the project, `folder` what else the contestant may write in."""

    folder: Path
    params: Path
    orders: Orders
    tools: Tools
    state: LocalState
    counted: Counted

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables of every command: this AWS through the counter, nothing of the machine's own settings."""
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        region = self.orders.before.home_region
        return kept | {
            "PATH": os.pathsep.join((*map(str, self.tools.paths), os.environ.get("PATH", os.defpath))),
            "AWS_ENDPOINT_URL": self.counted.url,
            "AWS_ACCESS_KEY_ID": self.state.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.state.secret_access_key,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
            "NO_COLOR": "1",
            "DEPLOYER_LOCAL_HOME": self.state.home,
            "PYTHONPATH": str(self.tools.source),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
        }

    @property
    def events(self) -> Path:
        """Return where the deployer logs what happens."""
        return self.params.parents[1] / "build" / self.orders.before.suffix / "events.jsonl"

    def lay_out_lint(self, job: str) -> None:
        """Put what `deployer check` has found there: a pipeline lints before it rolls out, and the others lint nothing."""
        self.events.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(self.orders.file(job).with_suffix(".lint.json"), self.events.with_name(LINTED))

    def apply_change(self) -> None:
        """Change the one function in the copy."""
        change_one_function(self.params.parents[1])


@contextmanager
def a_desk(folder: Path, orders: Orders, tools: Tools) -> Iterator[Desk]:
    """Start an embedded AWS, stand a counter before it, copy the project; take the first two down on the way out. Raises DeployerError."""
    folder.mkdir(parents=True)
    params = copy_project(folder / "project")
    home = folder / "home"
    state = control.start(home, ("us-east-1", "us-east-2"), port=0, edge_port=0, dns_port=0)
    try:
        with counting(state.endpoint) as counted:
            # Whoever asks where the embedded AWS is, hears of the counter.
            write_state(replace(state, endpoint=counted.url))
            yield Desk(folder=folder, params=params, orders=orders, tools=tools, state=state, counted=counted)
    finally:
        control.stop(home)


def make_orders(folder: Path, *, account_id: str) -> Orders:
    """Render and check both states of the project below `folder`, and write the orders. Raises DeployerError, CalledProcessError."""
    params = copy_project(folder / "project")
    made = []
    for name in ("before", "after"):
        order = make_order(params, folder / name, account_id=account_id)
        (folder / f"{name}.json").write_text(order_text(order), "utf-8")
        words = [sys.executable, "-m", "deployer", "check", str(params)]
        subprocess.run(words, cwd=folder / "project", env=os.environ | {"PYTHONPATH": str(ROOT)}, check=True, capture_output=True)
        shutil.copy(folder / "project" / "build" / order.suffix / LINTED, folder / f"{name}.lint.json")
        made.append(order)
        change_one_function(params.parents[1])
    return Orders(before=made[0], after=made[1], folder=folder)


def client(desk: Desk, service: str, region: str) -> object:
    """Return a boto3 client that asks this AWS uncounted."""
    return boto3.session.Session().client(  # type: ignore[call-overload]
        service,
        region_name=region,
        endpoint_url=desk.state.endpoint,
        aws_access_key_id=desk.state.access_key_id,
        aws_secret_access_key=desk.state.secret_access_key,
    )
