"""Two small Regions that take payments over HTTPS, and the name that leads to one of them: what a drill's clients need, and no more.

They share one ledger, as a strongly consistent table does. Each Region can be told to refuse, to be silent or to fail, and the name to
lead elsewhere.
"""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import trustme
from aiohttp import web

from deployer.drill.target import Target
from deployer.local.name_answers import NameAnswer, Resolved
from deployer.local.name_server import listen_for_names, serve_names

ZONE = "pay.example.test"
EAST, MIDDLE = "us-east-1", "us-east-2"
ADDRESSES = {EAST: "127.0.1.1", MIDDLE: "127.0.2.1"}


@dataclass(slots=True)
class PayingRegions:
    """What a test may look at and change while they run.

    `leads_to` is the Region behind the shared name, None for no such name; `ill` maps a Region to "failing", "silent" or "taking": it takes
    the payment and answers nothing; `calls` are (Region, method, key or id) in turn. With `rules` "by chance" every request gets an id of
    its own, with "stale" a replay says another amount.
    """

    target: Target | None = None
    leads_to: str | None = EAST
    ttl_seconds: int = 1
    held: bool = False
    rules: str = ""
    # Takes (Region, method, path, headers, body) and returns (status, headers, body) in the place of the small Regions' own rules.
    function: Callable[[str, str, str, Mapping[str, str], str], tuple[int, dict[str, str], str]] | None = None
    ill: dict[str, str] = field(default_factory=dict)
    ledger: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[tuple[str, str, str]] = field(default_factory=list)
    connections: set[tuple[str, Any]] = field(default_factory=set)
    questions: int = 0

    def answer(self, name: str, kind: str) -> NameAnswer:
        """Answer for the shared name and the Regions' own."""
        self.questions += 1
        plain = name.rstrip(".")
        own = {f"{region}.api.{ZONE}": region for region in ADDRESSES} | {f"api.{ZONE}": self.leads_to}
        region = own.get(plain)
        if region is None or kind != "A":
            return NameAnswer(code="NXDOMAIN")
        api = f"d-abc.execute-api.{region}.amazonaws.com."
        alias = Resolved(name=name, kind="CNAME", ttl_seconds=self.ttl_seconds, values=(api,))
        return NameAnswer(code="NOERROR", answer=(alias, Resolved(name=api, kind="A", ttl_seconds=60, values=(ADDRESSES[region],))))

    async def serve(self, region: str, request: web.Request) -> web.StreamResponse:
        """Take or show one payment in a Region, as ill as it is."""
        key = request.headers.get("Idempotency-Key") or request.path.rpartition("/")[2]
        self.calls.append((region, request.method, key))
        self.connections.add((region, request.transport and request.transport.get_extra_info("peername")))
        illness = self.ill.get(region)
        if illness == "failing" or request.headers["x-api-key"] != "key-1":
            return web.json_response({}, status=500)
        if illness == "silent":
            await asyncio.sleep(30)
        if request.path == "/hold":
            return web.json_response({}, status=200 if self.held and region == MIDDLE else 404)
        if self.function is not None:
            asked = (region, request.method, request.path, dict(request.headers), await request.text())
            status, headers, body = await asyncio.to_thread(self.function, *asked)
            return web.Response(status=status, headers=headers, body=body.encode())
        if request.method == "GET":
            found = next((one for one in self.ledger.values() if one["transactionId"] == key), None)
            return web.json_response(found or {}, status=200 if found else 404)
        body = await request.json()
        replayed = key in self.ledger
        new = {"transactionId": f"id-of-{key}", "amount": body["amount"], "currency": body["currency"], "region": region, "key": key}
        if self.rules == "by chance":
            new["transactionId"] = str(uuid4())
            paid = self.ledger.setdefault(str(new["transactionId"]), new)
        else:
            paid = self.ledger.setdefault(key, new)
        if replayed and self.rules == "stale":
            paid = paid | {"amount": 0}
        if illness == "taking":
            await asyncio.sleep(30)
        return web.json_response(paid, status=201, headers={"Idempotent-Replayed": "true"} if replayed else {})


@contextmanager
def paying_regions(folder: Path) -> Iterator[PayingRegions]:
    """Run two Regions and their names on loopback, and end them on the way out."""
    world, ready, ended = PayingRegions(), threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_live(world, folder, ready, ended)), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield world
    finally:
        ended.set()
        thread.join(20)


def target_of(world: PayingRegions) -> Target:
    """Return where its clients go."""
    assert world.target is not None
    return world.target


def _handler(world: PayingRegions, region: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        return await world.serve(region, request)

    return handle


async def _live(world: PayingRegions, folder: Path, ready: threading.Event, ended: threading.Event) -> None:
    authority = trustme.CA()
    bundle = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(f"api.{ZONE}", f"{EAST}.api.{ZONE}", f"{MIDDLE}.api.{ZONE}").configure_cert(tls)
    datagrams, stream = listen_for_names("127.0.0.1", 0)
    names = asyncio.create_task(serve_names(datagrams, stream, world.answer))
    ports, runners = {}, []
    for region, address in ADDRESSES.items():
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", _handler(world, region))
        runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, address, 0, ssl_context=tls).start()
        ports[region] = runner.addresses[0][1]
        runners.append(runner)
    world.target = Target(
        zone=ZONE, regions=(EAST, MIDDLE), api_key="key-1", name_server=stream.getsockname()[:2], ports=ports, ca_bundle=str(bundle)
    )
    ready.set()
    await asyncio.to_thread(ended.wait)
    names.cancel()
    for runner in runners:
        await runner.cleanup()
