"""Breaks one rule of the functions at a time and shows which test objects first: `python -m tests.support.mutations [WORDS]`.

Each fault is put into a copy of its own; the project itself is not touched. WORDS choose the faults whose name holds one of them. Ends
with 1 when a fault met no objection, or was not to be put anywhere.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from tests.support.mutations.functions import FAULTS, Fault, put_in

ROOT: Final = Path(__file__).parents[3]
COPIED: Final = ("functions", "tests", "templates", "pyproject.toml")
AT_ONCE_MAX: Final = 2
SECONDS_MAX: Final = 600
_FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


def main() -> int:
    """Print a line for each fault as soon as it is known; return 0 when each met an objection."""
    chosen = [name for name in FAULTS if not sys.argv[1:] or any(word in name for word in sys.argv[1:])]
    width = max(map(len, FAULTS))
    unmet = 0
    with ThreadPoolExecutor(AT_ONCE_MAX) as workers:
        for name, objection in zip(chosen, workers.map(lambda name: first_objection(FAULTS[name]), chosen), strict=True):
            print(f"{name:<{width}}  {objection or 'NO TEST OBJECTS'}", flush=True)
            unmet += not objection
    print(f"{len(chosen)} rules broken, {unmet} without an objection")
    return 1 if unmet else 0


def first_objection(fault: Fault) -> str:
    """Return the first test that fails in a copy with this fault, "" when all pass. Raises NothingToBreak."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, root / part, ignore=shutil.ignore_patterns("__pycache__", "snapshots"))
            else:
                shutil.copy(source, root / part)
        put_in(fault, root)
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *(f"tests/functions/{test}" for test in fault.tests)],
            cwd=root,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
    found = _FAILED.search(ended.stdout)
    return found[1] if ended.returncode == 1 and found else ""


if __name__ == "__main__":
    sys.exit(main())
