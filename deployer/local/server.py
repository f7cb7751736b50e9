"""The embedded AWS as a process: `python -m deployer.local.server --home DIR --port 4566 --edge-port 8443 --regions a,b`.

Promises: one server a home; loopback only; `state.json` appears once everything listens and goes when the server ends;
SIGTERM and SIGINT end it, and the processes running function code with it, within two seconds. Nothing survives the
end but the certificate authority. Starting it in the background is `control`'s.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import os
import secrets
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from deployer.local import listeners, locks, paths
from deployer.local.certificates import CA_FILE, NameCertificates, load_or_create_authority
from deployer.local.name_server import listen_for_names
from deployer.local.state import SERVER_LOCK_FILE, STATE_FILE, LocalState, write_state
from deployer.vocabulary.errors import DeployerError

# Each has `register()`, called once before the first request.
EXTENSIONS: Final[tuple[str, ...]] = (
    "deployer.local.attach_workers",
    "deployer.local.rest_apis",
    "deployer.local.resource_types",
    "deployer.local.copies",
    "deployer.local.organizations",
    "deployer.local.stack_sets",
    "deployer.local.attach_change_sets",
    "deployer.local.stream_delivery",
    "deployer.local.secret_rotation",
    "deployer.local.alarm_actions",
    "deployer.local.embedded_metrics",
    "deployer.local.metric_filters",
    "deployer.local.synthetics",
)
_END_SECONDS_MAX: Final = 1.8


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until told to end; return the exit code: 0 after an orderly end, 1 when it could not start."""
    options = _options(arguments)
    home: Path = options.home.resolve()
    os.umask(0o077)
    home.mkdir(parents=True, exist_ok=True)
    # A status check may hold the lock for an instant, hence the short wait.
    lock = locks.hold(home / SERVER_LOCK_FILE, wait_seconds_max=2)
    if lock is None:
        print(f"An embedded AWS already runs in {home}", file=sys.stderr)
        return 1
    locks.sign(lock)
    endpoint = listeners.listen_on_loopback("127.0.0.1", options.port)
    edges = {
        # One address a Region, so that names of both Regions can use the same port.
        region: listeners.listen_on_loopback(f"127.0.{number}.1", options.edge_port)
        for number, region in enumerate(options.regions, start=1)
    }
    names = listen_for_names("127.0.0.1", options.dns_port)
    credentials = _settle_environment(home, endpoint, options.account_id, options.regions[0])
    try:
        _extend((*EXTENSIONS, *options.extensions))
    except DeployerError as error:
        print(error, file=sys.stderr)
        return 1
    state = LocalState(
        home=str(home),
        pid=os.getpid(),
        endpoint=f"http://{listeners.where(endpoint)}",
        account_id=options.account_id,
        access_key_id=credentials[0],
        secret_access_key=credentials[1],
        ca_bundle=str(home / CA_FILE),
        edges={region: listeners.where(edge) for region, edge in edges.items()},
        dns=listeners.where(names[1]),
        started_at=datetime.now(UTC).isoformat(timespec="seconds"),
        time_scale=options.time_scale,
    )
    asyncio.run(_serve(state, endpoint, edges, names, options))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deployer.local.server", description="Run the embedded AWS.")
    parser.add_argument("--home", type=Path, required=True, help="folder for state, log and certificates")
    parser.add_argument("--port", type=int, default=4566, help="port of the endpoint; another is taken when it is busy")
    parser.add_argument("--edge-port", type=int, default=8443, help="port of the HTTPS edges, likewise")
    parser.add_argument("--dns-port", type=int, default=5300, help="port of the name server, likewise")
    parser.add_argument("--time-scale", type=float, default=1.0, help="how many times faster health checkers' seconds pass")
    parser.add_argument("--replication-lag-seconds", type=float, default=0.5, help="how long eventual global tables' writes are under way")
    parser.add_argument("--write-conflict-rate", type=float, default=0.0, help="share of strong global tables' writes refused as conflicts")
    parser.add_argument("--regions", type=lambda text: tuple(text.split(",")), default=("us-east-1", "us-east-2"))
    parser.add_argument("--account-id", default="111122223333")
    parser.add_argument("--extension", dest="extensions", action="append", default=[], help="module with a register() of its own")
    return parser.parse_args(arguments)


