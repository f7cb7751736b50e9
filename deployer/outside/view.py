"""The system as callers and checkers see it: whom the shared name leads to, and what a Region's own API answers.

On AWS that is the public DNS and the public names; an embedded AWS tells where its name server and its edges are. Certificates are
verified. Nothing here raises for what the network does: being out of reach is an answer too.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from deployer.outside.names import NameAnswer, NameServer, ask_for_alias, name_servers_of

HTTPS_PORT: Final = 443
ANSWER_SECONDS_MAX: Final = 5.0
_BODY_BYTES_MAX: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """What an API answered, `headers` by lower-case name; without an answer `status` is None and `problem` says why in a few words."""

    status: int | None = None
    body: str = ""
    problem: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Where to look from. All empty is the internet as this machine sees it.

    `name_servers` stand in for those the zone is delegated to; `edges` maps a Region to the address and port where its API answers,
    instead of what its name leads to; `ca_bundle` is a PEM file to trust instead of the machine's own.
    """

    name_servers: tuple[NameServer, ...] = ()
    edges: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    ca_bundle: str | None = None

    def authorities(self, zone: str) -> tuple[NameServer, ...]:
        """Return the name servers to ask about a zone; () when none can be found."""
        return self.name_servers or name_servers_of(zone)

    def answers(self, name: str, servers: tuple[NameServer, ...]) -> tuple[NameAnswer, ...]:
        """Return what each of these name servers answers for a name, asked side by side."""
        if not servers:
            return ()
        with ThreadPoolExecutor(max_workers=len(servers)) as pool:
            return tuple(pool.map(lambda server: ask_for_alias(server, name), servers))

    def get(self, region: str, host: str, path: str, *, seconds_max: float = ANSWER_SECONDS_MAX) -> HttpAnswer:
        """Return what a Region's API answers to `GET https://<host><path>`; `seconds_max` bounds the connection and each reading."""
        return self._ask("GET", region, host, path, None, {}, seconds_max)

    def post(
        self, region: str, host: str, path: str, body: str, *, headers: Mapping[str, str], seconds_max: float = ANSWER_SECONDS_MAX
    ) -> HttpAnswer:
        """Return what a Region's API answers to a JSON `body` posted to `https://<host><path>` once; bounds as for `get`."""
        return self._ask("POST", region, host, path, body, {"Content-Type": "application/json", **headers}, seconds_max)

    def _ask(
        self, method: str, region: str, host: str, path: str, body: str | None, headers: Mapping[str, str], seconds_max: float
    ) -> HttpAnswer:
        try:
            trusted = ssl.create_default_context(cafile=self.ca_bundle)
            with (
                socket.create_connection(self.edges.get(region, (host, HTTPS_PORT)), timeout=seconds_max) as plain,
                trusted.wrap_socket(plain, server_hostname=host) as secure,
            ):
                connection = http.client.HTTPConnection(host)
                connection.sock = secure
                connection.request(method, path, body, {"Connection": "close", **headers})
                answer = connection.getresponse()
                told = {name.lower(): value for name, value in answer.getheaders()}
                return HttpAnswer(status=answer.status, body=answer.read(_BODY_BYTES_MAX).decode(errors="replace"), headers=told)
        except (OSError, http.client.HTTPException) as error:
            return HttpAnswer(problem=_few_words(error))


def _few_words(error: Exception) -> str:
    match error:
        case TimeoutError():
            return "no answer in time"
        case ConnectionRefusedError():
            return "connection refused"
        case socket.gaierror():
            return "its name does not resolve"
        case ssl.SSLCertVerificationError():
            return f"certificate not trusted: {error.verify_message}"
        case _:
            return str(error) or type(error).__name__
