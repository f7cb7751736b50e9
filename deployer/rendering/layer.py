"""The layer all functions share: third-party libraries, built by pip for where they will run, and the project's own shared modules.

Promises the same zip for the same sources, requirements and platform; pip is asked once for each set of pins.
Wheels only, nothing compiled here: a source distribution would be built for this machine's processor and fail on Lambda's.
"""

from __future__ import annotations

import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZipFile

from deployer.rendering.packages import files_under, write_package, write_whole, zip_of
from deployer.rendering.rendered import Package, digest_of
from deployer.vocabulary.errors import DeployerError

LAYER_NAME: Final = "layer"
_KEY_PREFIX: Final = "layers/shared"
_PIP_SECONDS_MAX: Final = 300
_ERROR_LINES_MAX: Final = 6

# What pip notes about this installation rather than about the library: it differs between machines.
_INSTALLATION_NOTES: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "direct_url.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerPlatform:
    """Where a layer runs: a name that tells one platform's layer from another's, and pip's arguments for it."""

    name: str
    pip_arguments: tuple[str, ...]


# Lambda's python3.13 on arm64 is Amazon Linux 2023, glibc 2.34: every manylinux2014 wheel runs there.
LAMBDA: Final = LayerPlatform(
    name="python3.13-aarch64",
    pip_arguments=("--platform", "manylinux2014_aarch64", "--python-version", "3.13", "--implementation", "cp"),
)
HOST: Final = LayerPlatform(name=f"host-python{sys.version_info.major}.{sys.version_info.minor}-{platform.machine()}", pip_arguments=())


def shared_layer(functions: Path, *, runs_on: LayerPlatform, packages: Path) -> Package:
    """Return the layer's package: `functions/layer/requirements.txt` installed, beside every shared folder of `functions`.

    A shared folder is a Python package without a `handler.py` (`wire/` becomes `python/wire/`). Raises DeployerError with pip's
    last lines when pip fails; nothing half built is kept.
    """
    files = _libraries(functions / LAYER_NAME / "requirements.txt", runs_on=runs_on, packages=packages)
    for marker in functions.glob("*/__init__.py"):
        if not (marker.parent / "handler.py").exists():
            files |= files_under(marker.parent, prefix=f"python/{marker.parent.name}")
    return write_package(zip_of(files), name=LAYER_NAME, key_prefix=_KEY_PREFIX, packages=packages)


def _libraries(requirements: Path, *, runs_on: LayerPlatform, packages: Path) -> dict[str, bytes]:
    """Return the installed files, from `packages` when these pins were installed for this platform before."""
    built_from = digest_of(requirements.read_bytes() + b"\0" + runs_on.name.encode())
    kept = packages / f"libraries-{built_from[:16]}.zip"
    if not kept.exists():
        with TemporaryDirectory(prefix="layer-") as folder:
            _install(requirements, runs_on=runs_on, target=Path(folder))
            write_whole(kept, zip_of(_installed_files(Path(folder))))
    with ZipFile(kept) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _installed_files(installed: Path) -> dict[str, bytes]:
    files = files_under(installed, prefix="python")
    return {
        name: content
        for name, content in files.items()
        if not name.startswith("python/bin/") and not (".dist-info/" in name and name.rsplit("/", 1)[1] in _INSTALLATION_NOTES)
    }


def _install(requirements: Path, *, runs_on: LayerPlatform, target: Path) -> None:
    command = (
        *(sys.executable, "-m", "pip", "install", "--requirement", str(requirements), "--target", str(target)),
        *("--no-deps", "--only-binary=:all:", "--no-compile", "--disable-pip-version-check", "--no-input", "--quiet"),
        *runs_on.pip_arguments,
    )
    try:
        outcome = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_SECONDS_MAX, check=False)
    except subprocess.TimeoutExpired as error:
        raise _refused(requirements, f"pip did not end within {_PIP_SECONDS_MAX} s.") from error
    if outcome.returncode != 0:
        last = [line for line in (outcome.stderr or outcome.stdout).splitlines() if line.strip()][-_ERROR_LINES_MAX:]
        raise _refused(requirements, "\n".join(last))


def _refused(requirements: Path, detail: str) -> DeployerError:
    return DeployerError(
        f"The functions' shared layer could not be built from {requirements}",
        detail,
        "Check the pins and that pip reaches a package index from here; once built, the layer is kept and pip is not asked again.",
    )
