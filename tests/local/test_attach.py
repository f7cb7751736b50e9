"""Holding on to MiniStack: what is missing is named at the start."""

from __future__ import annotations

import pytest

from deployer.local import attach, attach_api_gateway, attach_reading, attach_services, attach_streams
from deployer.vocabulary.errors import DeployerError


def test_every_seam_is_where_it_is_expected() -> None:
    """The pinned MiniStack has all of them."""
    for seams in (attach.SEAMS, attach_api_gateway.SEAMS, attach_reading.SEAMS, attach_services.SEAMS, attach_streams.SEAMS):
        attach.verify(seams)


def test_missing_seams_are_all_named() -> None:
    """Another MiniStack fails with what it lacks and what to do."""
    seams = (("ministack.app", ("app", "_gone")), ("ministack.services.vanished", ("anything",)))

    with pytest.raises(DeployerError) as refused:
        attach.verify(seams)

    assert refused.value.detail == "missing: ministack.app._gone, ministack.services.vanished"
    assert "pip install" in refused.value.hint
