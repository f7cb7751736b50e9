"""One embedded AWS for both matrices."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployer.local.state import LocalState
from tests.faults.matrix import a_server


@pytest.fixture(scope="session")
def server() -> Iterator[LocalState]:
    """Return an embedded AWS that nothing else is on."""
    with a_server() as running:
        yield running
