"""The rule pack passes the rendered bodies, and objects each time one of them is broken in a way that every public pack passes."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from deployer.rendering.rendered import RenderedSystem
from tests.support.mutations import data, failover, regional
from tests.support.mutations.bodies import Mutation
from tests.support.rendering import as_data
from tests.support.rule_pack import objections, pack

MUTATIONS = failover.MUTATIONS | data.MUTATIONS | regional.MUTATIONS
KINDS = ("bootstrap", "regional", "global_")

Bodies = Callable[[str, str], Any]


@pytest.fixture(scope="session")
def bodies(rendered: Callable[[str], RenderedSystem]) -> Bodies:
    """Return a function from a parameter file's name and a kind to a copy of that body as data."""
    parsed: dict[tuple[str, str], Any] = {}

    def body_of(environment: str, kind: str) -> Any:
        key = (environment, kind)
        if key not in parsed:
            parsed[key] = as_data(getattr(rendered(environment), kind).body)
        return deepcopy(parsed[key])

    return body_of


@pytest.mark.parametrize("kind", KINDS)
def test_rendered_body_meets_no_objection(system: RenderedSystem, kind: str):
    """Neither an error nor a remark."""
    assert objections(getattr(system, kind).body) == []


@pytest.mark.parametrize("environment", ["local", "production"])
@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=MUTATIONS)
def test_broken_body_meets_its_rule(bodies: Bodies, environment: str, mutation: Mutation):
    """One small change, and the rule that is there for it objects."""
    body = bodies(environment, mutation.kind)
    mutation.change(body)

    assert mutation.number in objections(json.dumps(body))


def test_every_rule_is_met_by_a_mutation():
    """A rule that no fault of these bodies can meet is not shown to protect them."""
    assert {mutation.number for mutation in MUTATIONS.values()} == set(pack())
