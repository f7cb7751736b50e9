"""The canary that only asks: which answers it takes for a Region that is well, and which it does not."""

from __future__ import annotations

import json

import pytest
from region_health import RegionNotWell, check_health

NAME, REGION = "us-east-1.api.example.test", "us-east-1"
WELL = {"status": "pass", "region": REGION}


def answering(status: int, document: object) -> tuple[list[str], object]:
    """Return the addresses asked so far, and what answers each with this status and document."""
    asked: list[str] = []

    def ask(address: str) -> tuple[int, bytes]:
        asked.append(address)
        return status, document if isinstance(document, bytes) else json.dumps(document).encode()

    return asked, ask


def test_region_that_says_it_is_well_is_asked_once():
    """Under its own name, over HTTPS, and by the route that needs no key."""
    asked, ask = answering(200, WELL)

    check_health(ask, name=NAME, region=REGION)

    assert asked == ["https://us-east-1.api.example.test/health"]


@pytest.mark.parametrize(
    ("status", "document", "words"),
    [
        pytest.param(503, {"status": "fail", "region": REGION}, "answered 503 (fail)", id="unhealthy"),
        pytest.param(502, b"<html>", "answered 502 (no word why)", id="something in between"),
        pytest.param(204, WELL, "answered 204", id="another good status"),
        pytest.param(200, {"status": "pass", "region": "us-east-2"}, "was answered by 'us-east-2'", id="another Region"),
        pytest.param(200, b"well", "was answered by None", id="no document"),
        pytest.param(200, ["us-east-1"], "was answered by None", id="a document of another kind"),
    ],
)
def test_any_other_answer_fails_the_run_and_says_why(status: int, document: object, words: str):
    """Whoever is woken sees what came back, and from whom."""
    _asked, ask = answering(status, document)

    with pytest.raises(RegionNotWell, match="us-east-1") as failed:
        check_health(ask, name=NAME, region=REGION)

    assert words in str(failed.value)


def test_region_that_does_not_answer_fails_the_run():
    """What the network says is told as it is."""

    def ask(address: str) -> tuple[int, bytes]:
        raise TimeoutError("timed out")

    with pytest.raises(TimeoutError):
        check_health(ask, name=NAME, region=REGION)
