"""What an API answers is told as it is, and being out of reach is told too."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import trustme

from deployer.outside.names import NameServer
from deployer.outside.view import Outside

HOST = "us-east-2.api.pay.example.test"


class Health(BaseHTTPRequestHandler):
    """Says 503 with a word, remembers the host it was asked for and takes what is posted."""

    hosts: list[str] = []  # noqa: RUF012 - a class of its own for one test server
    posted: list[tuple[str, str, bytes]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.hosts.append(f"{self.headers['Host']}{self.path}")
        self.send_response(503)
        self.end_headers()
        self.wfile.write(b"sick")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.posted.append((self.path, f"{self.headers['Content-Type']} {self.headers['Idempotency-Key']}", body))
        self.send_response(201)
        self.send_header("Idempotent-Replayed", "true")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Outside]:
    """An edge of its own CA that answers for the host."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    server = HTTPServer(("127.0.0.1", 0), Health)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield Outside(edges={"us-east-2": ("127.0.0.1", server.server_port)}, ca_bundle=str(tmp_path / "ca.pem"))
    server.shutdown()
    thread.join()
    server.server_close()


def test_answer_is_told_with_its_body(edge: Outside) -> None:
    """Asked under the Region's own name, at the edge's own address."""
    answer = edge.get("us-east-2", HOST, "/health")

    assert (answer.status, answer.body, answer.problem) == (503, "sick", "")
    assert Health.hosts[-1] == f"{HOST}/health"


def test_body_is_posted_once_with_its_headers(edge: Outside) -> None:
    """As JSON; the answer's headers are told by lower-case name."""
    answer = edge.post("us-east-2", HOST, "/payment", '{"amount": 0.01}', headers={"Idempotency-Key": "one"})

    assert (answer.status, answer.headers["idempotent-replayed"]) == (201, "true")
    assert Health.posted == [("/payment", "application/json one", b'{"amount": 0.01}')]


def test_certificate_of_another_name_is_not_trusted(edge: Outside) -> None:
    """Whoever answers for a Region has to prove it."""
    answer = edge.get("us-east-2", "us-east-1.api.pay.example.test", "/health")

    assert answer.status is None
    assert answer.problem.startswith("certificate not trusted")


def test_closed_port_is_a_problem(tmp_path: Path) -> None:
    """Told in a few words."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert Outside(edges={"us-east-2": ("127.0.0.1", port)}).get("us-east-2", HOST, "/").problem == "connection refused"


def test_black_hole_is_left_in_time() -> None:
    """A connection that is taken and never answered."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        answer = Outside(edges={"us-east-2": silent.getsockname()}).get("us-east-2", HOST, "/health", seconds_max=0.2)

    assert (answer.status, answer.problem) == (None, "no answer in time")


def test_given_name_servers_stand_in_for_the_zones_own() -> None:
    """Nobody else is asked."""
    given = (NameServer(address="127.0.0.1", port=5300),)

    assert Outside(name_servers=given).authorities("pay.example.test") == given


def test_without_a_name_server_there_is_no_answer() -> None:
    """Rather than one from memory."""
    assert Outside().answers("api.pay.example.test", ()) == ()
