"""Sockets that are bound before anything else happens, so that a port found free stays ours; loopback only."""

from __future__ import annotations

import errno
import socket
import ssl
from typing import Any, Final

from hypercorn.config import Config, Sockets

# How many connections may wait to be accepted.
BACKLOG: Final = 100


def listen_on_loopback(address: str, port: int) -> socket.socket:
    """Return a listening socket on `address`, at `port` or, when that is taken, at a free one.

    Where the address itself cannot be used (a system that knows only 127.0.0.1), 127.0.0.1 takes its place.
    Raises ValueError for an address that is not loopback.
    """
    if not address.startswith("127."):
        raise ValueError(f"{address} is not a loopback address")
    for candidate in ((address, port), (address, 0), ("127.0.0.1", 0)):
        try:
            return _listening(*candidate)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL, errno.EACCES):
                raise
    raise OSError(errno.EADDRINUSE, "no free loopback port")


def _listening(address: str, port: int) -> socket.socket:
    with _bound(address, port) as finder:
        # Asked for by its number, a port stays with its socket even while that does not listen; a port that was found would not.
        listener = _bound(address, finder.getsockname()[1])
    try:
        # Two sockets may be bound to one port as long as neither listens: only listening settles it.
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _bound(address: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((address, port))
    except OSError:
        bound.close()
        raise
    return bound


def where(listener: socket.socket) -> str:
    """Return a listening socket's place as `address:port`."""
    address, port = listener.getsockname()[:2]
    return f"{address}:{port}"


class ListenerConfig(Config):  # type: ignore[misc]
    """Hypercorn's configuration for one socket that already listens, with TLS when a context is given."""

    def __init__(self, listener: socket.socket, tls: ssl.SSLContext | None = None) -> None:
        super().__init__()
        self._listener = listener
        self._tls = tls
        self.graceful_timeout = 0.5
        self.shutdown_timeout = 1.0
        self.keep_alive_timeout = 75

    @property
    def ssl_enabled(self) -> bool:
        """Tell hypercorn whether to speak TLS."""
        return self._tls is not None

    def create_ssl_context(self) -> ssl.SSLContext | None:
        """Return the context given at the start."""
        return self._tls

    def create_sockets(self) -> Any:
        """Return the socket given at the start as hypercorn expects it."""
        plain, secure = ([], [self._listener]) if self._tls else ([self._listener], [])
        return Sockets(secure_sockets=secure, insecure_sockets=plain, quic_sockets=[])
