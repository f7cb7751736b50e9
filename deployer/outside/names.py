"""What an authoritative name server answers, asked without a resolver between that remembers.

A resolver answers from its memory for a TTL; the zone's own name servers answer by the health checks' state of that moment, so a move of
traffic is seen there first. On AWS they are found by the zone's NS records. Source: RFC 1034 section 4.3.1, RFC 7766 (over TCP when a
reply does not fit).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import dns.exception
import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import dns.resolver

DNS_PORT: Final = 53
ASK_SECONDS_MAX: Final = 2.0
_REGIONAL: Final = re.compile(r"\.execute-api\.([a-z]{2}(?:-[a-z]+)+-[0-9])\.amazonaws\.com$")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameServer:
    """A name server by its IP address."""

    address: str
    port: int = DNS_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAnswer:
    """What one name server answers for a name: the target of its CNAME record without the last dot, and how long to remember it.

    `target` is empty when there is no such record or no answer; `problem` then says why in a few words.
    """

    server: NameServer
    target: str = ""
    ttl_seconds: int = 0
    problem: str = ""

    @property
    def region(self) -> str:
        """The Region whose API the target is, empty when it does not tell."""
        return region_of(self.target)


def region_of(target: str) -> str:
    """Return the Region in an API's Regional domain name (`d-….execute-api.us-east-1.amazonaws.com`), empty for any other name."""
    found = _REGIONAL.search(target.lower().rstrip("."))
    return found[1] if found else ""


def ask_for_alias(server: NameServer, name: str, *, seconds_max: float = ASK_SECONDS_MAX) -> NameAnswer:
    """Return what a name server answers for the CNAME record of `name`; never raises for what the network or the server does."""
    query = dns.message.make_query(name, dns.rdatatype.CNAME)
    query.flags &= ~dns.flags.RD
    try:
        answer, _ = dns.query.udp_with_fallback(query, server.address, timeout=seconds_max, port=server.port)
    except (dns.exception.DNSException, OSError, EOFError) as error:
        return NameAnswer(server=server, problem=str(error) or type(error).__name__)
    for link in answer.answer:
        if link.rdtype == dns.rdatatype.CNAME:
            return NameAnswer(server=server, target=link[0].target.to_text(omit_final_dot=True).lower(), ttl_seconds=link.ttl)
    return NameAnswer(server=server, problem=f"no CNAME record ({dns.rcode.to_text(answer.rcode())})")


def name_servers_of(zone: str) -> tuple[NameServer, ...]:
    """Return the name servers that the zone is delegated to, by this machine's resolvers; () when none can be found."""
    found = []
    try:
        resolver = dns.resolver.Resolver()
        resolver.lifetime = 2 * ASK_SECONDS_MAX
        for server in resolver.resolve(zone, "NS", search=False):
            found += [one.address for one in resolver.resolve(server.target, "A", search=False)]
    except dns.exception.DNSException:
        # What was found so far answers as well as all of them.
        pass
    return tuple(NameServer(address=address) for address in sorted(found))
