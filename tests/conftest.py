"""Fixtures every folder may use, how properties are tried, and what comes first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.embedded import EmbeddedAws, running_embedded_aws

# A crowded machine is no fault of a rule: speed is for the benchmarks.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no worker is left alone with it in the end."""
    items.sort(key=lambda item: item.get_closest_marker("whole_system") is None)


@pytest.fixture(scope="session")
def embedded_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """One embedded AWS for all tests of a session; pytest-xdist workers have one each. Tests name their own things."""
    with running_embedded_aws(tmp_path_factory.mktemp("embedded-aws")) as running:
        yield running
