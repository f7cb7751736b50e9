"""Starting, finding and ending the embedded AWS."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from deployer.local import control
from deployer.local.state import read_state, write_state
from deployer.vocabulary.errors import DeployerError
from tests.support.embedded import EmbeddedAws, running_embedded_aws


def test_running_server_answers_its_root_credentials(embedded_aws: EmbeddedAws) -> None:
    """The recorded access key is the root of the recorded account."""
    identity = embedded_aws.clients("sts").get_caller_identity()

    assert identity["Arn"] == f"arn:aws:iam::{embedded_aws.state.account_id}:root"


@pytest.mark.parametrize("access_key", ["111122223333", "test", "000000000000"])
def test_well_known_secret_opens_nothing(embedded_aws: EmbeddedAws, access_key: str) -> None:
    """A root access key with the secret MiniStack is known for is refused."""
    stranger = embedded_aws.clients("s3", aws_access_key_id=access_key, aws_secret_access_key="test")

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        stranger.list_buckets()


def test_state_is_for_its_owner_alone(embedded_aws: EmbeddedAws) -> None:
    """The file with the credentials has mode 0600."""
    assert (embedded_aws.home / "state.json").stat().st_mode & 0o777 == 0o600


def test_second_start_finds_the_first(embedded_aws: EmbeddedAws) -> None:
    """Starting again in the same home starts nothing."""
    assert control.start(embedded_aws.home) == embedded_aws.state


def test_start_for_other_regions_says_what_to_do(embedded_aws: EmbeddedAws) -> None:
    """A running server is not bent to other Regions."""
    with pytest.raises(DeployerError) as refused:
        control.start(embedded_aws.home, ("eu-west-1", "eu-central-1"))

    assert "deployer local stop" in refused.value.hint


def test_two_starts_at_once_end_with_one_server(tmp_path: Path) -> None:
    """Both callers get the same server."""
    try:
        with ThreadPoolExecutor(2) as starters:
            states = list(starters.map(lambda _: control.start(tmp_path, port=0, edge_port=0), range(2)))

        assert states[0] == states[1]
    finally:
        control.stop(tmp_path)


def test_stopped_server_leaves_no_state(tmp_path: Path) -> None:
    """After a stop nothing runs, and a second stop says so."""
    with running_embedded_aws(tmp_path):
        assert control.stop(tmp_path)

        assert control.status(tmp_path) is None
        assert read_state(tmp_path) is None
        assert not control.stop(tmp_path)


def test_state_of_a_dead_server_is_not_believed(tmp_path: Path, embedded_aws: EmbeddedAws) -> None:
    """A state file whose server is gone counts as none, and its process id is left alone."""
    stale = read_state(embedded_aws.home)
    assert stale is not None
    write_state(type(stale)(**{name: getattr(stale, name) for name in stale.__slots__} | {"home": str(tmp_path)}))

    assert control.status(tmp_path) is None
    assert not control.stop(tmp_path)
    assert control.status(embedded_aws.home) == embedded_aws.state


def test_secret_does_not_show_in_messages(embedded_aws: EmbeddedAws) -> None:
    """A state in a traceback or a log line keeps its secret."""
    assert embedded_aws.state.secret_access_key not in repr(embedded_aws.state)


def test_server_that_lost_its_state_is_still_stopped(tmp_path: Path) -> None:
    """Who holds the home's lock is its server, recorded or not."""
    with running_embedded_aws(tmp_path):
        (tmp_path / "state.json").unlink()

        assert control.stop(tmp_path)
        assert not control.stop(tmp_path)


def test_failed_start_shows_the_log(tmp_path: Path) -> None:
    """What the server said before it died is in the error."""
    with pytest.raises(DeployerError) as failed:
        control.start(tmp_path, port=-1, edge_port=0)

    assert "port must be 0-65535" in failed.value.detail
    assert "server.log" in failed.value.hint
