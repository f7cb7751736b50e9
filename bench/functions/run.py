"""Measures: every subject several times, in turns, each time in a fresh process, against an embedded AWS of its own."""

from __future__ import annotations

import socket
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Final

import boto3

from bench.functions.calls import KINDS, NEW, Kind, events_of, status_of
from bench.functions.figures import (
    CALLS_MEMORY,
    IMPORT,
    IMPORT_CPU,
    IMPORT_MEMORY,
    SUBJECTS,
    Asked,
    Figures,
    call_measure,
    measures,
    median_of,
)
from bench.functions.processes import CONFIGURATION_NAME, compile_what_lambda_compiled, lambda_environment, measure
from bench.functions.recorder import REGION, Recorder, Request, recording
from bench.functions.staging import ROOT, Staged, stage
from bench.functions.utilities import UTILITIES, jobs_of
from deployer.local import control

MODULES: Final = {"ours": "payment.handler", "peer": "peer_handler", "boto3": "bare_handler"}
TABLES: Final = {"payments": "transaction_id", "idempotency": "id"}
USES: Final = 300

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Everything laid out and running: where the sources lie, what counts the requests, and the variables of a function."""

    staged: Staged
    recorder: Recorder
    environment: dict[str, str]


@contextmanager
def a_bench() -> Iterator[Bench]:
    """Lay the functions out, start an embedded AWS with the tables, and take all of it down on the way out. Raises DeployerError."""
    with TemporaryDirectory(prefix="bench-") as folder, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as traces:
        staged = stage(Path(folder) / "staged", packages=ROOT / "build" / "packages")
        # Traces arrive somewhere, as they do in Lambda; nobody reads them, and what does not fit is dropped.
        traces.bind(("127.0.0.1", 0))
        home = Path(folder) / "home"
        state = control.start(home, ("us-east-1", "us-east-2"), port=0, edge_port=0, dns_port=0)
        try:
            credentials = {"access_key_id": state.access_key_id, "secret_access_key": state.secret_access_key}
            _create_stores(state.endpoint, **credentials)
            with recording(state.endpoint, **credentials) as recorder:
                environment = lambda_environment(state.endpoint, recorder.url, **credentials)
                environment["AWS_XRAY_DAEMON_ADDRESS"] = f"127.0.0.1:{traces.getsockname()[1]}"
                yield Bench(staged=staged, recorder=recorder, environment=environment)
        finally:
            control.stop(home)


def take_figures(bench: Bench, *, runs: int, calls: int, tell: Tell) -> Figures:
    """Measure everything `runs` times, `calls` calls a time; `tell` hears of each run. Raises MeasurementFailed."""
    compile_what_lambda_compiled()
    values: dict[tuple[str, str], list[float]] = defaultdict(list)
    asked: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    utilities: dict[tuple[str, str], list[tuple[float, float, float]]] = defaultdict(list)
    for run in range(runs):
        tell(f"run {run + 1} of {runs}")
        for subject in SUBJECTS:  # in turns: what else the machine does meets all of them
            _import_once(bench, subject, values)
        for subject in SUBJECTS:
            _call_once(bench, subject, f"{subject}-{run}", calls, values, asked)
        for utility in UTILITIES:
            for side, job in jobs_of(utility, times=USES, warm_up=20).items():
                found = measure(
                    bench.staged.folder / "worker.py", job, paths=bench.staged.paths["utilities"], environment=bench.environment
                )
                utilities[utility.name, side].append(
                    (found["import_seconds"] * 1e3, found["import_cpu_seconds"] * 1e3, found["use_cpu_seconds"] * 1e6)
                )
    by_name = {one.name: one for one in measures([kind.name for kind in KINDS])}
    return Figures(
        medians={(name, subject): median_of(by_name[name], found) for (name, subject), found in values.items()},
        asked={key: _same(found) for key, found in asked.items()},
        utilities={key: _medians(found) for key, found in utilities.items()},
    )


def asked_per_call(bench: Bench, subject: str, kind: Kind, *, key_prefix: str, calls: int) -> Asked:
    """Return what one call of `kind` asks of DynamoDB, over `calls` calls in a fresh process. Raises MeasurementFailed."""
    bench.recorder.clear()
    _calls(bench, subject, kind, key_prefix, calls, warm_up=0)
    return _asked(bench.recorder.requests, calls)


def _import_once(bench: Bench, subject: str, values: dict[tuple[str, str], list[float]]) -> None:
    found = measure(
        bench.staged.folder / "worker.py",
        {"events": []},
        subject=MODULES[subject],
        paths=bench.staged.paths[subject],
        environment=bench.environment,
    )
    values[IMPORT.name, subject].append(found["import_seconds"])
    values[IMPORT_CPU.name, subject].append(found["import_cpu_seconds"])
    values[IMPORT_MEMORY.name, subject].append(found["import_peak_kib"])


def _call_once(
    bench: Bench,
    subject: str,
    key_prefix: str,
    calls: int,
    values: dict[tuple[str, str], list[float]],
    asked: dict[tuple[str, str], list[Asked]],
) -> None:
    warm_up = max(1, calls // 10)
    for kind in KINDS:
        bench.recorder.clear()
        found = _calls(bench, subject, kind, key_prefix, calls + warm_up, warm_up=warm_up)
        asked[kind.name, subject].append(_asked(bench.recorder.requests, calls + warm_up))
        values[call_measure(kind.name).name, subject].append(found["call_cpu_seconds"])
        if kind is NEW:
            values[CALLS_MEMORY.name, subject].append(found["peak_kib"])


def _calls(bench: Bench, subject: str, kind: Kind, key_prefix: str, count: int, *, warm_up: int) -> Any:
    floor = subject == "boto3"
    events = events_of(kind, key_prefix=key_prefix, count=count, keyed_by_itself=floor)
    return measure(
        bench.staged.folder / "worker.py",
        {"events": events, "warm_up": warm_up, "status": status_of(kind, floor=floor)},
        subject=MODULES[subject],
        paths=bench.staged.paths[subject],
        environment=bench.environment,
    )


def _asked(requests: Sequence[Request], calls: int) -> Asked:
    writes = [request for request in requests if request.is_write]
    reads = [request for request in requests if not request.is_write]
    return Asked(
        writes=len(writes) / calls,
        reads=len(reads) / calls,
        write_units=sum(request.units for request in writes) / calls,
        read_units=sum(request.units for request in reads) / calls,
    )


def _same(found: Sequence[Asked]) -> Asked:
    """Return what every run counted; a count is no sample, so the runs may not differ."""
    if len(set(found)) != 1:
        raise ValueError(f"runs differ in what they asked: {found}")
    return found[0]


def _medians(found: Sequence[tuple[float, float, float]]) -> tuple[float, float, float]:
    one, two, three = (median(values) for values in zip(*found, strict=True))
    return one, two, three


def _create_stores(endpoint: str, *, access_key_id: str, secret_access_key: str) -> None:
    """Create the tables and the Region's configuration."""
    session = boto3.session.Session(access_key_id, secret_access_key, region_name=REGION)
    dynamodb = session.client("dynamodb", endpoint_url=endpoint)
    for table, key in TABLES.items():
        dynamodb.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )
    session.client("ssm", endpoint_url=endpoint).put_parameter(Name=CONFIGURATION_NAME, Type="String", Value="{}")
