"""The taskcat gate: `taskcat lint` and `taskcat test run` of the regional template in both Regions and of the global one.

Run as `python -m tests.taskcat.gate` by `tox -e taskcat`. taskcat speaks to an embedded AWS of its own, makes the stacks with the very
parameters that a first roll-out would, and takes them down again; whether all that happened is then asked of AWS, not of taskcat.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from deployer.aws.stacks import GONE, read_stack
from deployer.local import control
from deployer.local.state import LocalState
from deployer.vocabulary.errors import DeployerError
from tests.support.what_is_left import what_is_left
from tests.taskcat.command import taskcat, variables_for
from tests.taskcat.empty_internet import empty_internet
from tests.taskcat.environments import ROOT, Account, Groundwork, an_environment, lay_groundwork, tear_down

FOLDER: Final = ROOT / "build" / "taskcat"
PROJECT_NAME: Final = "payments"
REMOVAL_SECONDS_MAX: Final = 60.0

# Stack name and Region of each stack that taskcat is to make.
Stacks = tuple[tuple[str, str], ...]


def main() -> int:
    """Run the gate; print what is wrong as soon as it is known, return 0 when nothing is."""
    count = 0
    for fault in faults():
        count += 1
        print(f"FAULT: {fault}", file=sys.stderr, flush=True)
    print(f"taskcat: {count} faults")
    return 1 if count else 0


def faults() -> Iterator[str]:
    """Yield everything that went wrong between an empty account and the same account left empty again."""
    with an_embedded_aws(FOLDER / "aws") as state:
        account = Account.of(state)
        try:
            regional = lay_groundwork(account, an_environment("tcregional"), before="regional")
            global_ = lay_groundwork(account, an_environment("tcglobal"), before="global")
            stacks = write_project(FOLDER / "project", regional, global_)
            with empty_internet(FOLDER / "ca.pem") as proxy:
                variables = variables_for(state, home=FOLDER / "home", proxy=proxy, ca_bundle=FOLDER / "ca.pem")
                yield from faults_of_taskcat(account, stacks, variables)
            tear_down(account, (regional, global_))
            yield from (f"left behind: {thing}" for suffix in ("tcregional", "tcglobal") for thing in what_is_left(account.client, suffix))
        except DeployerError as error:
            yield f"what the stacks stand on could not be made or taken down: {error}"


@contextmanager
def an_embedded_aws(home: Path) -> Iterator[LocalState]:
    """Start an embedded AWS in an empty folder; end it on the way out."""
    control.stop(home)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    environment = an_environment("tcregional")
    try:
        yield control.start(home, (environment.primary.name, environment.secondary.name), port=0, edge_port=0)
    finally:
        control.stop(home)


def write_project(folder: Path, regional: Groundwork, global_: Groundwork) -> Stacks:
    """Write what taskcat is run on: both bodies and `.taskcat.yml`; return the stacks that it describes."""
    (folder / "templates").mkdir(parents=True)
    tests = {
        "regional": (regional, regional.system.regional, "stack set", regional.environment.rollout_order),
        "global": (global_, global_.system.global_, "global stack", (global_.environment.home_region,)),
    }
    described: dict[str, Any] = {}
    for name, (ground, template, kind, regions) in tests.items():
        (folder / "templates" / f"{name}.yaml").write_text(template.body, encoding="utf-8")
        described[name] = {
            "template": f"templates/{name}.yaml",
            "regions": list(regions),
            "stack_name": ground.name(kind),
            "parameters": ground.parameters,
            "tags": ground.tags,
        }
    # A bucket that taskcat names itself is one that it forgets. It builds packages with Docker unless told that there are none.
    project = {"name": PROJECT_NAME, "s3_bucket": regional.bucket(regional.environment.primary.name), "package_lambda": False}
    text = yaml.safe_dump({"project": project, "tests": described}, sort_keys=False)
    (folder / ".taskcat.yml").write_text(text, encoding="utf-8")
    return tuple((one["stack_name"], region) for one in described.values() for region in one["regions"])


def faults_of_taskcat(account: Account, stacks: Stacks, variables: dict[str, str]) -> Iterator[str]:
    """Yield what went wrong when taskcat linted the templates, made the stacks and took them down again.

    The run leaves the stacks standing, so that AWS can be asked what they came to; `taskcat test clean` takes them down.
    """
    project = FOLDER / "project"
    if not taskcat("lint", "--strict", project=project, variables=variables):
        yield "taskcat lint failed"
    if not taskcat("test", "run", "--lint-disable", "--no-delete", "--minimal-output", project=project, variables=variables):
        yield "taskcat test run failed"
    made = [(name, region, read_stack(account.aws, name, region)) for name, region in stacks]
    for name, region, stack in made:
        if stack is None or stack.status != "CREATE_COMPLETE":
            yield f"{name} in {region}: {stack.status if stack else 'never made'}"
    regions = ",".join(sorted({region for _, region in stacks}))
    if not taskcat("test", "clean", PROJECT_NAME, "--region", regions, project=project, variables=variables):
        yield "taskcat test clean failed"
    until = time.monotonic() + REMOVAL_SECONDS_MAX
    for name, region, stack in made:
        if stack and (status := _status_after_removal(account, stack.stack_id, region, until)) != GONE:
            yield f"{name} in {region} was not taken down: {status}"


def _status_after_removal(account: Account, stack_id: str, region: str, until: float) -> str:
    while True:
        stack = read_stack(account.aws, stack_id, region)
        if stack is None or not stack.in_progress or time.monotonic() > until:
            return stack.status if stack else GONE
        time.sleep(0.2)


if __name__ == "__main__":
    sys.exit(main())
