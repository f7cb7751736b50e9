"""Guessing the name that was meant."""

from __future__ import annotations

import pytest

from deployer.params.nearest import nearest_name


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param("regoins", "regions", id="swapped letters"),
        pytest.param("us-esat-2", "us-east-2", id="swapped letters between two candidates"),
        pytest.param("Regions", "regions", id="case"),
        pytest.param("rolout", "rollout", id="lost letter"),
        pytest.param("colour", "", id="nothing close"),
    ],
)
def test_nearest_name_is_the_one_meant(written: str, meant: str) -> None:
    """A guess helps only when it is close."""
    assert nearest_name(written, ["regions", "rollout", "us-west-2", "us-east-2"]) == meant
