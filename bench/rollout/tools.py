"""The other contestants' programs, at pinned versions and in places of their own: a virtual environment, and an npm project.

Both are made below `build/bench/` when they are not there, by pip and npm from what the pins name; nothing of them is the deployer's.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

from bench.markdown import ROOT

HERE: Final = Path(__file__).parent
REQUIREMENTS: Final = HERE / "requirements.txt"
NPM_FILES: Final = (HERE / "package.json", HERE / "package-lock.json")
_INSTALL_SECONDS_MAX: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Folders with the programs, for PATH; the project's own sources; and the versions by name."""

    paths: tuple[Path, ...]
    source: Path
    versions: tuple[tuple[str, str], ...]


class ToolsMissing(Exception):
    """The other contestants' programs could not be installed."""


def ready_tools(build: Path = ROOT / "build" / "bench") -> Tools:
    """Return the programs, installed below `build` unless they are there at these pins. Raises ToolsMissing."""
    environment = _once(build / "python", (REQUIREMENTS,), _install_python)
    modules = _once(build / "node", NPM_FILES, _install_npm)
    binaries = environment / "bin"
    freeze = subprocess.run(
        [binaries / "python", "-m", "pip", "list", "--format=json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=_INSTALL_SECONDS_MAX,
    )
    installed = {one["name"].lower(): one["version"] for one in json.loads(freeze.stdout)}
    cdk = json.loads((modules / "node_modules" / "aws-cdk" / "package.json").read_text("utf-8"))["version"]
    versions = (("AWS CLI", installed["awscli"]), ("Sceptre", installed["sceptre"]), ("CDK CLI", cdk))
    return Tools(paths=(binaries, modules / "node_modules" / ".bin"), source=ROOT, versions=versions)


def _once(target: Path, pins: tuple[Path, ...], install: object) -> Path:
    """Return `target` with what the pins name, made anew when it was made from others."""
    digest = sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()
    stamp = target / "made-from.txt"
    if not (stamp.is_file() and stamp.read_text("utf-8") == digest):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        install(target)  # type: ignore[operator]
        stamp.write_text(digest, "utf-8")
    return target


def _install_python(target: Path) -> None:
    venv.create(target, with_pip=True)
    _run([target / "bin" / "python", "-m", "pip", "install", "--quiet", "--requirement", REQUIREMENTS], target)


def _install_npm(target: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise ToolsMissing("npm is not installed, and the CDK CLI comes by it (Debian: apt-get install nodejs npm)")
    for file in NPM_FILES:
        shutil.copy(file, target)
    _run([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], target)


def _run(words: list[Path | str], folder: Path) -> None:
    ended = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=_INSTALL_SECONDS_MAX, check=False)
    if ended.returncode != 0:
        lines = (ended.stdout + ended.stderr).strip().splitlines()[-10:]
        raise ToolsMissing("\n".join((f"{' '.join(map(str, words))} ended with {ended.returncode}", *lines)))


if __name__ == "__main__":
    print(ready_tools(), file=sys.stdout)
