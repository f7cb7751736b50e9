"""Route 53's data plane for one embedded AWS: checkers that ask the edges, and a name server that answers by what they found."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable, Mapping

from deployer.local import alarm_metrics, attach, attach_route53, name_answers
from deployer.local.health_checkers import HealthCheckers, Place, Surroundings
from deployer.local.name_answers import NameAnswer, World
from deployer.local.name_server import serve_names


class Route53:
    """Names and health of one account; `edges` maps a Region to its edge's address and port."""

    def __init__(
        self,
        account_id: str,
        edges: Mapping[str, tuple[str, int]],
        *,
        time_scale: float = 1.0,
        is_wrong: Callable[[str], bool] = lambda region: False,
    ) -> None:
        self._account_id = account_id
        self._edges = edges
        around = Surroundings(
            configs=lambda: attach_route53.health_check_configs(account_id),
            locate=self.locate,
            metric_state=lambda alarm, region: alarm_metrics.metric_state(account_id, alarm, region),
            is_wrong=is_wrong,
        )
        self.checkers = HealthCheckers(around, time_scale)

    def register(self) -> None:
        """Serve the checkers' observations through Route 53's API; to be called once."""
        attach.verify(attach_route53.SEAMS)
        attach_route53.answer_status_questions(self.checkers.observations)

    async def run(self, datagrams: socket.socket, stream: socket.socket) -> None:
        """Check and answer until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.checkers.run())
            group.create_task(serve_names(datagrams, stream, self.answer))

    def answer(self, name: str, kind: str) -> NameAnswer:
        """Return the answer to a question for `name` and `kind` at this moment."""
        world = World(
            zones=attach_route53.public_zones(self._account_id),
            address_of=self._address_of,
            check_is_healthy=self.checkers.is_healthy,
            draw=random.random,
        )
        return name_answers.answer_for(world, name, kind)

    def locate(self, host: str, port: int) -> Place | None:
        """Return where a host leads now; the usual HTTPS port of an edge's address is the port that the edge really has."""
        addresses = [value for one in self.answer(host, "A").answer if one.kind == "A" for value in one.values]
        if not addresses:
            return None
        for address, edge_port in self._edges.values():
            if address == addresses[0]:
                return Place(address=address, port=edge_port if port == 443 else port)
        return Place(address=addresses[0], port=port)

    def _address_of(self, name: str) -> str | None:
        plain = name.rstrip(".")
        if ".execute-api." not in plain:
            return None
        for region, (address, _) in self._edges.items():
            if plain in attach_route53.regional_domain_names(self._account_id, region):
                return address
        return None
