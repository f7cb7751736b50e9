"""Every module says what it promises, every test what it expects; nothing is left unfinished."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.source_tree import Module, modules, told

FOLDERS = ("deployer", "functions", "canaries", "bench", "tests")
EMPTY_NAMES = ("utils", "util", "helpers", "helper", "common", "misc", "manager")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX)\b(?! \(#\d+\))")


def silent(module: Module) -> Iterator[str]:
    """Yield a sentence when a module does not say what it promises, or a test what it expects."""
    if not ast.get_docstring(module.tree):
        yield f"{module.path}:1: has no docstring"
    for function in module.functions():
        if function.name.startswith("test_") and "/test_" in module.path and not ast.get_docstring(function):
            yield f"{module.path}:{function.lineno}: {function.name} has no docstring"


def nameless(module: Module) -> Iterator[str]:
    """Yield a sentence when a file or class is named after nothing."""
    stem = module.path.rpartition("/")[2].removesuffix(".py")
    if stem.lower() in EMPTY_NAMES:
        yield f"{module.path}:1: {stem} says nothing of what it holds"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Utils")):
            yield f"{module.path}:{node.lineno}: {node.name} says nothing of what it is"


def unfinished(module: Module) -> Iterator[str]:
    """Yield a sentence for what was left for later without an issue to find it by."""
    for line, comment in module.comments():
        if UNFINISHED.search(comment):
            yield f"{module.path}:{line}: {comment.strip()}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Raise) and node.exc is not None:
            raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            if isinstance(raised, ast.Name) and raised.id == "NotImplementedError":
                yield f"{module.path}:{node.lineno}: raises NotImplementedError"


def unsorted_exports(module: Module) -> Iterator[str]:
    """Yield a sentence when `__all__` is not in order."""
    for node in module.tree.body:
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets):
            names = ast.literal_eval(node.value)
            if list(names) != sorted(names):
                yield f"{module.path}:{node.lineno}: __all__ is not sorted"


def test_every_module_and_test_says_what_it_promises() -> None:
    """A reader knows from the first lines whether this is the place."""
    faults = [fault for module in modules(*FOLDERS) for fault in silent(module)]

    assert not faults, told(faults, "Say in a sentence what it promises; if that is hard, it holds two things.")


def test_names_say_something() -> None:
    """Nothing is called after nothing."""
    faults = [fault for module in modules(*FOLDERS) for fault in nameless(module)]

    assert not faults, told(faults, "Name it after the one thing it holds or does.")


def test_nothing_is_left_unfinished() -> None:
    """What is for later has an issue, and its number stands here: `# TODO (#12): …`."""
    faults = [fault for module in modules(*FOLDERS) for fault in unfinished(module)]

    assert not faults, told(faults, "Finish it, or open an issue and write its number: TODO (#12).")


def test_exports_are_sorted() -> None:
    """A name is found where it is looked for."""
    faults = [fault for module in modules("deployer", "functions") for fault in unsorted_exports(module)]

    assert not faults, told(faults, "Sort __all__.")


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        pytest.param(silent, "x = 1\n", id="module without docstring"),
        pytest.param(silent, '"""Words."""\ndef test_it():\n    pass\n', id="test without docstring"),
        pytest.param(nameless, "class StackManager:\n    pass\n", id="Manager"),
        pytest.param(unfinished, "x = 1  # TODO: later\n", id="note without issue"),
        pytest.param(unfinished, "# FIXME\n", id="fault left"),
        pytest.param(unfinished, "def f():\n    raise NotImplementedError\n", id="promise not kept"),
        pytest.param(unfinished, "def f():\n    raise NotImplementedError('x')\n", id="promise not kept, with words"),
        pytest.param(unsorted_exports, "__all__ = ['b', 'a']\n", id="exports"),
    ],
)
def test_fault_is_found(rule: object, text: str) -> None:
    """Each rule can fail."""
    assert len(list(rule(Module(path="tests/test_x.py", text=text)))) == 1  # type: ignore[operator]


def test_file_named_after_nothing_is_found() -> None:
    """The rule can fail."""
    assert list(nameless(Module(path="deployer/aws/utils.py", text="")))


def test_note_with_an_issue_is_fine() -> None:
    """The rule does not fail without a reason; nor for the word in a text."""
    assert list(unfinished(Module(path="a.py", text='x = "TODO"  # TODO (#12): say it better\n'))) == []
