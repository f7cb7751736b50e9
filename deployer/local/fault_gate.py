"""What a faulty Region does to requests that came through its door: ASGI around the edges' application and the endpoint's.

Without a fault a request costs one look at an empty tuple.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from typing import Any

from deployer.local import fault_answers
from deployer.local.asgi import Application, Receive, Scope, Send
from deployer.local.called_service import Whereabouts, called_service
from deployer.local.doors import Door
from deployer.local.fault_answers import Answer
from deployer.local.faults import CONTROL_PLANE_REGION, RegionFaults, Way


class FaultGate:
    """Judges requests by the faults in force; to be made on the event loop."""

    def __init__(self, faults: RegionFaults, draw: Callable[[], float] = random.random) -> None:
        self._faults = faults
        self._draw = draw
        self._changed = asyncio.Event()
        faults.watch(self._note_change)

    def edge(self, application: Application, region: str, door: Door) -> Application:
        """Return an ASGI application that is `application` behind a Region's edge: silent, failing or late when it is to be."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan" or not self._faults.active():
                await application(scope, receive, send)
                return
            if self._faults.way(region) is not Way.OPEN:
                await self._swallow(lambda: self._faults.way(region), scope, receive, door)
                return
            if self._faults.service_is_out(region, "execute-api"):
                await _answer(send, fault_answers.service_unavailable("execute-api", scope))
                return
            if self._draw() < self._faults.failing_share(region):
                await _answer(send, fault_answers.api_failure())
                return
            await application(scope, receive, _late(send, self._faults.latency_seconds(region)))

        return serve

    def endpoint(self, application: Application, whereabouts: Whereabouts, door: Door) -> Application:
        """Return an ASGI application that is `application` where every AWS API is served, each call judged by its Region."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            called = called_service(scope, whereabouts) if self._faults.active() and scope["type"] == "http" else None
            if called is None:
                await application(scope, receive, send)
            elif self._faults.way_between(called.caller, called.region) is not Way.OPEN:
                await self._swallow(lambda: self._faults.way_between(called.caller, called.region), scope, receive, door)
            elif self._faults.service_is_out(called.region, called.service) or (
                called.changes_bucket and not self._faults.alive(CONTROL_PLANE_REGION)
            ):
                await _answer(send, fault_answers.service_unavailable(called.service, scope))
            else:
                await application(scope, receive, send)

        return serve

    def _note_change(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _swallow(self, way: Callable[[], Way], scope: Scope, receive: Receive, door: Door) -> None:
        """Let a request wait while its way swallows what comes, then reset its connection; at once when it refuses."""
        gone = asyncio.create_task(_until_gone(receive))
        try:
            while way() is Way.SILENT and not gone.done():
                change = asyncio.create_task(self._changed.wait())
                await asyncio.wait({gone, change}, return_when=asyncio.FIRST_COMPLETED)
                change.cancel()
            door.reset(tuple(scope.get("client") or ("", 0))[:2])
            # Answering nothing before the reset has been noticed would be answered with a 500 by the server.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5):
                    await gone
        finally:
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] not in ("http.disconnect", "websocket.disconnect"):
        pass


async def _answer(send: Send, answer: Answer) -> None:
    status, headers, body = answer
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _late(send: Send, seconds: float) -> Send:
    """Return `send` that holds the beginning of an answer back."""
    if not seconds:
        return send

    async def send_late(message: Any) -> None:
        if message["type"] == "http.response.start":
            await asyncio.sleep(seconds)
        await send(message)

    return send_late