def _settle_environment(home: Path, endpoint: socket.socket, account_id: str, region: str) -> tuple[str, str]:
    """Set what MiniStack reads when it is imported; return the root access key and its secret, drawn anew."""
    secret = secrets.token_urlsafe(30)
    scratch = home / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for name in [name for name in os.environ if name.startswith(("AWS_", "MINISTACK_"))]:
        # What a shell sets for real AWS must reach neither MiniStack nor the functions it runs.
        del os.environ[name]
    os.environ.update(
        AUTH="true",
        AWS_ACCESS_KEY_ID=account_id,
        AWS_SECRET_ACCESS_KEY=secret,
        # Neither a person's own settings nor a machine's role may colour what functions here do.
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_EC2_METADATA_DISABLED="true",
        BIND_HOST="127.0.0.1",
        LAMBDA_WARM_TTL_SECONDS="60",
        GATEWAY_PORT=str(endpoint.getsockname()[1]),
        IOT_MTLS_ENABLED="0",
        MINISTACK_ACCOUNT_ID=account_id,
        MINISTACK_HOST="localhost",
        MINISTACK_REGION=region,
        SFTP_ENABLED="0",
        TMPDIR=str(scratch),
    )
    return account_id, secret


def _extend(extensions: Sequence[str]) -> None:
    """Import MiniStack and register every extension, a module each."""
    # Not at the top: MiniStack reads its environment when it is imported.
    from deployer.local import attach, attach_api_gateway, attach_faults

    attach.verify()
    attach.verify(attach_api_gateway.SEAMS)
    attach.verify(attach_faults.SEAMS)
    attach.require_signatures()
    attach_api_gateway.tell_functions_the_domain()
    for extension in extensions:
        importlib.import_module(extension).register()


async def _serve(
    state: LocalState,
    endpoint: socket.socket,
    edges: dict[str, socket.socket],
    names: tuple[socket.socket, socket.socket],
    options: argparse.Namespace,
) -> None:
    """Answer at the endpoint, the edges and for names until a signal; does not return."""
    from deployer.local import attach, attach_faults, resource_types
    from deployer.local.cloudwatch import CloudWatch
    from deployer.local.edge import ALPN_PROTOCOLS, edge_application, edge_tls
    from deployer.local.fault_api import FaultApi
    from deployer.local.fault_effects import take_effect
    from deployer.local.faulty_listeners import FaultyListeners
    from deployer.local.front_door import front_door
    from deployer.local.route53 import Route53

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    ready = asyncio.create_task(_announce(state, endpoint))
    ended_by_signal = asyncio.create_task(_end_in_time(ended, Path(state.home)))
    application = attach.application()
    certificates = NameCertificates(load_or_create_authority(Path(state.home)), ALPN_PROTOCOLS)
    answers = {paths.INERT_RESOURCES: lambda: resource_types.inert_in_use(state.account_id)}
    doors = FaultyListeners(edges, ended, options.time_scale)
    route53 = Route53(
        state.account_id,
        {region: edge.getsockname()[:2] for region, edge in edges.items()},
        time_scale=options.time_scale,
        is_wrong=doors.faults.checker_is_wrong,
    )
    replication = take_effect(doors.faults, lag_seconds=options.replication_lag_seconds, conflict_rate=options.write_conflict_rate)
    fault_api = FaultApi(doors.faults, replication, state.secret_access_key, route53.checkers.standings)
    around = partial(front_door, answers=answers, faults=fault_api)
    serving = [doors.endpoint(endpoint, application, attach_faults.WHEREABOUTS, around)]
    for region in edges:
        tls = edge_tls(state.account_id, region, certificates)
        serving.append(doors.edge(region, edge_application(application, state.account_id, region), tls))
    route53.register()
    serving.append(_run_until(ended, route53.run(*names)))
    serving.append(_run_until(ended, CloudWatch(state, doors.faults, time_scale=options.time_scale).run()))
    await asyncio.gather(*serving)
    ready.cancel()
    ended_by_signal.cancel()
    _leave(Path(state.home))


async def _run_until(ended: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Run `work` until the end; its failure is the server's, so that the log tells of it."""
    task, end = asyncio.create_task(work), asyncio.create_task(ended.wait())
    await asyncio.wait({task, end}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    task.cancel()


async def _announce(state: LocalState, endpoint: socket.socket) -> None:
    """Write the state once the endpoint answers."""
    address, port = endpoint.getsockname()[:2]
    while True:
        reader, writer = await asyncio.open_connection(address, port)
        writer.write(b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        answer = await reader.readline()
        writer.close()
        if b" 200" in answer:
            write_state(state)
            return
        await asyncio.sleep(0.05)


async def _end_in_time(ended: asyncio.Event, home: Path) -> None:
    """After the signal, leave even when an open connection or a busy thread would hold the orderly end up."""
    await ended.wait()
    timer = threading.Timer(_END_SECONDS_MAX, _leave, args=(home,))
    timer.daemon = True
    timer.start()


def _leave(home: Path) -> None:
    """End function workers, take the state away and exit without joining MiniStack's own threads."""
    from deployer.local import attach

    workers = threading.Thread(target=attach.end_lambda_workers, daemon=True)
    workers.start()
    workers.join(timeout=1)
    with contextlib.suppress(FileNotFoundError):
        (home / STATE_FILE).unlink()
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} ended", flush=True)
    os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
