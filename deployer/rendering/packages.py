"""Reproducible zips: the same files give the same bytes on any machine, so a digest says whether code changed.

Entries are sorted, dated 1980-01-01, mode 0644 and stored uncompressed: compressed bytes differ between zlib builds, and a few
kilobytes saved are not worth a digest that moves with the machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from os import getpid
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from deployer.rendering.rendered import Package, digest_of
from deployer.vocabulary.errors import DeployerError

# Characters of the digest in a key: 64 bits, enough never to meet twice and short enough to read out.
KEY_DIGEST_CHARACTERS: Final = 16

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)
_FILE_MODE: Final = 0o100644 << 16
_UNIX: Final = 3


def zip_of(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of these files (path inside the zip -> content), the same bytes for the same files."""
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_STORED) as archive:
        for name in sorted(files):
            entry = ZipInfo(name, _EARLIEST)
            entry.external_attr, entry.create_system = _FILE_MODE, _UNIX
            archive.writestr(entry, files[name])
    return stream.getvalue()


def files_under(folder: Path, *, prefix: str) -> dict[str, bytes]:
    """Return every file below `folder`, its path inside the zip starting with `prefix`; no bytecode, no hidden files."""
    found = {}
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        if path.is_file() and path.suffix != ".pyc" and not any(part.startswith((".", "__pycache__")) for part in inside.parts):
            found[f"{prefix}/{inside.as_posix()}"] = path.read_bytes()
    return found


def function_packages(functions: Path, *, packages: Path) -> tuple[Package, ...]:
    """Zip every function below `functions` (a folder with a `handler.py`) into `packages`; return them sorted by name.

    The folder stays a Python package inside the zip (`payment/handler.py`), so a handler is `payment.handler.handle` and
    its modules import each other as they do in tests. Raises DeployerError when there is no function at all.
    """
    folders = sorted(path.parent for path in functions.glob("*/handler.py"))
    if not folders:
        raise DeployerError(
            f"No function found in {functions}",
            "A function is a folder with a handler.py.",
            "Run the command in the project's root, where functions/ and templates/ are.",
        )
    return tuple(
        write_package(
            zip_of(files_under(folder, prefix=folder.name)), name=folder.name, key_prefix=f"functions/{folder.name}", packages=packages
        )
        for folder in folders
    )


def canary_packages(canaries: Path, *, packages: Path) -> tuple[Package, ...]:
    """Zip every canary below `canaries`, one file each, into `packages`; return them sorted by name, which is the file's.

    Synthetics looks for a Python canary in the zip's folder `python/` (F7.2), so the handler is `<name>.<function>`.
    """
    return tuple(
        write_package(
            zip_of({f"python/{path.name}": path.read_bytes()}), name=path.stem, key_prefix=f"canaries/{path.stem}", packages=packages
        )
        for path in sorted(canaries.glob("*.py"))
    )


def write_package(body: bytes, *, name: str, key_prefix: str, packages: Path) -> Package:
    """Write a zip as `<packages>/<name>-<digest>.zip` unless it is there, and return where it goes in an artifact bucket."""
    digest = digest_of(body)
    short = digest[:KEY_DIGEST_CHARACTERS]
    path = packages / f"{name}-{short}.zip"
    if not path.exists():
        write_whole(path, body)
    return Package(name=name, path=path, digest=digest, key=f"{key_prefix}/{short}.zip")


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that it is there whole or not at all, also when another process writes the same one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{getpid()}.partial")
    partial.write_bytes(body)
    partial.replace(path)
