"""Faults of an embedded AWS in tests: injected, looked at from outside, and healed whatever happens."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from typing import Any

from deployer.local import fault_control
from deployer.local.faults import Fault, FaultKind
from deployer.local.state import LocalState
from tests.support.edges import trusting

# How long a test waits for what does not come, and at the most for what does.
SILENT_SECONDS = 1.0
WAIT_SECONDS_MAX = 30.0


@contextmanager
def broken(state: LocalState, kind: FaultKind, region: str | None = None, **details: Any) -> Iterator[str]:
    """Break something inside the `with` block, and heal it on the way out."""
    fault_id = fault_control.inject(state, Fault(kind=kind, region=region, **details))
    try:
        yield fault_id
    finally:
        fault_control.heal(state, fault_id)


def connected(state: LocalState, region: str, seconds_max: float = WAIT_SECONDS_MAX) -> socket.socket:
    """Return a TCP connection to a Region's edge."""
    address, port = state.edges[region].split(":")
    return socket.create_connection((address, int(port)), timeout=seconds_max)


def spoken_to(state: LocalState, region: str, name: str, seconds_max: float = WAIT_SECONDS_MAX) -> ssl.SSLSocket:
    """Return a TLS connection to a name at a Region's edge."""
    return trusting(state).wrap_socket(connected(state, region, seconds_max), server_hostname=name)


def request_on(secure: ssl.SSLSocket, name: str) -> int:
    """Return the status of a GET on a connection that stays open."""
    secure.sendall(f"GET /health HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
    answer = HTTPResponse(secure)
    answer.begin()
    answer.read()
    return answer.status


def knock(state: LocalState, region: str, name: str, seconds_max: float = WAIT_SECONDS_MAX) -> str:
    """Return what a client meets at a Region's edge: `refused`, `reset`, `silent handshake`, `silent`, or the status."""
    try:
        plain = connected(state, region, seconds_max)
    except ConnectionRefusedError:
        return "refused"
    except ConnectionResetError:  # so early that the handshake of TCP itself met it
        return "reset"
    try:
        secure = trusting(state).wrap_socket(plain, server_hostname=name)
    except TimeoutError:
        return "silent handshake"
    except (ConnectionResetError, ssl.SSLError):
        return "reset"
    with secure:
        try:
            return str(request_on(secure, name))
        except TimeoutError:
            return "silent"
        except OSError:
            return "reset"


def until(condition: Callable[[], bool], seconds_max: float = WAIT_SECONDS_MAX) -> None:
    """Wait for a condition; raises TimeoutError."""
    deadline = time.monotonic() + seconds_max
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come about")
        time.sleep(0.05)
