"""The rotation drill: the key is rotated twice under steady payments in both Regions, and nobody is refused who has a key that counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployer.local.secret_rotation import REPLICA_SECONDS
from tests.support.rotation_drill import CACHE_SECONDS, REGIONS, RotationDrill, a_rotation_drill

# docs/secrets.md: what the authorizer keeps, what API Gateway keeps after it, and the replica's lag.
RETIRED_SECONDS_MAX = 2 * CACHE_SECONDS + REPLICA_SECONDS
# A machine that is busy with other things answers late; it never lets a refused key in again.
PATIENCE_SECONDS = 30


@pytest.fixture(scope="module")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RotationDrill]:
    """A system under payments with its first key."""
    with a_rotation_drill(tmp_path_factory.mktemp("rotation")) as running:
        yield running


def test_two_rotations_refuse_nobody_and_retire_the_first_key(drill: RotationDrill) -> None:
    """Old and new key are good in both Regions from the moment each is shown; the first one until the second rotation ends."""
    first = drill.key()
    second, _ = drill.rotate()
    drill.more_of(first)
    drill.more_of(second)
    third, retired_at = drill.rotate()
    drill.more_of(third)

    def refused_everywhere() -> bool:
        return all(drill.of(first, region)[-1].status in (401, 403) for region in REGIONS)

    drill.until(refused_everywhere, seconds_max=RETIRED_SECONDS_MAX + PATIENCE_SECONDS)
    drill.more_of(second)
    drill.end()

    assert {request.status for request in drill.of(first, before=retired_at)} == {201}
    assert {request.status for request in drill.of(second)} == {201}
    assert {request.status for request in drill.of(third)} == {201}
    for region in REGIONS:
        after = [request.status for request in drill.of(first, region) if request.sent_at > retired_at]
        refused_from = next(number for number, status in enumerate(after) if status in (401, 403))
        assert set(after[refused_from:]) <= {401, 403}, "a retired key was let in again"


def test_the_drill_notices_an_authorizer_that_forgets_the_previous_key(tmp_path: Path) -> None:
    """Its callers are refused from the moment the new key is the current one; the drill above would fail."""

    def forget(folder: Path) -> None:
        keys = folder / "functions" / "authorizer" / "keys.py"
        keys.write_text(keys.read_text().replace(', "AWSPREVIOUS": "previous"}', "}"))
        assert "AWSPREVIOUS" not in keys.read_text()

    with a_rotation_drill(tmp_path / "forgetful", edit=forget) as drill:
        first = drill.key()
        drill.rotate()
        drill.until(lambda: any(request.status in (401, 403) for request in drill.of(first)))
