"""What one health checker sees of real sockets."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
import trustme

from deployer.local.probe import Question, Seen, ask, limit_seconds

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
# Scaled as far as limits go, so that a black hole takes a second.
SCALE = 4.0


def answering(status: str, body: str = "") -> Serve:
    """Return an endpoint that answers every request alike."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status}\r\nX-Request: {request.decode()[:60].splitlines()[0]}\r\nConnection: close\r\n\r\n"
        writer.write((head + body).encode())
        await writer.drain()
        writer.close()

    return serve


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take connections and never answer."""
    await reader.read()
    writer.close()


@asynccontextmanager
async def listening(serve: Serve, tls: ssl.SSLContext | None = None):
    """Serve on a free port of loopback."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def seen(serve: Serve, kind: str = "HTTP", *, tls: ssl.SSLContext | None = None, search: str = "", sni: bool = True) -> Seen:
    """Return what a checker sees of an endpoint."""

    async def look() -> Seen:
        async with listening(serve, tls) as port:
            question = Question(check_id="c", kind=kind, host="api.test", port=port, path="/health", search=search, sni=sni)
            return await ask(question, "127.0.0.1", port, SCALE)

    return asyncio.run(look())


def certificate(minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """Return a server's TLS with a certificate for quite another name, by an authority nobody trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("other.test").configure_cert(context)
    context.minimum_version = minimum
    return context


@pytest.mark.parametrize(
    ("status", "passed"),
    [("200 OK", True), ("204 No Content", True), ("302 Found", True), ("404 Not Found", False), ("503 Service Unavailable", False)],
)
def test_status_decides(status: str, passed: bool) -> None:
    """2xx and 3xx pass (F2.2)."""
    answer = seen(answering(status))

    assert answer.passed is passed
    assert f"HTTP Status Code {status.split()[0]}" in answer.status


def test_string_is_looked_for_in_the_first_5120_bytes() -> None:
    """And nowhere else."""
    assert seen(answering("200 OK", "x" * 5000 + "needle"), "HTTP_STR_MATCH", search="needle").passed is True
    assert seen(answering("200 OK", "x" * 5118 + "needle"), "HTTP_STR_MATCH", search="needle").passed is False
    assert seen(answering("500 Internal Server Error", "needle"), "HTTP_STR_MATCH", search="needle").passed is False


def test_certificate_is_not_looked_at() -> None:
    """F2.3: another name, by an authority that nobody trusts, passes."""
    assert seen(answering("200 OK"), "HTTPS", tls=certificate()).passed is True


def test_endpoint_of_tls_1_3_alone_fails() -> None:
    """F2.3."""
    answer = seen(answering("200 OK"), "HTTPS", tls=certificate(ssl.TLSVersion.TLSv1_3))

    assert (answer.passed, "handshake" in answer.status) == (False, True)


@pytest.mark.parametrize(("sni", "name"), [(True, "api.test"), (False, None)])
def test_server_name_is_sent_if_the_check_says_so(sni: bool, name: str | None) -> None:
    """`EnableSNI`."""
    names = []
    context = certificate()
    context.sni_callback = lambda connection, asked, _: names.append(asked)

    assert seen(answering("200 OK"), "HTTPS", tls=context, sni=sni).passed is True
    assert names == [name]


@pytest.mark.parametrize("kind", ["HTTP", "HTTPS"])
def test_black_hole_fails(kind: str) -> None:
    """Connected, but no answer in time."""
    assert seen(silent, kind) == Seen(passed=False, status="Failure: The endpoint did not answer in time. Resolved IP: 127.0.0.1")


def test_tcp_check_asks_for_nothing_more() -> None:
    """A connection is enough."""
    assert seen(silent, "TCP").passed is True


def test_nobody_there_fails() -> None:
    """Connection refused."""

    async def look() -> Seen:
        async with listening(silent) as port:
            pass
        return await ask(Question(check_id="c", kind="HTTP", host="api.test", port=port), "127.0.0.1", port)

    answer = asyncio.run(look())

    assert (answer.passed, answer.status.startswith("Failure: Connection refused.")) == (False, True)


def test_what_is_no_http_fails() -> None:
    """An endpoint that says something else, or hangs up."""

    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0\r\n")
        writer.close()

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    assert [seen(babble).passed, seen(hang_up).passed, seen(hang_up, "HTTPS").passed] == [False, False, False]


def test_limits_are_route_53s_and_never_below_what_computing_takes() -> None:
    """4 seconds stay 4 in real time; scaled, a second is the least."""
    assert [limit_seconds(4.0, 1.0), limit_seconds(4.0, 2.0), limit_seconds(4.0, 100.0)] == [4.0, 2.0, 1.0]
