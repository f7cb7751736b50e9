"""The way into a listener, as the network sees it: open, silent (let in and never answered) or shut (refused).

A shut door is a socket that no longer listens, so that a client meets ECONNREFUSED; its port stays ours. Connections that are open when
it shuts are reset. Where a system cannot stop listening on a socket it keeps, connections are let in and reset at once.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import random
import select
import socket
import ssl
import struct
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakValueDictionary

from hypercorn.asyncio import serve

from deployer.local.asgi import Application
from deployer.local.faults import ZONE_SECONDS, Way
from deployer.local.listeners import BACKLOG, ListenerConfig

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
_ZONE_LOOKS: Final = 10
# Linux tells of a peer that sends no more even while what it sent is unread.
_HANGS_UP: Final = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR

Client = tuple[str, int]


class Door:
    """What stands before one listener. `way` and `share_lost` say how connections fare now; `follow` is called when that may have changed.

    `share_lost` is the share of connections that are reset at the moment, for `zone_seconds`. Everything belongs to the loop's thread.
    """

    def __init__(
        self,
        listener: socket.socket,
        way: Callable[[], Way] = lambda: Way.OPEN,
        share_lost: Callable[[], float] = lambda: 0.0,
        draw: Callable[[], float] = random.random,
        zone_seconds: float = ZONE_SECONDS,
    ) -> None:
        self._listener = listener
        self._way = way
        self._share_lost = share_lost
        self._draw = draw
        self._zone_seconds = zone_seconds
        self._shut = False
        self._moved = asyncio.Event()
        self._open: WeakValueDictionary[Client, socket.socket] = WeakValueDictionary()
        self._held: list[socket.socket] = []

    def reset(self, client: Client) -> None:
        """Reset the connection of a client, known by its address and port."""
        connection = self._open.pop(client, None)
        if connection is not None:
            _reset(connection)

    def follow(self) -> None:
        """Do what the way asks for now: shut or open the door, drop what waited when silence ends, lose a zone's share."""
        way = self._way()
        if way is not Way.SILENT:
            self._drop_held()
        if way is Way.SHUT:
            self._reset_share(1.0)
        if (way is Way.SHUT) != self._shut:
            self._shut = not self._shut
            if self._shut:
                self._stop_listening()
            else:
                self._listener.listen(BACKLOG)
            self._moved.set()
        if self._share_lost() > 0:
            self._lose(_ZONE_LOOKS)

    async def serve(self, application: Application, tls: ssl.SSLContext | None, ended: asyncio.Event) -> None:
        """Serve what comes through until `ended`."""
        while not ended.is_set():
            self._moved.clear()
            if self._shut:
                # A server that was only just starting listens by itself.
                self._stop_listening()
                await _first_of(self._moved, ended)
                continue
            config = ListenerConfig(_Listening(self._listener, self._admits), tls)

            async def until_shut() -> None:
                while not (self._shut or ended.is_set()):
                    self._moved.clear()
                    await _first_of(self._moved, ended)

            serving = asyncio.create_task(serve(application, config, shutdown_trigger=until_shut))
            await asyncio.wait({serving})
            # Connections that would not go in time are ended by cancelling; anything else is a fault of the server.
            if not serving.cancelled() and serving.exception() is not None:
                serving.result()

    def _admits(self, connection: socket.socket, client: Client) -> bool:
        """Tell whether a connection that came in is to be served."""
        way = self._way()
        if way is Way.OPEN and self._draw() >= self._share_lost():
            self._open[client] = connection
            return True
        if way is Way.SILENT:
            self._held = [*_still_there(self._held), connection]
        else:
            _refuse(connection)
        return False

    def _stop_listening(self) -> None:
        # A socket that is shut down twice hands its end on to the connections it accepts later.
        if not self._listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
            return
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)

    def _drop_held(self) -> None:
        held, self._held = self._held, []
        for connection in held:
            _refuse(connection)

    def _reset_share(self, share: float) -> None:
        for client in [client for client in self._open if self._draw() < share]:
            self.reset(client)

    def _lose(self, looks_left: int) -> None:
        """Reset a zone's share of what is open, now and of what comes while the zone is lost."""
        share = self._share_lost()
        if share > 0:
            # Every look takes its part, so that all of them together take about the share.
            self._reset_share(1 - (1 - share) ** (1 / _ZONE_LOOKS))
            if looks_left > 1:
                asyncio.get_running_loop().call_later(self._zone_seconds / _ZONE_LOOKS, self._lose, looks_left - 1)


class _Listening(socket.socket):
    """A second handle of a listening socket that asks about each connection whether to serve it."""

    def __init__(self, listener: socket.socket, admits: Callable[[socket.socket, Client], bool]) -> None:
        super().__init__(listener.family, listener.type, listener.proto, fileno=os.dup(listener.fileno()))
        self._admits = admits
        self.setblocking(False)

    def accept(self) -> tuple[socket.socket, Any]:
        """Return the next connection to be served; what is not served looks like nothing there."""
        try:
            connection, address = super().accept()
        except OSError as error:
            if error.errno == errno.EINVAL:
                raise BlockingIOError(errno.EAGAIN, "the socket listens no more") from error
            raise
        if not self._admits(connection, address[:2]):
            raise BlockingIOError(errno.EAGAIN, "the connection is not to be served")
        return connection, address


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()


def _still_there(connections: list[socket.socket]) -> list[socket.socket]:
    """Return the connections whose peers have not hung up, and close the others."""
    looked_at = select.poll()
    for connection in connections:
        looked_at.register(connection, _HANGS_UP)
    gone = {descriptor for descriptor, _ in looked_at.poll(0)}
    left = []
    for connection in connections:
        if connection.fileno() in gone:
            connection.close()
        else:
            left.append(connection)
    return left


def _refuse(connection: socket.socket) -> None:
    """Close a connection that was never served, so that its peer is told of a reset."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    connection.close()


def _reset(connection: socket.socket) -> None:
    """End a connection both ways, so that nothing more is said on it, whoever still reads or writes it here."""
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        connection.shutdown(socket.SHUT_RDWR)
