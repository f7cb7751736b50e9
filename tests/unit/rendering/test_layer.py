"""The shared layer: what is in it, when pip is asked, and what happens when pip fails."""

from __future__ import annotations

import shutil
from pathlib import Path
from zipfile import ZipFile

import pytest

from deployer.rendering.layer import HOST, LAMBDA, shared_layer
from deployer.vocabulary.errors import DeployerError
from tests.support.rendering import a_functions_folder


def test_layer_holds_libraries_and_shared_folders(tmp_path: Path):
    """Lambda looks for packages below python/; scripts and pip's own notes are left out."""
    layer = shared_layer(a_functions_folder(tmp_path), runs_on=HOST, packages=tmp_path / "build")

    with ZipFile(layer.path) as archive:
        assert archive.namelist() == [
            "python/tiny-1.0.dist-info/METADATA",
            "python/tiny-1.0.dist-info/WHEEL",
            "python/tiny-1.0.dist-info/entry_points.txt",
            "python/tiny/__init__.py",
            "python/wire/__init__.py",
        ]
    assert layer.key == f"layers/shared/{layer.digest[:16]}.zip"


def test_second_layer_of_the_same_pins_asks_no_index(tmp_path: Path):
    """Rendering again works where no index is reached; here the index is gone."""
    functions = a_functions_folder(tmp_path)
    first = shared_layer(functions, runs_on=HOST, packages=tmp_path / "build")
    shutil.rmtree(tmp_path / "wheels")

    second = shared_layer(functions, runs_on=HOST, packages=tmp_path / "build")

    assert second == first


def test_layer_is_the_same_in_another_build_folder(tmp_path: Path):
    """Two machines make the same bytes."""
    functions = a_functions_folder(tmp_path)

    digests = {shared_layer(functions, runs_on=HOST, packages=tmp_path / build).digest for build in ("one", "two")}

    assert len(digests) == 1


def test_changed_shared_folder_changes_the_layer_without_pip(tmp_path: Path):
    """Code of our own changes more often than pins."""
    functions = a_functions_folder(tmp_path)
    before = shared_layer(functions, runs_on=HOST, packages=tmp_path / "build")
    shutil.rmtree(tmp_path / "wheels")
    (functions / "wire" / "__init__.py").write_text("NEW = True\n")

    after = shared_layer(functions, runs_on=HOST, packages=tmp_path / "build")

    assert after.digest != before.digest


def test_layer_for_lambda_is_built_apart_from_the_one_for_this_machine(tmp_path: Path):
    """A wheel for this processor must never travel to Lambda because it was built first."""
    functions = a_functions_folder(tmp_path)
    shared_layer(functions, runs_on=HOST, packages=tmp_path / "build")
    shutil.rmtree(tmp_path / "wheels")

    with pytest.raises(DeployerError):
        shared_layer(functions, runs_on=LAMBDA, packages=tmp_path / "build")


def test_layer_for_lambda_takes_pure_python_wheels(tmp_path: Path):
    """The arguments for Lambda's platform are ones pip accepts."""
    layer = shared_layer(a_functions_folder(tmp_path), runs_on=LAMBDA, packages=tmp_path / "build")

    with ZipFile(layer.path) as archive:
        assert "python/tiny/__init__.py" in archive.namelist()


def test_failing_pip_is_told_in_its_own_words_and_leaves_nothing(tmp_path: Path):
    """A pin that no index has: which one, what to do, and no half-built layer that a next run would take."""
    functions = a_functions_folder(tmp_path)
    (functions / "layer" / "requirements.txt").write_text(f"--no-index\n--find-links {tmp_path / 'wheels'}\nabsent==9.9\n")

    with pytest.raises(DeployerError) as refused:
        shared_layer(functions, runs_on=HOST, packages=tmp_path / "build")

    assert "absent==9.9" in refused.value.detail
    assert "package index" in refused.value.hint
    assert not (tmp_path / "build").exists()
