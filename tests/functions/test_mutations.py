"""Every fault that `python -m tests.support.mutations` puts into the functions has its place there, and so goes on proving something."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.support.mutations.functions import FAULTS, Fault, put_in

FUNCTIONS = Path(__file__).parents[2] / "functions"


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_every_fault_changes_its_file(fault: Fault, tmp_path: Path) -> None:
    """What it changes is there, once, and what comes of it is still Python."""
    file = tmp_path / "functions" / fault.path
    file.parent.mkdir(parents=True)
    shutil.copy(FUNCTIONS / fault.path, file)

    put_in(fault, tmp_path)

    compile(file.read_text("utf-8"), fault.path, "exec")
    assert all((Path(__file__).parent / test).is_file() for test in fault.tests)
