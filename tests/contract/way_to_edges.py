"""A way from a client that knows names to edges that listen on loopback: a proxy that opens tunnels, and looks into none.

A client that goes through it asks for `https://us-east-1.api.…` as from anywhere, and speaks TLS with that name at the Region's edge.
"""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

IDLE_SECONDS_MAX = 60


@contextmanager
def way_to_edges(edges: Mapping[str, str]) -> Iterator[str]:
    """Yield the URL of a proxy that leads each of the names in `edges` to its `address:port`, and no other name anywhere."""

    class Tunnels(BaseHTTPRequestHandler):
        """One connection of a client to one name."""

        def do_CONNECT(self) -> None:
            """Open the tunnel and pass on what comes, both ways, until an end closes it."""
            address, _, port = edges.get(self.path.partition(":")[0], "").rpartition(":")
            if not address:
                self.send_error(502)
                return
            self.close_connection = True
            with socket.create_connection((address, int(port)), timeout=IDLE_SECONDS_MAX) as edge:
                self.send_response(200)
                self.end_headers()
                _pass_on(self.connection, edge)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Tunnels) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def _pass_on(client: socket.socket, edge: socket.socket) -> None:
    with selectors.DefaultSelector() as ready:
        ready.register(client, selectors.EVENT_READ, edge)
        ready.register(edge, selectors.EVENT_READ, client)
        while events := ready.select(IDLE_SECONDS_MAX):
            for key, _ in events:
                source: socket.socket = key.fileobj  # type: ignore[assignment]
                content = source.recv(65536)
                if not content:
                    return
                key.data.sendall(content)
