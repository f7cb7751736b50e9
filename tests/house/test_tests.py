"""What tests may not do, and that every part of the deployer has one."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.support.source_tree import ROOT, Module, modules, told

# Rooms that are driven from outside have their tests elsewhere than tests/unit/<room>/.
FOLDERS_OF = {"local": ("tests/local/", "tests/unit/local/")}
MOCKS = ("unittest.mock", "mock", "pytest_mock")
MARKS_THAT_HIDE = ("skip", "skipif", "xfail")


def shortcuts(module: Module) -> Iterator[str]:
    """Yield a sentence for every mock, patched internal, skipped or excused test."""
    for one in module.imports:
        if one.module in MOCKS or (one.module == "unittest" and "mock" in one.names):
            yield f"{module.path}:{one.line}: imports {one.module}"
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Attribute):
            continue
        owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr if isinstance(node.value, ast.Attribute) else ""
        if owner == "monkeypatch" and node.attr in ("setattr", "delattr"):
            yield f"{module.path}:{node.lineno}: patches an internal with monkeypatch.{node.attr}"
        if (owner == "mark" and node.attr in MARKS_THAT_HIDE) or (owner == "pytest" and node.attr in (*MARKS_THAT_HIDE, "importorskip")):
            yield f"{module.path}:{node.lineno}: {owner}.{node.attr} hides a test"


def reached(files: tuple[Module, ...], tests: tuple[Module, ...]) -> set[str]:
    """Return the modules that some test names, and those that such a module of the same room is made of.

    Naming is importing, or the dotted name in a text: the embedded AWS starts its server and its extensions by name.
    """
    known = {module.name: module for module in files}
    todo = [name for name in known if any(_names(test, name) for test in tests if _may_name(test, known[name]))]
    found = set(todo)
    while todo:
        module = known[todo.pop()]
        for name in known:
            if name not in found and known[name].room == module.room and _names(module, name):
                found.add(name)
                todo.append(name)
    return found


def _may_name(test: Module, module: Module) -> bool:
    """Return whether this is one of the module's own tests: its room's folder, or what such tests are built from."""
    return test.path.startswith((*FOLDERS_OF.get(module.room, (f"tests/unit/{module.room}/",)), "tests/support/"))


def _names(module: Module, name: str) -> bool:
    package, _, stem = name.rpartition(".")
    imported = any(one.module == name or (one.module == package and stem in one.names) for one in module.imports)
    return imported or f'"{name}"' in module.text


def test_tests_take_no_shortcuts() -> None:
    """Hand-made fakes keep a contract; a patch only keeps a test green."""
    faults = [fault for module in modules("tests") for fault in shortcuts(module)]

    assert not faults, told(
        faults, "Give the code a seam and the test a fake of its own in tests/support/; make the test pass or remove it."
    )


def test_every_module_is_part_of_something_its_room_tests() -> None:
    """A module has a test in its room's folder, or is an inner part of one that has."""
    found = reached(modules("deployer"), modules("tests"))
    faults = [
        f"{module.path}: no test in {_folders(module)} reaches it"
        for module in modules("deployer")
        if module.name not in found and not module.path.endswith(("/__init__.py", "/__main__.py"))
    ]

    assert not faults, told(faults, "Write a test for it there: one that imports it, or what it is part of.")


def test_test_folders_mirror_the_rooms() -> None:
    """A test is found where the code's place says."""
    rooms = {module.room for module in modules("deployer")} - {""}
    folders = sorted(path.name for path in (ROOT / "tests" / "unit").iterdir() if path.is_dir() and path.name != "__pycache__")
    faults = [f"tests/unit/{name}: deployer/{name} does not exist" for name in folders if name not in rooms]

    assert not faults, told(faults, "Name the folder after the room it tests.")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from unittest import mock", id="unittest's mock"),
        pytest.param("from unittest.mock import patch", id="patch"),
        pytest.param("def test_x(monkeypatch):\n    monkeypatch.setattr('a.b', 1)", id="monkeypatch"),
        pytest.param("import pytest\n@pytest.mark.skip\ndef test_x(): ...", id="mark"),
        pytest.param("import pytest\n@pytest.mark.xfail(strict=True)\ndef test_x(): ...", id="excuse"),
        pytest.param("import pytest\ndef test_x():\n    pytest.skip('later')", id="call"),
        pytest.param("import pytest\nx = pytest.importorskip('x')", id="import or skip"),
    ],
)
def test_shortcut_is_found(text: str) -> None:
    """The rule can fail."""
    assert len(list(shortcuts(Module(path="tests/test_x.py", text=text)))) == 1


def test_module_no_test_reaches_is_found() -> None:
    """The rule can fail: through another room is not enough."""
    files = (
        Module(path="deployer/aws/tested.py", text="from deployer.aws import inner"),
        Module(path="deployer/aws/inner.py", text="from deployer.vocabulary.alone import x"),
        Module(path="deployer/aws/alone.py", text=""),
        Module(path="deployer/vocabulary/alone.py", text=""),
    )
    tests = (
        Module(path="tests/unit/aws/test_tested.py", text="from deployer.aws.tested import x"),
        Module(path="tests/unit/cli/test_other.py", text="import deployer.aws.alone"),
    )

    assert reached(files, tests) == {"deployer.aws.tested", "deployer.aws.inner"}


def _folders(module: Module) -> str:
    return " or ".join(FOLDERS_OF.get(module.room, (f"tests/unit/{module.room}/",)))
