"""The endpoint and the edges behind doors and gates that the faults in force decide about: what the server serves, put together."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from deployer.local.asgi import Application
from deployer.local.called_service import Whereabouts
from deployer.local.doors import Door
from deployer.local.fault_gate import FaultGate
from deployer.local.faults import ZONE_SECONDS, RegionFaults
from deployer.local.health_checkers import CHECKER_REGIONS

Serving = Coroutine[Any, Any, None]


@dataclass(slots=True)
class FaultyListeners:
    """Serves `edges`, which are listening sockets by Region, and one endpoint for all; to be made on the event loop.

    `time_scale` is how many times faster what passes by itself does so.
    """

    edges: Mapping[str, socket.socket]
    ended: asyncio.Event
    time_scale: float = 1.0
    faults: RegionFaults = field(init=False)
    _gate: FaultGate = field(init=False)

    def __post_init__(self) -> None:
        regions = tuple(self.edges)
        known = tuple(sorted({*regions, *CHECKER_REGIONS}))
        self.faults = RegionFaults(edges=regions, known=known, zone_seconds=ZONE_SECONDS / self.time_scale)
        self._gate = FaultGate(self.faults)

    def endpoint(
        self,
        listener: socket.socket,
        application: Application,
        whereabouts: Whereabouts,
        around: Callable[[Application], Application],
    ) -> Serving:
        """Return the serving of the AWS APIs at one listener; `around` is given the judged application and adds what answers always."""
        door = Door(listener)
        return door.serve(around(self._gate.endpoint(application, whereabouts, door)), None, self.ended)

    def edge(self, region: str, application: Application, tls: ssl.SSLContext) -> Serving:
        """Return the serving of a Region's edge."""
        way, share = partial(self.faults.way, region), partial(self.faults.zone_share, region)
        door = Door(self.edges[region], way, share, zone_seconds=self.faults.zone_seconds)
        self.faults.watch(door.follow)
        return door.serve(self._gate.edge(application, region, door), tls, self.ended)
