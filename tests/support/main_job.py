"""The whole path as a person walks it: a copy of the project, the real commands, and a client that speaks TLS to a name."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
from click.testing import CliRunner, Result

from deployer.aws.session import AwsCall
from deployer.cli import main
from deployer.cli.rooms import Rooms
from deployer.cli.session import Surroundings
from deployer.local import control
from deployer.local.state import LocalState

ROOT = Path(__file__).parents[2]
ANSWER_SECONDS_MAX = 30


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the project's sources with an embedded AWS of its own; `calls` are the AWS calls of the commands run by `run`.

    `rooms` may be others than the real ones.
    """

    folder: Path
    calls: list[AwsCall] = field(default_factory=list)
    rooms: type[Rooms] = Rooms
    # One for all clients: a session reads each service's model once.
    _session: boto3.session.Session = field(default_factory=boto3.session.Session)

    @property
    def home(self) -> Path:
        """Return the embedded AWS's folder."""
        return self.folder / ".deployer" / "local"

    @property
    def params(self) -> Path:
        """Return the copy's parameter file."""
        return self.folder / "params" / "local.yaml"

    @property
    def state(self) -> LocalState:
        """Return how the embedded AWS is reached; fails when none runs."""
        state = control.status(self.home)
        assert state is not None, "no embedded AWS runs"
        return state

    @property
    def mutating_calls(self) -> list[str]:
        """Return the calls so far that change something, as `service.Operation`."""
        return [f"{call.service}.{call.operation}" for call in self.calls if call.mutating]

    def run(self, *words: object) -> Result:
        """Return how `deployer WORDS` ended, run in this process so that its calls are seen."""
        return self.run_at(self.home, *words)

    def run_at(self, home: Path, *words: object) -> Result:
        """Return the same against the embedded AWS of another home."""
        runner = CliRunner(env={"DEPLOYER_LOCAL_HOME": str(home), "NO_COLOR": "1"})
        return runner.invoke(main, [str(word) for word in words], obj=Surroundings(rooms=self.rooms(observer=self.calls.append)))

    def run_alone(self, *words: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """Return how `python -m deployer WORDS` ended, run in the copy as a person would, with these AWS variables alone."""
        command = [sys.executable, "-m", "deployer", *map(str, words)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment = kept | variables | {"DEPLOYER_LOCAL_HOME": str(self.home), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False
        )

    def client(self, service: str, region: str, account: str = "") -> Any:
        """Return a boto3 client of the embedded AWS as the root of its own account, or of another one."""
        return self._session.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.state.endpoint,
            aws_access_key_id=account or self.state.access_key_id,
            aws_secret_access_key=self.state.secret_access_key,
        )


@contextmanager
def a_copy(folder: Path) -> Iterator[Copy]:
    """Copy templates, functions, canaries and parameters into `folder`; end the embedded AWS that was started for it on the way out."""
    for part in ("templates", "functions", "canaries", "params"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    # The verdict says which bodies it is about: of any others it counts for nothing, and they are linted.
    verdict = ROOT / "build" / "local" / "lint.json"
    if verdict.is_file():
        (folder / "build" / "local").mkdir(parents=True)
        shutil.copy(verdict, folder / "build" / "local")
    try:
        yield Copy(folder)
    finally:
        control.stop(folder / ".deployer" / "local")


@contextmanager
def a_system(folder: Path) -> Iterator[Copy]:
    """Roll a copy out as the README says; end its embedded AWS on the way out."""
    with a_copy(folder) as copy:
        ended = copy.run("roll-out", copy.params, "--yes")
        assert ended.exit_code == 0, ended.output
        yield copy


@dataclass(frozen=True, slots=True)
class Answer:
    """What an API answered; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: dict[str, Any]


def call(state: LocalState, region: str, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: object = None) -> Answer:
    """Send one HTTPS request to a custom domain at a Region's edge; the certificate has to be the local CA's for that very name."""
    name, _, path = url.removeprefix("https://").partition("/")
    address, _, port = state.edges[region].rpartition(":")
    trusted = ssl.create_default_context(cafile=state.ca_bundle)
    with (
        socket.create_connection((address, int(port)), timeout=ANSWER_SECONDS_MAX) as plain,
        trusted.wrap_socket(plain, server_hostname=name) as encrypted,
    ):
        connection = HTTPConnection(name)
        connection.sock = encrypted
        sent = None if body is None else json.dumps(body)
        connection.request(method, f"/{path}", body=sent, headers={"Content-Type": "application/json", **(headers or {})})
        response = connection.getresponse()
        return Answer(
            status=response.status,
            headers={key.lower(): value for key, value in response.getheaders()},
            body=json.loads(response.read() or b"{}"),
        )
