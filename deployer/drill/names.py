"""Names as a drill's clients ask them: one question, answered with address, Region and how long it may be believed.

A client believes an answer for its TTL and no longer, counted from when it got it; it keeps its answers for itself, as clients on
machines of their own do. Which Region an address belongs to is in the chain of the answer: an API's Regional domain name holds it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver

from deployer.drill.target import Target

ASK_SECONDS_MAX: Final = 2.0
_REGIONAL: Final = re.compile(r"\.execute-api\.([a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com\.?$")


class NoAddress(Exception):
    """A name led nowhere; the message says why in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a name leads: an IPv4 address and port, and the Region there, None when the answer does not tell."""

    address: str
    port: int
    region: str | None
    ttl_seconds: float


class Names:
    """The resolver of one client; `time_scale` is how many times faster TTLs pass.

    A client's first answer is believed for `first_share` of its TTL: clients that begin together did not all ask at the same moment.
    """

    def __init__(
        self, target: Target, *, time_scale: float = 1.0, first_share: float = 1.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._first_share = first_share
        self._target, self._scale, self._now = target, time_scale, now
        self._known: dict[str, tuple[float, Whereabouts]] = {}
        # Without a cache of its own: what is believed, and for how long, is decided here.
        self._resolver = dns.asyncresolver.Resolver(configure=target.name_server is None)
        if target.name_server is not None:
            address, port = target.name_server
            self._resolver.nameservers, self._resolver.port = [address], port

    async def whereabouts(self, name: str) -> Whereabouts:
        """Return where a name leads, by an answer still believed or a new one. Raises NoAddress."""
        known = self._known.get(name)
        if known is not None and self._now() < known[0]:
            return known[1]
        found = await self.ask(name)
        share = 1.0 if name in self._known else self._first_share
        self._known[name] = (self._now() + share * found.ttl_seconds / self._scale, found)
        return found

    async def ask(self, name: str) -> Whereabouts:
        """Return where a name leads by a new answer, kept by nobody. Raises NoAddress."""
        try:
            answer = await self._resolver.resolve(name, "A", search=False, lifetime=ASK_SECONDS_MAX)
        except dns.resolver.NXDOMAIN as error:
            raise NoAddress("no such name") from error
        except dns.exception.DNSException as error:
            raise NoAddress("no answer from DNS") from error
        links = answer.response.answer
        aliases = [link[0].target.to_text() for link in links if link.rdtype == dns.rdatatype.CNAME]
        regions = (found[1] for alias in aliases if (found := _REGIONAL.search(alias)))
        region = next(regions, None) or self._region_in(name)
        port = self._target.ports.get(region, 443) if region else 443
        ttl = float(min(link.ttl for link in links))
        return Whereabouts(address=answer[0].address, port=port, region=region, ttl_seconds=ttl)

    def _region_in(self, name: str) -> str | None:
        """Return the Region that a name of its own is made for: an alias record's chain is not in the answer."""
        return next((region for region in self._target.regions if name == self._target.own_name(region)), None)
