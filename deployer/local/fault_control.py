"""Breaks and heals a running embedded AWS from outside: plain functions for the command line, drills and tests."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

from deployer.local import paths
from deployer.local.faults import Fault, fault_of
from deployer.local.state import LocalState
from deployer.vocabulary.errors import DeployerError, InputRefused

_ANSWER_SECONDS_MAX: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """A health check as its checkers and the name servers see it now.

    `kind` is its Type; `about` the host and path, the alarm, or the children's ids; `checkers` is (checker Region, healthy) for each
    checker that has asked; `published_healthy` is what names are answered by.
    """

    check_id: str
    kind: str
    about: str
    checkers: tuple[tuple[str, bool], ...]
    published_healthy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicationState:
    """How global tables are replicated now.

    `lag_seconds` by Region is how long a write of an eventual table is under way; `write_conflict_rate` the share of strong tables' single
    writes refused as conflicts; `backlogs` are (from, to, writes, seconds the oldest has waited) of eventual tables; `behind` are (table,
    Region, writes it does not know of) of strong ones; `copies` are (from, to, copies) of S3 objects and secrets that wait for their way.
    """

    lag_seconds: tuple[tuple[str, float], ...]
    write_conflict_rate: float
    backlogs: tuple[tuple[str, str, int, float], ...]
    behind: tuple[tuple[str, str, int], ...]
    copies: tuple[tuple[str, str, int], ...] = ()


def inject(state: LocalState, fault: Fault) -> str:
    """Break something; return the fault's id. Raises InputRefused for a fault that makes no sense."""
    return str(_call(state, "POST", paths.FAULTS, fault.record())["fault_id"])


def heal(state: LocalState, fault_id: str | None = None) -> None:
    """Heal one fault, or all; one that is healed already is fine. Raises InputRefused for a fault that never was."""
    _call(state, "DELETE", f"{paths.FAULTS}/{fault_id}" if fault_id else paths.FAULTS)


def active(state: LocalState) -> tuple[Fault, ...]:
    """Return what is broken now, the oldest first."""
    return tuple(fault_of(record) for record in _call(state, "GET", paths.FAULTS)["faults"])


def check_states(state: LocalState) -> tuple[CheckState, ...]:
    """Return where every health check of Route 53 stands, whatever is broken."""
    return tuple(
        CheckState(**{**record, "checkers": tuple((region, healthy) for region, healthy in record["checkers"])})
        for record in _call(state, "GET", paths.HEALTH_CHECKS)["checks"]
    )


def replication(state: LocalState) -> ReplicationState:
    """Return how global tables are replicated now, and what waits."""
    told = _call(state, "GET", paths.REPLICATION)
    return ReplicationState(
        lag_seconds=tuple(told["lag_seconds"].items()),
        write_conflict_rate=told["write_conflict_rate"],
        backlogs=tuple((one["source"], one["target"], one["writes_count"], one["oldest_seconds"]) for one in told["backlogs"]),
        copies=tuple((one["source"], one["target"], one["copies_count"]) for one in told["copies"]),
        behind=tuple((one["table"], one["region"], one["writes_count"]) for one in told["behind"]),
    )


def set_lag(state: LocalState, seconds: float, region: str | None = None) -> None:
    """Let writes of eventual tables be under way this long, those of one Region or all. Raises InputRefused."""
    _call(state, "PUT", paths.REPLICATION, {"lag_seconds": seconds} | ({"region": region} if region else {}))


def set_write_conflict_rate(state: LocalState, rate: float) -> None:
    """Let this share of strong tables' single writes be refused with ReplicatedWriteConflictException. Raises InputRefused."""
    _call(state, "PUT", paths.REPLICATION, {"write_conflict_rate": rate})


def _call(state: LocalState, method: str, path: str, content: Any = None) -> Any:
    """Return what the embedded AWS's own API answers. Raises InputRefused when it refuses, DeployerError when it does not answer."""
    body = None if content is None else json.dumps(content)
    headers = {paths.KEY_HEADER: state.secret_access_key, "Content-Type": "application/json"}
    # A plain connection, for the endpoint is on this machine whatever the environment says of proxies.
    with closing(HTTPConnection(state.endpoint.removeprefix("http://"), timeout=_ANSWER_SECONDS_MAX)) as connection:
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            told = json.loads(answer.read() or b"{}")
        except (OSError, HTTPException, ValueError) as error:
            raise DeployerError(
                f"The embedded AWS at {state.endpoint} does not answer", str(error), "See `deployer local status`."
            ) from error
    if answer.status == HTTPStatus.OK:
        return told
    refused = InputRefused(str(told.get("summary") or told.get("message") or f"HTTP {answer.status}"), hint=str(told.get("hint", "")))
    refused.detail = str(told.get("detail", ""))
    raise refused
