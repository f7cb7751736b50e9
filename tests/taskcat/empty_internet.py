"""An internet on loopback where every host exists and has nothing to say.

taskcat asks for newer versions of itself and dresses its report with a style sheet from afar; without an answer to the latter it
fails. As its proxy, this answers every HTTPS request with an empty page, so a run needs no network and tells nobody.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import trustme

ANSWER_SECONDS_MAX = 10
EMPTY_PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@contextmanager
def empty_internet(ca_bundle: Path) -> Iterator[str]:
    """Yield the URL of a proxy to it; who uses it has to trust `ca_bundle`, which is written first."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(ca_bundle))

    class Nowhere(BaseHTTPRequestHandler):
        """One tunnel: the other end speaks TLS in the name that was asked for, and answers one request."""

        timeout = ANSWER_SECONDS_MAX

        def do_CONNECT(self) -> None:
            """Open the tunnel, then be its other end."""
            self.send_response(200)
            self.end_headers()
            self.close_connection = True
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            authority.issue_cert(self.path.partition(":")[0]).configure_cert(context)
            with context.wrap_socket(self.connection, server_side=True) as encrypted, encrypted.makefile("rb") as request:
                while request.readline().strip():
                    pass
                encrypted.sendall(EMPTY_PAGE)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Nowhere) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
