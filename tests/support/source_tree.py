"""The project's own source, read as text and syntax trees: what the rules of the house are checked on."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Import:
    """One import: `module` is absolute and dotted, `names` what is taken from it, `deferred` when inside a function."""

    line: int
    module: str
    names: tuple[str, ...]
    deferred: bool


@dataclass(frozen=True)
class Module:
    """One Python file: `path` from the project's root, with slashes."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def name(self) -> str:
        """The dotted name it is imported by."""
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    @property
    def room(self) -> str:
        """The folder right below `deployer/`, "" for files that lie in no room."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "deployer" and len(parts) > 2 else ""

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        """Every import, also those inside functions and under TYPE_CHECKING."""
        return tuple(self._imports(self.tree, deferred=False))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        """Yield every function and method."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def comments(self) -> Iterator[tuple[int, str]]:
        """Yield (line, text) of every comment."""
        for token in tokenize.generate_tokens(io.StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def _imports(self, node: ast.AST, *, deferred: bool) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                for alias in child.names:
                    yield Import(line=child.lineno, module=alias.name, names=(), deferred=deferred)
            elif isinstance(child, ast.ImportFrom):
                names = tuple(alias.name for alias in child.names)
                yield Import(line=child.lineno, module=self._absolute(child), names=names, deferred=deferred)
            else:
                inside = deferred or isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
                yield from self._imports(child, deferred=inside)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.path.endswith("/__init__.py") else self.name.split(".")[:-1]
        return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Return every Python file below these folders of the project, sorted by path."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(Module(path=path.relative_to(ROOT).as_posix(), text=path.read_text("utf-8")) for path in paths)


def told(faults: list[str], what_to_do: str) -> str:
    """Return a failing message: every fault on a line of its own, then the way out."""
    return "\n".join(["", *faults, "", what_to_do])
