"""A file imports only from lower floors; rooms on one floor do not know each other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.source_tree import Module, modules, told

FLOORS = {
    "vocabulary": 0,
    "params": 1,
    "aws": 1,
    "local": 1,
    "outside": 1,
    "rendering": 2,
    "rules": 2,
    "costing": 3,
    "planning": 3,
    "rollout": 4,
    "reporting": 4,
    "drill": 5,
    "cli": 6,
    "": 7,  # deployer/__init__.py and __main__.py
}

# The deployer cannot tell the embedded AWS from AWS: it sees an endpoint.
ROOMS_THAT_KNOW_LOCAL = ("local", "drill", "cli")


def stairs_up(module: Module) -> Iterator[str]:
    """Yield a sentence for every import that goes up, or next door."""
    if module.room not in FLOORS:
        yield f"{module.path}:1: the room {module.room} has no floor"
        return
    for one in module.imports:
        parts = one.module.split(".")
        if parts[0] == "tests" or (parts[0] == "deployer" and module.path.split("/")[0] != "deployer"):
            yield f"{module.path}:{one.line}: imports {one.module}"
        if parts[0] != "deployer":
            continue
        for room in {parts[1]} if len(parts) > 1 else {name for name in one.names if name in FLOORS}:
            if room == module.room:
                continue
            here, there = FLOORS[module.room], FLOORS.get(room, 99)
            if there >= here:
                yield f"{module.path}:{one.line}: {module.room} (floor {here}) imports {room} (floor {there})"
            elif room == "local" and module.room not in ROOMS_THAT_KNOW_LOCAL:
                yield f"{module.path}:{one.line}: {module.room} knows the embedded AWS"


def test_every_import_goes_down() -> None:
    """Data flows one way."""
    faults = [fault for module in modules("deployer") for fault in stairs_up(module)]

    assert not faults, told(faults, "Move the code to the floor that may know both, or pass what is needed as an argument.")


def test_what_lambda_runs_imports_no_deployer() -> None:
    """A function's zip holds nothing but the function."""
    faults = [
        f"{module.path}:{one.line}: imports {one.module}"
        for module in modules("functions", "canaries")
        for one in module.imports
        if one.module.split(".")[0] in ("deployer", "tests")
    ]

    assert not faults, told(faults, "Copy nothing either: give the function its own rule, beside its handler.")


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        pytest.param(
            "deployer/params/x.py", "from deployer.planning.plan import Step", "params (floor 1) imports planning (floor 3)", id="up"
        ),
        pytest.param("deployer/params/x.py", "import deployer.aws.stacks", "params (floor 1) imports aws (floor 1)", id="next door"),
        pytest.param(
            "deployer/rollout/x.py", "def f():\n    from deployer import reporting", "rollout (floor 4)", id="late and by package"
        ),
        pytest.param("deployer/rollout/x.py", "from deployer.local import server", "rollout knows the embedded AWS", id="emulator"),
        pytest.param("deployer/planning/x.py", "from ..cli import root", "planning (floor 3) imports cli (floor 6)", id="relative"),
        pytest.param("deployer/attic/x.py", "", "the room attic has no floor", id="room without a floor"),
        pytest.param("deployer/cli/x.py", "from tests.support import surveys", "imports tests.support", id="tests"),
    ],
)
def test_import_that_goes_up_is_found(path: str, text: str, fault: str) -> None:
    """The rule can fail."""
    [found] = stairs_up(Module(path=path, text=text))

    assert fault in found


def test_import_that_goes_down_is_fine() -> None:
    """The rule does not fail without a reason."""
    module = Module(path="deployer/cli/x.py", text="import json\nfrom deployer.local import server\nfrom deployer.cli.root import main")

    assert list(stairs_up(module)) == []
