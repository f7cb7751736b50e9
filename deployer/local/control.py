"""Starts, stops and finds the embedded AWS; plain functions for the command line, tests and drills.

A home is a folder that belongs to one embedded AWS at a time: state, log, certificates. Several homes may be in use at
once. Starting is idempotent, two starts at once end with one server, and only a process known to be the home's own is
ever ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from deployer.local import locks
from deployer.local.state import LOG_FILE, SERVER_LOCK_FILE, START_LOCK_FILE, STATE_FILE, LocalState, read_state
from deployer.vocabulary.errors import DeployerError

DEFAULT_REGIONS: Final = ("us-east-1", "us-east-2")
DEFAULT_PORT: Final = 4566
DEFAULT_EDGE_PORT: Final = 8443
DEFAULT_DNS_PORT: Final = 5300
DEFAULT_ACCOUNT_ID: Final = "111122223333"
DEFAULT_REPLICATION_LAG_SECONDS: Final = 0.5
READY_SECONDS_MAX: Final = 60.0
STOP_SECONDS_MAX: Final = 5.0
_POLL_SECONDS: Final = 0.05
_LOG_TAIL_LINES: Final = 20

# Kept so that a server that ends is collected by the process that started it and does not linger as a zombie.
_started: dict[int, subprocess.Popen[bytes]] = {}


def default_home() -> Path:
    """Return the home used when none is named: `$DEPLOYER_LOCAL_HOME`, else `.deployer/local` below the current folder."""
    named = os.environ.get("DEPLOYER_LOCAL_HOME")
    return Path(named) if named else Path.cwd() / ".deployer" / "local"


def start(
    home: Path,
    regions: tuple[str, ...] = DEFAULT_REGIONS,
    *,
    port: int = DEFAULT_PORT,
    edge_port: int = DEFAULT_EDGE_PORT,
    dns_port: int = DEFAULT_DNS_PORT,
    time_scale: float = 1.0,
    replication_lag_seconds: float = DEFAULT_REPLICATION_LAG_SECONDS,
    account_id: str = DEFAULT_ACCOUNT_ID,
    extensions: tuple[str, ...] = (),
    ready_seconds_max: float = READY_SECONDS_MAX,
) -> LocalState:
    """Return the embedded AWS of `home`, started when none runs; `regions` get an HTTPS edge each, the first is primary.

    A busy port is replaced by a free one. `time_scale` is how many times faster the health checkers' seconds pass;
    `replication_lag_seconds` how long a write of an eventual global table is under way to its other Regions; `extensions`
    are modules whose `register()` teaches it more. Raises DeployerError when it does not become ready in time (with the end of its log) or
    runs already for other Regions.
    """
    home = home.resolve()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    turn = locks.hold(home / START_LOCK_FILE, wait_seconds_max=ready_seconds_max)
    if turn is None:
        raise DeployerError(
            f"Another start of the embedded AWS in {home} has not ended", hint="Wait for it, or end that process, then try again."
        )
    try:
        running = status(home)
        if running is None:
            ports = ("--port", str(port), "--edge-port", str(edge_port), "--dns-port", str(dns_port))
            pace = ("--time-scale", str(time_scale), "--replication-lag-seconds", str(replication_lag_seconds))
            taught = (word for module in extensions for word in ("--extension", module))
            options = (*ports, *pace, *taught, "--account-id", account_id, "--regions", ",".join(regions))
            return _launch(home, options, ready_seconds_max)
    finally:
        locks.release(turn)
    if running.regions != regions:
        raise DeployerError(
            "The embedded AWS runs for other Regions",
            f"running: {', '.join(running.regions)}; wanted: {', '.join(regions)}",
            "Run `deployer local stop` first (its content goes with it), or use another folder by DEPLOYER_LOCAL_HOME.",
        )
    return running


def status(home: Path) -> LocalState | None:
    """Return the state of the embedded AWS that runs in `home`, or None; a file left by a dead server counts as none."""
    if not locks.is_held(home / SERVER_LOCK_FILE):
        return None
    return read_state(home)


def stop(home: Path) -> bool:
    """End the embedded AWS of `home`; tell whether one ran. Raises DeployerError when it will not end."""
    # Who holds the lock is the home's own server, ready or not, and no stranger with a reused process id.
    pid = locks.holder(home / SERVER_LOCK_FILE)
    if pid is None:
        return False
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if _gone(home, pid):
            (home / STATE_FILE).unlink(missing_ok=True)
            return True
    raise DeployerError(f"The embedded AWS (process {pid}) does not end", hint=f"Look into {home / LOG_FILE}.")


def _gone(home: Path, pid: int) -> bool:
    deadline = time.monotonic() + STOP_SECONDS_MAX
    while time.monotonic() < deadline:
        child = _started.get(pid)
        if child is not None and child.poll() is not None:
            del _started[pid]
        if not locks.is_held(home / SERVER_LOCK_FILE):
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _launch(home: Path, options: tuple[str, ...], ready_seconds_max: float) -> LocalState:
    command = [sys.executable, "-m", "deployer.local.server", "--home", str(home), *options]
    (home / STATE_FILE).unlink(missing_ok=True)
    with (home / LOG_FILE).open("wb") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # The folder that holds the package: so it is found whether it was installed or not.
            cwd=Path(__file__).parents[2],
            env=_environment(),
        )
    _started[child.pid] = child
    deadline = time.monotonic() + ready_seconds_max
    while time.monotonic() < deadline:
        state = read_state(home)
        if state is not None and state.pid == child.pid:
            return state
        if child.poll() is not None:
            raise _not_started(home, f"it ended with exit code {child.returncode}")
        time.sleep(_POLL_SECONDS)
    child.kill()
    child.wait()
    raise _not_started(home, f"it was not ready after {ready_seconds_max:.0f} seconds")


def _environment() -> dict[str, str]:
    """Return what the server needs of this process's environment and nothing that is meant for real AWS or a proxy."""
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "SYSTEMROOT")
    return {"PYTHONUNBUFFERED": "1"} | {name: os.environ[name] for name in kept if name in os.environ}


def _not_started(home: Path, reason: str) -> DeployerError:
    log = home / LOG_FILE
    tail = log.read_text(errors="replace").splitlines()[-_LOG_TAIL_LINES:]
    return DeployerError(
        f"The embedded AWS did not start: {reason}",
        "\n".join(tail),
        f"The whole log is in {log}. If MiniStack is not installed, run: pip install -e '.[local]'",
    )
