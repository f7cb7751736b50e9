"""The embedded AWS as a process: what it listens on, what it refuses, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import urllib3

from deployer.local import control
from tests.support.edges import a_function, function_trust
from tests.support.embedded import EmbeddedAws, running_embedded_aws
from tests.support.stacks import deploy

_SLEEPER = """
import os, pathlib, time
def handle(event, context):
    if event.get("asleep"):
        pathlib.Path(event["asleep"]).touch()
        time.sleep(30)
    return os.getpid()
"""
_WAIT_SECONDS_MAX = 10


def test_nothing_but_loopback_is_listened_on(embedded_aws: EmbeddedAws) -> None:
    """The endpoint, one edge a Region and the name server: these sockets, on loopback addresses, and no other."""
    recorded = {embedded_aws.endpoint.removeprefix("http://"), embedded_aws.state.dns, *embedded_aws.state.edges.values()}

    listening = _listening(embedded_aws.state.pid)

    assert listening == recorded
    assert all(place.startswith("127.") for place in listening)


def test_each_region_has_an_address_of_its_own(embedded_aws: EmbeddedAws) -> None:
    """So that names of both Regions can be served on one port."""
    addresses = [edge.partition(":")[0] for edge in embedded_aws.state.edges.values()]

    assert addresses == ["127.0.1.1", "127.0.2.1"]


def test_busy_ports_are_avoided(tmp_path: Path, embedded_aws: EmbeddedAws) -> None:
    """A second server asked for the ports of the first takes others and records them."""
    taken = int(embedded_aws.endpoint.rpartition(":")[2])
    taken_edge = int(embedded_aws.state.edges["us-east-1"].rpartition(":")[2])
    try:
        second = control.start(tmp_path, port=taken, edge_port=taken_edge)

        assert second.endpoint != embedded_aws.endpoint
        assert second.edges["us-east-1"] != embedded_aws.state.edges["us-east-1"]
        assert EmbeddedAws(state=second).clients("sts").get_caller_identity()["Account"] == "111122223333"
    finally:
        control.stop(tmp_path)


@pytest.mark.parametrize("path", ["/_ministack/reset", "/_ministack/config"])
def test_administration_without_credentials_is_shut(embedded_aws: EmbeddedAws, path: str) -> None:
    """What would wipe or bend the server for anyone who can reach the port answers 403."""
    assert urllib3.request("POST", f"{embedded_aws.endpoint}{path}", body=b"{}").status == 403


def test_authority_survives_a_restart(tmp_path: Path) -> None:
    """Trust given once lasts, and the key is for its owner alone."""
    with running_embedded_aws(tmp_path) as first:
        before = Path(first.state.ca_bundle).read_bytes()
    with running_embedded_aws(tmp_path) as second:
        after = Path(second.state.ca_bundle).read_bytes()

    assert before == after
    assert (tmp_path / "ca-key.pem").stat().st_mode & 0o777 == 0o600


def test_secret_is_new_at_each_start(tmp_path: Path) -> None:
    """Credentials of an ended server open nothing."""
    with running_embedded_aws(tmp_path) as first:
        before = first.state.secret_access_key
    with running_embedded_aws(tmp_path) as second:
        assert second.state.secret_access_key != before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["told to end", "killed"])
def test_function_workers_end_with_the_server(tmp_path: Path, number: int) -> None:
    """An idle worker goes however the server goes; the next status says that nothing runs."""
    with running_embedded_aws(tmp_path) as aws:
        worker = int(_invoke(aws, _deploy_sleeper(aws), {}))

        os.kill(aws.state.pid, number)

        assert _vanishes(worker)
        assert _becomes_idle(tmp_path)


def test_busy_function_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """A worker in the middle of an invocation is ended with the server."""
    with running_embedded_aws(tmp_path) as aws:
        name = _deploy_sleeper(aws)
        worker = int(_invoke(aws, name, {}))
        asleep = tmp_path / "asleep"
        threading.Thread(target=_invoke_until_cut_off, args=(aws, name, asleep), daemon=True).start()
        assert _happens(asleep.exists)

        assert control.stop(tmp_path)

        assert _vanishes(worker)


def test_second_server_in_a_home_refuses(embedded_aws: EmbeddedAws) -> None:
    """The process itself, started by hand, sees the one that lives there."""
    command = [sys.executable, "-m", "deployer.local.server", "--home", str(embedded_aws.home), "--port", "0"]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert ended.returncode == 1
    assert "already runs" in ended.stderr


def _listening(pid: int) -> set[str]:
    """Return `address:port` of every TCP socket a process listens on, from the kernel's own tables."""
    targets = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            targets.append(str(descriptor.readlink()))
    inodes = {target[8:-1] for target in targets if target.startswith("socket:[")}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                address, port = fields[1].split(":")
                octets = [str(int(address[place : place + 2], 16)) for place in (6, 4, 2, 0)]
                found.add(f"{'.'.join(octets) if len(address) == 8 else address}:{int(port, 16)}")
    return found


def _deploy_sleeper(aws: EmbeddedAws) -> str:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": function_trust()}}
    function = a_function(aws, "us-east-1", _SLEEPER, Timeout=60)
    return deploy(aws, {"Role": role, "Sleeper": function}).physical_ids["Sleeper"]


def _invoke(aws: EmbeddedAws, name: str, event: dict[str, str]) -> str:
    return str(aws.clients("lambda").invoke(FunctionName=name, Payload=json.dumps(event))["Payload"].read().decode())


def _invoke_until_cut_off(aws: EmbeddedAws, name: str, asleep: Path) -> None:
    with contextlib.suppress(Exception):
        _invoke(aws, name, {"asleep": str(asleep)})


def _vanishes(pid: int) -> bool:
    return _happens(lambda: _is_gone(pid))


def _is_gone(pid: int) -> bool:
    try:
        # Left without its parent it may linger as a zombie until the machine's first process collects it.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def _becomes_idle(home: Path) -> bool:
    return _happens(lambda: control.status(home) is None)


def _happens(condition: Callable[[], bool]) -> bool:
    """Wait for a condition, for a bounded time; tell whether it came true."""
    deadline = time.monotonic() + _WAIT_SECONDS_MAX
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
