"""No file needs itself: imports inside a room, and between rooms, make no circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter

from tests.support.source_tree import Module, modules, told


def needs(files: tuple[Module, ...]) -> dict[str, set[str]]:
    """Return module → modules it imports when it is imported; imports inside functions come later and make no circle."""
    known = {module.name for module in files}
    graph: dict[str, set[str]] = {}
    for module in files:
        wanted = {
            target for one in module.imports if not one.deferred for target in (one.module, *(f"{one.module}.{name}" for name in one.names))
        }
        # A package's __init__ is run before its modules: a module naming its own package is no circle by that alone.
        graph[module.name] = {name for name in wanted & known if name != module.name and not module.name.startswith(f"{name}.")}
    return graph


def loop_in(graph: dict[str, set[str]]) -> list[str]:
    """Return a loop, first and last the same, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(name) for name in reversed(error.args[1])]
    return []


def test_imports_make_no_circle() -> None:
    """Each file can be read after those it needs."""
    loop = loop_in(needs(modules("deployer")))

    assert not loop, told([" → ".join(loop)], "Move what both need into a file of its own below them.")


def test_functions_make_no_circle() -> None:
    """Nor what Lambda runs."""
    loop = loop_in(needs(modules("functions")))

    assert not loop, told([" → ".join(loop)], "Move what both need into a file of its own below them.")


def test_circle_is_found_and_printed() -> None:
    """The rule can fail, and says the loop."""
    files = (
        Module(path="deployer/aws/a.py", text="from deployer.aws import b"),
        Module(path="deployer/aws/b.py", text="from deployer.aws.c import x"),
        Module(path="deployer/aws/c.py", text="import deployer.aws.a"),
    )

    loop = loop_in(needs(files))

    assert loop[0] == loop[-1]
    assert set(loop) == {"deployer.aws.a", "deployer.aws.b", "deployer.aws.c"}


def test_import_inside_a_function_closes_no_circle() -> None:
    """It runs when both files are there."""
    files = (
        Module(path="deployer/cli/a.py", text="from deployer.cli.b import x"),
        Module(path="deployer/cli/b.py", text="def f():\n    from deployer.cli.a import y"),
    )

    assert loop_in(needs(files)) == []
