"""The rendered bodies of every parameter file as a reviewer reads them, without the digests of code.

A snapshot differs from what is rolled out only in the digests of packages and of published versions, which are zeros here:
an edited handler is no change of a template.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from deployer.rendering.rendered import RenderedSystem
from tests.support.rendering import PROJECT

SNAPSHOTS: Final = PROJECT / "tests" / "templates" / "snapshots"
ENVIRONMENTS: Final = ("local", "staging", "production")
UPDATE: Final = "python -m tests.templates.update_snapshots"

_PACKAGE = re.compile(r"[0-9a-f]{16}(?=\.zip)")
_VERSION = re.compile(r"(?<=FunctionVersion)[0-9a-f]{10}")


def snapshots_of(environment: str, system: RenderedSystem) -> dict[Path, str]:
    """Return (file below `SNAPSHOTS`, text) for each body of one environment."""
    bodies = (system.bootstrap, system.regional, system.global_)
    return {Path(environment) / f"{one.kind}.yaml": without_code(one.body) for one in bodies}


def without_code(body: str) -> str:
    """Return the body with zeros for every digest of code."""
    return _VERSION.sub("0" * 10, _PACKAGE.sub("0" * 16, body))
