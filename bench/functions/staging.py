"""Lays the functions out as Lambda does: a function's zip in one folder, the layer in another, and no bytecode in either.

Lambda's folders are read-only, so what a package brings without bytecode is compiled at every cold start: measured otherwise, a
handler of many lines would look as cheap as one of few. boto3 has its bytecode, as it has in Lambda's runtime.
"""

from __future__ import annotations

import importlib.util
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import ZipFile

from deployer.rendering.layer import HOST, shared_layer
from deployer.rendering.packages import function_packages

ROOT: Final = Path(__file__).parents[2]
_FOLDERS: Final = ("task", "authorizer", "layer", "peer", "bare", "libraries")
PEER_LIBRARIES: Final = ("aws_lambda_powertools", "aws_xray_sdk", "wrapt", "typing_extensions")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """Where things lie: `paths` maps a subject, or `utilities` for all of them, to the folders on its import path, in order."""

    folder: Path
    paths: dict[str, tuple[Path, ...]]


def stage(folder: Path, *, packages: Path) -> Staged:
    """Lay everything out below `folder`; `packages` keeps built zips from one time to the next. Raises DeployerError."""
    functions = ROOT / "functions"
    task, authorizer, layer, peer, bare, libraries = (folder / name for name in _FOLDERS)
    zips = {one.name: one.path for one in function_packages(functions, packages=packages)}
    _unpack(zips["payment"], task)
    _unpack(zips["authorizer"], authorizer)
    _unpack(shared_layer(functions, runs_on=HOST, packages=packages).path, layer)
    here = Path(__file__).parent
    for target, file in ((peer, "peer_handler.py"), (bare, "bare_handler.py")):
        target.mkdir(parents=True)
        shutil.copy(here / file, target)
    shutil.copy(here / "worker.py", folder)
    for name in PEER_LIBRARIES:
        _copy_library(name, libraries)
    ours = (task, layer / "python")
    paths = {"boto3": (bare,), "ours": ours, "peer": (peer, *ours, libraries), "utilities": (*ours, authorizer, libraries)}
    return Staged(folder=folder, paths=paths)


def _unpack(archive: Path, target: Path) -> None:
    with ZipFile(archive) as opened:
        opened.extractall(target)


def _copy_library(name: str, target: Path) -> None:
    """Copy an installed library's sources, and its distribution's notes stay behind: nothing here reads them."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{name} is not installed: uv pip install -c requirements.lock -e '.[local,dev]'")
    origin = Path(spec.origin)
    target.mkdir(exist_ok=True)
    if origin.name == "__init__.py":
        shutil.copytree(origin.parent, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(origin, target)
