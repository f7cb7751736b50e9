"""The bodies of each parameter file, rendered once for all tests of this folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from deployer.params.load import load_environment
from deployer.rendering.render import render_system
from deployer.rendering.rendered import RenderedSystem
from tests.support.choices import EVERYTHING
from tests.support.rendering import PROJECT, a_project, an_environment

ENVIRONMENTS = ("local", "staging", "production")


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], RenderedSystem]:
    """Return a function from the name of a parameter file to its rendered system."""
    folder = tmp_path_factory.mktemp("rendered")
    source = a_project(folder / "project")
    systems: dict[str, RenderedSystem] = {}

    def system_of(name: str) -> RenderedSystem:
        if name not in systems:
            environment = load_environment(PROJECT / "params" / f"{name}.yaml")
            systems[name] = render_system(environment, source=source, build=folder / "build")
        return systems[name]

    return system_of


@pytest.fixture(params=ENVIRONMENTS)
def system(request: pytest.FixtureRequest, rendered: Callable[[str], RenderedSystem]) -> RenderedSystem:
    """Each parameter file's rendered system in turn."""
    return rendered(request.param)


@pytest.fixture
def local_system(rendered: Callable[[str], RenderedSystem]) -> RenderedSystem:
    """The rendered system of params/local.yaml, for what does not differ between environments."""
    return rendered("local")


@pytest.fixture(scope="session")
def full_system(tmp_path_factory: pytest.TempPathFactory) -> RenderedSystem:
    """The rendered system of an environment that has every optional part."""
    folder = tmp_path_factory.mktemp("full")
    return render_system(an_environment(**EVERYTHING), source=a_project(folder / "project"), build=folder / "build")
