"""Zips that say by their digest whether code changed."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.rendering.packages import function_packages, zip_of
from deployer.vocabulary.errors import DeployerError
from tests.support.rendering import a_functions_folder


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}/[a-z]{1,8}\.py", fullmatch=True), st.binary(max_size=64), max_size=6), st.randoms())
def test_order_of_files_does_not_change_a_zip(files, random):
    """A file system lists in its own order; the bytes are the same all the same."""
    shuffled = list(files.items())
    random.shuffle(shuffled)

    assert zip_of(dict(shuffled)) == zip_of(files)


def test_time_and_mode_of_files_do_not_change_a_digest(tmp_path: Path):
    """A fresh clone has other times and modes, and must not look like a change."""
    functions = a_functions_folder(tmp_path)
    before = function_packages(functions, packages=tmp_path / "one")
    for path in functions.rglob("*.py"):
        os.utime(path, (1, 1))
        path.chmod(0o777)

    after = function_packages(functions, packages=tmp_path / "two")

    assert [package.digest for package in after] == [package.digest for package in before]


def test_changed_handler_changes_its_own_key_alone(tmp_path: Path):
    """After editing one function, exactly that one is new."""
    functions = a_functions_folder(tmp_path)
    before = {package.name: package.key for package in function_packages(functions, packages=tmp_path / "build")}
    with (functions / "payment" / "handler.py").open("a") as handler:
        handler.write("# changed\n")

    after = {package.name: package.key for package in function_packages(functions, packages=tmp_path / "build")}

    assert {name for name in after if after[name] != before[name]} == {"payment"}


def test_zip_keeps_the_package_folder_and_leaves_bytecode_out(tmp_path: Path):
    """The handler is payment.handler.handle inside the zip too, and the machine's caches stay on the machine."""
    functions = a_functions_folder(tmp_path)
    (functions / "payment" / "__pycache__").mkdir()
    (functions / "payment" / "__pycache__" / "handler.cpython-311.pyc").write_bytes(b"x")
    (functions / "payment" / ".swp").write_bytes(b"x")

    payment = next(package for package in function_packages(functions, packages=tmp_path / "build") if package.name == "payment")

    with ZipFile(BytesIO(payment.path.read_bytes())) as archive:
        assert archive.namelist() == ["payment/__init__.py", "payment/handler.py"]


def test_only_folders_with_a_handler_are_functions(tmp_path: Path):
    """Shared code and the layer are no functions."""
    packages = function_packages(a_functions_folder(tmp_path), packages=tmp_path / "build")

    assert [package.name for package in packages] == [
        "audit",
        "authorizer",
        "failover_latch",
        "health",
        "hold",
        "payment",
        "reconciliation",
        "rotation",
        "stream_lookup",
    ]


def test_key_names_the_function_and_its_digest(tmp_path: Path):
    """A person who lists the bucket sees what is what."""
    package = function_packages(a_functions_folder(tmp_path), packages=tmp_path / "build")[0]

    assert package.key == f"functions/audit/{package.digest[:16]}.zip"


def test_folder_without_functions_is_refused(tmp_path: Path):
    """A wrong folder is said to be one, not rendered as a system without code."""
    with pytest.raises(DeployerError, match="No function found"):
        function_packages(tmp_path, packages=tmp_path / "build")
