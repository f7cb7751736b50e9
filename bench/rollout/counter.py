"""Stands between a contestant and the embedded AWS and counts the requests; every byte goes on as it came, so signatures hold.

It reads of a request no more than it needs to know where the next one begins, and which operation it asks for.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

_ACTION: Final = re.compile(rb"(?:^|&)Action=([A-Za-z0-9]+)")
_SERVICE: Final = re.compile(rb"Credential=[^/]+/\d{8}/[a-z0-9-]+/([a-z0-9-]+)/aws4_request")
_HEAD_BYTES_MAX: Final = 65_536
# What an `Action` is looked for in; some clients send it after the template, and a template is given inline up to 51,200 bytes.
_LOOKED_AT_BYTES_MAX: Final = 262_144
_END_SECONDS_MAX: Final = 10


class Counted:
    """A counting endpoint at `url`."""

    def __init__(self) -> None:
        self.url = ""
        self._requests: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str) -> None:
        """Count one request."""
        with self._lock:
            self._requests[name] += 1

    def take(self) -> Counter[str]:
        """Return the requests since the last time, by `service.Operation` (S3: by its method), and begin anew."""
        with self._lock:
            taken, self._requests = self._requests, Counter()
            return taken


@contextmanager
def counting(endpoint: str) -> Iterator[Counted]:
    """Run a counter in front of `endpoint` (a URL of this machine) on a free port, in a thread of its own."""
    address = urlsplit(endpoint)
    counted, ready, ended = Counted(), threading.Event(), asyncio.Event()
    host, port = address.hostname or "127.0.0.1", address.port or 80
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        server = await asyncio.start_server(lambda reader, writer: _relay(reader, writer, host, port, counted), "127.0.0.1", 0)
        counted.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        loops.append(asyncio.get_running_loop())
        ready.set()
        await ended.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    ready.wait(_END_SECONDS_MAX)
    try:
        yield counted
    finally:
        for loop in loops:
            loop.call_soon_threadsafe(ended.set)
        thread.join(_END_SECONDS_MAX)


def operation_of(head: bytes, body: bytes) -> str:
    """Return `service.Operation` of a request by its head and its body; S3's by its HTTP method."""
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    found = _SERVICE.search(fields.get(b"authorization", b""))
    service = found[1].decode() if found else "unsigned"
    if target := fields.get(b"x-amz-target"):
        return f"{service}.{target.rpartition(b'.')[2].decode()}"
    if action := _ACTION.search(body):
        return f"{service}.{action[1].decode()}"
    return f"{service}.{head.partition(b' ')[0].decode()}"


async def _relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int, counted: Counted) -> None:
    """Carry one connection's requests there and the answers back until either side ends it."""
    try:
        there_reader, there_writer = await asyncio.open_connection(host, port)
    except OSError:
        writer.close()
        return
    ways = (
        asyncio.create_task(_requests(reader, there_writer, counted)),
        asyncio.create_task(_bytes(there_reader, writer)),
    )
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        writer.close()
        there_writer.close()


async def _bytes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(_HEAD_BYTES_MAX):
        writer.write(block)
        await writer.drain()


async def _requests(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, counted: Counted) -> None:
    while True:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return
        writer.write(head)
        beginning = b""
        async for block in _body(reader, head):
            beginning = (beginning + block)[:_LOOKED_AT_BYTES_MAX]
            writer.write(block)
            await writer.drain()
        counted.add(operation_of(head, beginning))


async def _body(reader: asyncio.StreamReader, head: bytes) -> AsyncIterator[bytes]:
    """Yield the body of the request with this head, in pieces."""
    lower = head.lower()
    if b"\r\ntransfer-encoding: chunked" in lower:
        size = -1
        while size != 0:
            line = await reader.readuntil(b"\r\n")
            yield line
            size = int(line.split(b";")[0], 16)
            if size:
                yield await reader.readexactly(size + 2)
        while (line := await reader.readuntil(b"\r\n")) != b"\r\n":
            yield line
        yield line
        return
    found = re.search(rb"\r\ncontent-length: *(\d+)", lower)
    left = int(found[1]) if found else 0
    while left:
        block = await reader.read(min(left, _HEAD_BYTES_MAX))
        if not block:
            return
        left -= len(block)
        yield block
