"""Fixtures every folder may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.embedded import EmbeddedAws, running_embedded_aws


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """One embedded AWS for all tests of a session; pytest-xdist workers have one each. Tests name their own things."""
    with running_embedded_aws(tmp_path_factory.mktemp("embedded-aws")) as running:
        yield running
