"""The bills of whole systems: every type of every template is priced or free, and a bill follows what is deployed."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from deployer.costing.bill import Bill
from deployer.costing.function_meters import METRICS_WRITTEN
from deployer.costing.meters import FREE, METERS
from deployer.params.load import load_environment
from deployer.params.model import Environment
from deployer.planning.template_text import read_template
from tests.support.choices import EVERYTHING, THE_OTHER_WAY
from tests.support.costs import PRIMARY, SECONDARY, bill_of_environment, rendered, stacks_of
from tests.support.rendering import PROJECT, an_environment

FILES = tuple(sorted((PROJECT / "params").glob("*.yaml")))
SPARES = {"regions": [{"name": "us-west-1", "vpc_cidr": "10.2.0.0/16"}]}


def environments() -> Iterator[Environment]:
    """Yield every parameter file, and what no file asks for."""
    yield from (load_environment(path) for path in FILES)
    yield an_environment(**EVERYTHING)
    yield an_environment(**THE_OTHER_WAY)
    yield an_environment(spares=SPARES)


@pytest.fixture(scope="module")
def bill(project: Path) -> Callable[..., Bill]:
    """Return a function from changes to the bill of a small environment."""

    def of(**changes: Any) -> Bill:
        return bill_of_environment(an_environment(**changes), project)

    return of


def test_every_type_in_the_templates_is_priced_or_free(project: Path) -> None:
    """And none is listed that no template has: conditions aside, for a type must not hide behind one."""
    found = set()
    for environment in environments():
        system = rendered(environment, project)
        for template in (system.bootstrap, system.regional, system.global_):
            found |= {resource["Type"] for resource in read_template(template.body)["Resources"].values()}

    assert found == METERS.keys() | FREE.keys()
    assert not METERS.keys() & FREE.keys()


@pytest.mark.parametrize("environment", tuple(environments()), ids=lambda one: one.suffix)
def test_every_environment_has_a_bill(environment: Environment, project: Path) -> None:
    """Whatever its parameter file asks for."""
    found = bill_of_environment(environment, project)

    assert found.idle_usd > 50
    assert found.usd_per_million_payments > 10


def test_stacks_stand_where_a_roll_out_puts_them(project: Path) -> None:
    """A bootstrap in each Region, the regional body in each, spares not live, the global stack at home."""
    environment = an_environment(spares=SPARES | {"accounts": ["111122223333", "222233334444"]}, account_id="111122223333")
    stacks = stacks_of(environment, rendered(environment, project))

    assert [(one.kind, one.region, one.copies) for one in stacks] == [
        ("bootstrap", SECONDARY, 1),
        ("bootstrap", PRIMARY, 1),
        ("bootstrap", "us-west-1", 1),
        ("regional", PRIMARY, 1),
        ("regional", SECONDARY, 1),
        ("regional", "us-west-1", 2),
        ("global", SECONDARY, 1),
    ]
    assert [len(list(one.of_type("AWS::Synthetics::Canary"))) for one in stacks[3:6]] == [3, 3, 0]


def test_conditions_are_worked_out_for_each_region(project: Path) -> None:
    """What only the standby has, and what only the Region of Route 53's metrics has."""
    environment = an_environment()
    primary, secondary = stacks_of(environment, rendered(environment, project))[2:4]
    only_primary = {one.logical_id for one in primary.resources} - {one.logical_id for one in secondary.resources}
    only_secondary = {one.logical_id for one in secondary.resources} - {one.logical_id for one in primary.resources}

    assert only_primary == {"PrimaryCheckAlarm", "SecondaryCheckAlarm"}
    assert {"HoldTable", "FailoverLatchFunction", "StandbyTrafficAlarm"} <= only_secondary


def test_a_door_more_is_a_door_more_on_the_bill(bill: Callable[..., Bill]) -> None:
    """Two zones in two Regions."""
    added = bill(network={"interface_endpoints": ["secretsmanager", "ssm", "logs"]}).idle_usd - bill().idle_usd

    assert added == pytest.approx(29.20)


def test_parameters_that_cost_are_seen(bill: Callable[..., Bill]) -> None:
    """Each adds something to an idle month, or to a million payments."""
    plain, full = bill(), bill(**EVERYTHING)
    lines = {(line.logical_id, line.what) for line in full.lines} - {(line.logical_id, line.what) for line in plain.lines}

    assert ("PaymentFunctionAlias", "2 environments kept warm") in lines
    assert ("AuditKey", "key") in lines
    assert ("BackupPlan", "35 daily copies of the ledger") in lines
    assert ("FlowLogGroup", "lines of flows") in lines
    assert ("AuditBucket", "copies in time") in lines
    assert ("KmsEndpoint", "kms in 3 zones") in lines


def test_slower_checkers_send_a_third_of_the_requests(bill: Callable[..., Bill]) -> None:
    """The hold's stay as quick as they are."""

    def asked(interval: int) -> dict[tuple[str, str], float]:
        failover = {"request_interval_seconds": interval, "recovery_seconds_max": 300}
        lines = (line for line in bill(failover=failover).lines if line.logical_id == "RestApi" and line.price.key == "api request")
        return {(line.region, line.what): line.amount.idle for line in lines}

    quick, slow = asked(10), asked(30)
    assert slow[(PRIMARY, "requests of health checks")] == pytest.approx(quick[(PRIMARY, "requests of health checks")] / 3)
    assert slow[(SECONDARY, "requests of hold checks")] == quick[(SECONDARY, "requests of hold checks")]


def test_metrics_counted_for_a_function_are_those_it_writes() -> None:
    """One more in the source is one more on the bill."""
    folders = {"PaymentFunction": "payment", "AuditFunction": "audit", "ReconciliationFunction": "reconciliation"}
    written = {name: len(_metrics_written(folder)) for name, folder in (folders | {"RotationFunction": "rotation"}).items()}

    assert written == {name: count for name, (count, _) in METRICS_WRITTEN.items()}


def _metrics_written(folder: str) -> set[str]:
    """Return the metrics that a handler names: words run together, as keys of a dictionary."""
    tree = ast.parse((PROJECT / "functions" / folder / "handler.py").read_text("utf-8"))
    keys = (key.value for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys if isinstance(key, ast.Constant))
    return {key for key in keys if re.fullmatch("[A-Z][a-z]+(?:[A-Z][a-z]+)+", str(key))}
