"""An authoritative name server over UDP and TCP on loopback: wire format and sockets; what to answer is asked of a function.

Source: RFC 1035 (wire format, section 4.2 on transport), RFC 6891 (EDNS), RFC 7766 (TCP).
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Final, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from deployer.local.name_answers import NameAnswer, Resolved

_PLAIN_BYTES_MAX: Final = 512
_EDNS_BYTES_MAX: Final = 1232
_TCP_BYTES_MAX: Final = 65535
_IDLE_SECONDS_MAX: Final = 10
_TRIES: Final = 20

# A name with its final dot and a type such as A -> the answer.
Answer = Callable[[str, str], NameAnswer]


def listen_for_names(address: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Return a UDP and a listening TCP socket on one port of a loopback address: `port`, or a free one when that is taken."""
    if not address.startswith("127."):
        raise ValueError(f"{address} is not a loopback address")
    for candidate in (port, *(0,) * _TRIES):
        stream, datagrams = socket.socket(socket.AF_INET, socket.SOCK_STREAM), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            stream.bind((address, candidate))
            stream.listen(100)
            datagrams.bind((address, stream.getsockname()[1]))
        except OSError as error:
            stream.close()
            datagrams.close()
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
        else:
            stream.setblocking(False)
            datagrams.setblocking(False)
            return datagrams, stream
    raise OSError(errno.EADDRINUSE, "no free loopback port for names")


async def serve_names(datagrams: socket.socket, stream: socket.socket, answer: Answer) -> None:
    """Answer at both sockets until cancelled."""
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Datagrams(answer), sock=datagrams)
    server = await asyncio.start_server(lambda reader, writer: _converse(reader, writer, answer), sock=stream)
    try:
        await server.serve_forever()
    finally:
        transport.close()


def reply(wire: bytes, answer: Answer, bytes_max: int | None = None) -> bytes | None:
    """Return the reply to a message, or None to what is no query; over UDP `bytes_max` is None and the client's own limit holds.

    A reply that does not fit is truncated, so that the client comes back over TCP.
    """
    try:
        query = dns.message.from_wire(wire)
    except (dns.exception.DNSException, ValueError):
        return None
    if query.flags & dns.flags.QR:
        return None
    response = dns.message.make_response(query, our_payload=_EDNS_BYTES_MAX)
    try:
        response.set_rcode(_fill(query, response, answer))
    except dns.exception.DNSException:
        # A record that Route 53 would not have taken.
        response.set_rcode(dns.rcode.SERVFAIL)
    room = bytes_max or (min(max(query.payload, _PLAIN_BYTES_MAX), _EDNS_BYTES_MAX) if query.edns >= 0 else _PLAIN_BYTES_MAX)
    try:
        return response.to_wire(max_size=room)
    except dns.exception.TooBig:
        short = dns.message.make_response(query, our_payload=_EDNS_BYTES_MAX)
        short.flags |= dns.flags.TC | dns.flags.AA
        return short.to_wire()


def _fill(query: dns.message.Message, response: dns.message.Message, answer: Answer) -> dns.rcode.Rcode:
    if query.opcode() != dns.opcode.QUERY:
        return dns.rcode.NOTIMP
    if len(query.question) != 1:
        return dns.rcode.FORMERR
    question = query.question[0]
    if question.rdclass != dns.rdataclass.IN:
        return dns.rcode.REFUSED
    found = answer(question.name.to_text(), dns.rdatatype.to_text(question.rdtype))
    if found.code != "REFUSED":
        response.flags |= dns.flags.AA
    response.answer += [_rrset(one) for one in found.answer]
    response.authority += [_rrset(one) for one in found.authority]
    return dns.rcode.from_text(found.code)


def _rrset(one: Resolved) -> dns.rrset.RRset:
    # Route 53 takes a value for absolute, with or without its final dot.
    return dns.rrset.from_text_list(one.name, one.ttl_seconds, "IN", one.kind, list(one.values), origin=dns.name.root, relativize=False)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not every Python's own datagram transport is an instance of the class it is documented as.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        wire = reply(data, self._answer)
        if wire is not None:
            self._transport.sendto(wire, addr)


async def _converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: Answer) -> None:
    """Answer one query after another until the client leaves or falls silent."""
    with contextlib.suppress(asyncio.IncompleteReadError, TimeoutError, ConnectionError):
        while True:
            async with asyncio.timeout(_IDLE_SECONDS_MAX):
                size = int.from_bytes(await reader.readexactly(2))
                wire = reply(await reader.readexactly(size), answer, _TCP_BYTES_MAX)
                if wire is None:
                    break
                writer.write(len(wire).to_bytes(2) + wire)
                await writer.drain()
    writer.close()
