"""Requests written byte by byte at a Region's edge: what no well-meaning client library would send."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from http.client import HTTPResponse

from deployer.local.state import LocalState
from tests.support.edges import Answer, trusting

Header = tuple[str, bytes | str]


def ask_raw(
    state: LocalState, region: str, name: str, path: str, *, method: str = "POST", headers: Iterable[Header] = (), body: bytes = b""
) -> Answer:
    """Send one HTTP/1.1 request over TLS, its headers in this order, repeated and malformed as given; its certificate is verified."""
    address, port = state.edges[region].split(":")
    lines = [f"{method} {path} HTTP/1.1".encode(), f"Host: {name}".encode(), b"Connection: close"]
    lines += [key.encode() + b": " + (value.encode() if isinstance(value, str) else value) for key, value in headers]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}".encode())
    with (
        socket.create_connection((address, int(port)), timeout=30) as plain,
        trusting(state).wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        answer = HTTPResponse(secure, method=method)
        answer.begin()
        return Answer(
            status=answer.status,
            headers={key.lower(): value for key, value in answer.getheaders()},
            body=answer.read(),
            tls=secure.version() or "",
        )
