"""Each third-party library has one room, so that a new version of it is met in one place."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from tests.support.source_tree import Module, modules, told

# library -> the files that may import it, as patterns below deployer/
ROOMS = {
    "pydantic": ("params/*",),
    "yaml": (
        "params/*",
        "local/attach_reading.py",  # the same for MiniStack, whose own loader takes a second for a body
        "planning/template_text.py",  # CloudFormation's own YAML, without the second that importing cfn-lint takes
        "rendering/contract.py",  # the OpenAPI document
    ),
    "boto3": ("aws/*", "local/*"),
    "botocore": ("aws/*", "local/*"),
    "jinja2": ("rendering/*",),
    "cfnlint": ("planning/lint.py", "local/schemas.py", "rules/*"),
    "rich": ("reporting/*",),
    "click": ("cli/*",),
    "ministack": ("local/attach*.py",),
    "hypercorn": ("local/*",),
    "trustme": ("local/*",),
    "cryptography": ("local/*",),
    "numpy": ("drill/simulation/*",),
    "plotly": ("drill/*",),
    "dns": ("local/name_server.py", "local/synthetics/runtime.py", "outside/names.py", "drill/names.py"),
    "aiohttp": ("drill/*",),
}

# Slow to import, needed by few commands: only inside functions.
DEFERRED = ("cfnlint",)


def strangers(module: Module) -> Iterator[str]:
    """Yield a sentence for every library that has no business in this file."""
    inside = module.path.removeprefix("deployer/")
    for one in module.imports:
        library = one.module.split(".")[0]
        if library.startswith("types_boto3"):
            library = "boto3"
        if library in sys.stdlib_module_names or library == "deployer":
            continue
        if library not in ROOMS:
            yield f"{module.path}:{one.line}: {library} has no room"
        elif not any(fnmatch(inside, pattern) for pattern in ROOMS[library]):
            yield f"{module.path}:{one.line}: {library} belongs to {', '.join(ROOMS[library])}"
        elif library in DEFERRED and not one.deferred and not (module.room == "local" or _is_rule(module)):
            yield f"{module.path}:{one.line}: {library} is imported before it is needed"


def _is_rule(module: Module) -> bool:
    """Return whether cfn-lint itself loads this file; the room's `__init__` is what the deployer imports."""
    return module.room == "rules" and not module.path.endswith("/__init__.py")


def private_seams(module: Module) -> Iterator[str]:
    """Yield a sentence for every private name of ministack that is touched outside the files that attach to it."""
    names = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names if alias.name.split(".")[0] == "ministack")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ministack":
            names.update(alias.asname or alias.name for alias in node.names)
            yield from (f"{module.path}:{node.lineno}: {alias.name} is private" for alias in node.names if alias.name.startswith("_"))
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
            root: ast.expr = node.value
            while isinstance(root, ast.Attribute):
                root = root.value
            if isinstance(root, ast.Name) and root.id in names:
                yield f"{module.path}:{node.lineno}: {node.attr} is private"


def test_every_library_stays_in_its_room() -> None:
    """What other rooms get are dataclasses."""
    faults = [fault for module in modules("deployer") for fault in strangers(module)]

    assert not faults, told(faults, "Use the room's own functions; a new library gets a room in tests/house/test_library_rooms.py.")


def test_ministacks_private_names_are_touched_where_they_are_checked() -> None:
    """`local/attach*.py` looks at start whether they are still there; nobody else may hang on them."""
    checked = "deployer/local/attach"
    faults = [fault for module in modules("deployer") if not module.path.startswith(checked) for fault in private_seams(module)]

    assert not faults, told(faults, "Offer it from deployer/local/attach.py, which checks the seam when the embedded AWS starts.")


@pytest.mark.parametrize(
    ("path", "text", "fault"),
    [
        pytest.param("deployer/planning/x.py", "import boto3", "boto3 belongs to aws/*, local/*", id="wrong room"),
        pytest.param("deployer/planning/x.py", "from botocore.exceptions import ClientError", "botocore belongs to", id="its core"),
        pytest.param("deployer/cli/x.py", "from types_boto3_s3 import S3Client", "boto3 belongs to", id="its types"),
        pytest.param("deployer/cli/x.py", "def f():\n    import rich.table", "rich belongs to reporting/*", id="inside a function"),
        pytest.param("deployer/aws/x.py", "import requests", "requests has no room", id="new library"),
        pytest.param("deployer/planning/lint.py", "from cfnlint.api import lint", "before it is needed", id="too early"),
        pytest.param("deployer/rules/__init__.py", "import cfnlint", "before it is needed", id="too early, in front of the rules"),
        pytest.param("deployer/local/dns.py", "from ministack import app", "ministack belongs to local/attach*.py", id="emulator"),
    ],
)
def test_library_in_a_wrong_room_is_found(path: str, text: str, fault: str) -> None:
    """The rule can fail."""
    [found] = strangers(Module(path=path, text=text))

    assert fault in found


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("from ministack.services import provisioners\nprovisioners._RESOURCE_HANDLERS['X'] = f", id="attribute"),
        pytest.param("from ministack.services.provisioners import _RESOURCE_HANDLERS", id="name"),
        pytest.param("import ministack.app as app\napp.state._private.x = 1", id="deeper"),
    ],
)
def test_private_name_is_found(text: str) -> None:
    """The rule can fail."""
    assert len(list(private_seams(Module(path="deployer/local/x.py", text=text)))) == 1


def test_library_in_its_room_is_fine() -> None:
    """The rule does not fail without a reason."""
    module = Module(path="deployer/aws/x.py", text="import json\nimport boto3\nfrom deployer.vocabulary import names")

    assert list(strangers(module)) == []
