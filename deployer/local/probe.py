"""One question of one health checker to an endpoint: TCP, HTTP or HTTPS, within Route 53's limits.

Certificates are not verified and nothing newer than TLS 1.2 is spoken, as by Route 53's checkers (F2.2, F2.3, F2.4). Source: "How
Amazon Route 53 determines whether a health check is healthy", Route 53 Developer Guide.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

CONNECT_SECONDS_MAX: Final = 4.0
TCP_CONNECT_SECONDS_MAX: Final = 10.0
STATUS_SECONDS_MAX: Final = 2.0
BODY_SECONDS_MAX: Final = 2.0
# Scaled time does not make anyone compute faster: no limit becomes shorter than this.
_LIMIT_SECONDS_MIN: Final = 1.0
SEARCHED_BYTES_MAX: Final = 5120
_HEAD_BYTES_MAX: Final = 64 * 1024

_TIMED_OUT: Final = (
    "Failure: Connection timed out. The endpoint or the internet connection is down, or requests are being blocked by your firewall."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a checker asks: `kind` is the check's Type; `host` the name it asks for, `port` and `path` what the check says."""

    check_id: str
    kind: str
    host: str
    port: int
    path: str = "/"
    search: str = ""
    sni: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a checker saw: whether the endpoint passed, and the words GetHealthCheckStatus has for it."""

    passed: bool
    status: str


async def ask(question: Question, address: str, port: int, time_scale: float = 1.0) -> Seen:
    """Return what a checker sees at `address:port`, where the host was found; limits are divided by `time_scale`. Never raises."""
    connect_seconds = limit_seconds(TCP_CONNECT_SECONDS_MAX if question.kind == "TCP" else CONNECT_SECONDS_MAX, time_scale)
    try:
        async with asyncio.timeout(connect_seconds):
            reader, writer = await asyncio.open_connection(address, port, limit=_HEAD_BYTES_MAX)
    except TimeoutError:
        return Seen(passed=False, status=_TIMED_OUT)
    except OSError as error:
        return Seen(passed=False, status=f"Failure: {os.strerror(error.errno or errno.ECONNREFUSED)}. Resolved IP: {address}")
    try:
        if question.kind == "TCP":
            return Seen(passed=True, status="Success: TCP connection established")
        async with asyncio.timeout(limit_seconds(STATUS_SECONDS_MAX, time_scale)):
            code = await _status_code(question, reader, writer)
        return await _judged(question, code, reader, address, time_scale)
    except TimeoutError:
        return Seen(passed=False, status=f"Failure: The endpoint did not answer in time. Resolved IP: {address}")
    except ssl.SSLError:
        return Seen(passed=False, status=f"Failure: SSL handshake failed. Resolved IP: {address}")
    except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return Seen(passed=False, status=f"Failure: The endpoint ended the connection or did not speak HTTP. Resolved IP: {address}")
    finally:
        writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(0.1):
                await writer.wait_closed()


def limit_seconds(seconds: float, time_scale: float) -> float:
    """Return how long a checker waits where Route 53's waits `seconds`."""
    return max(seconds / time_scale, min(seconds, _LIMIT_SECONDS_MIN))


async def _status_code(question: Question, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    """Ask and return the status code; raises ssl.SSLError without a handshake, ValueError when what comes back is no HTTP."""
    if question.kind.startswith("HTTPS"):
        try:
            await writer.start_tls(_tls(), server_hostname=question.host if question.sni else None)
        except ConnectionError as error:
            # What hangs up in the middle of a handshake has refused it.
            raise ssl.SSLError(str(error)) from error
    usual = 443 if question.kind.startswith("HTTPS") else 80
    host = question.host if question.port == usual else f"{question.host}:{question.port}"
    agent = f"Amazon-Route53-Health-Check-Service (ref {question.check_id}; report http://amzn.to/1vsZADi)"
    path = question.path if question.path.startswith("/") else f"/{question.path}"
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\nConnection: close\r\n\r\n".encode())
    first = (await reader.readuntil(b"\r\n")).split()
    if len(first) < 2 or not first[0].startswith(b"HTTP/"):
        raise ValueError("no HTTP")
    return int(first[1])


async def _judged(question: Question, code: int, reader: asyncio.StreamReader, address: str, time_scale: float) -> Seen:
    known = code in HTTPStatus.__members__.values()
    said = f"HTTP Status Code {code}, {HTTPStatus(code).phrase}" if known else f"HTTP Status Code {code}"
    if not 200 <= code < 400:
        return Seen(passed=False, status=f"Failure: {said}. Resolved IP: {address}")
    if not question.kind.endswith("STR_MATCH"):
        return Seen(passed=True, status=f"Success: {said}")
    async with asyncio.timeout(limit_seconds(BODY_SECONDS_MAX, time_scale)):
        await reader.readuntil(b"\r\n\r\n")
        body = b""
        while len(body) < SEARCHED_BYTES_MAX and (more := await reader.read(SEARCHED_BYTES_MAX - len(body))):
            body += more
            if question.search.encode() in body:
                return Seen(passed=True, status=f"Success: {said}, string found")
    return Seen(passed=False, status=f"Failure: {said}, but the string was not found. Resolved IP: {address}")


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    return context
