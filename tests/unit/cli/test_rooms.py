"""The rooms are entered late, and what is missing is told with the way to get it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from deployer.cli.rooms import require_local_extra
from deployer.vocabulary.errors import InputRefused


def test_the_command_line_is_there_before_any_room_is_entered() -> None:
    """`deployer --help` reads none of the libraries that take long to import."""
    heavy = "{'boto3', 'botocore', 'rich', 'pydantic', 'jinja2', 'ministack', 'cfnlint', 'yaml'}"
    code = f"import sys, deployer.cli; print(sorted({heavy} & sys.modules.keys()))"

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert shown.stdout == "[]\n"


def test_a_missing_extra_is_told_with_the_command_that_installs_it() -> None:
    """Only `target: local` needs it."""
    with pytest.raises(InputRefused) as refused:
        require_local_extra(("json", "no_such_module_anywhere"))

    assert "no_such_module_anywhere is not installed" in refused.value.summary
    assert "pip install" in refused.value.hint
    assert refused.value.exit_code == 2


def test_an_installed_extra_is_no_reason_to_stop() -> None:
    """The tests themselves need it."""
    require_local_extra()
