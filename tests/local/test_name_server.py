"""The name server's wire format and sockets, asked by a DNS library."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import pytest

from deployer.local.name_answers import NameAnswer, Resolved
from deployer.local.name_server import listen_for_names, reply, serve_names


def answer(name: str, kind: str) -> NameAnswer:
    """Know two names: a small one and one with many values."""
    if name == "many.test.":
        values = tuple(f"127.0.{number}.1" for number in range(1, 100))
        return NameAnswer(code="NOERROR", answer=(Resolved(name=name, kind="A", ttl_seconds=10, values=values),))
    if name == "api.test.":
        return NameAnswer(code="NOERROR", answer=(Resolved(name=name, kind="CNAME", ttl_seconds=10, values=("d-1.example.com",)),))
    if name == "broken.test.":
        return NameAnswer(code="NOERROR", answer=(Resolved(name=name, kind="A", ttl_seconds=10, values=("no address",)),))
    return NameAnswer(code="REFUSED")


def asked(question: Callable[[str, int], Any]) -> Any:
    """Return what `question(address, port)` gets of a running name server."""

    async def run() -> Any:
        datagrams, stream = listen_for_names("127.0.0.1", 0)
        serving = asyncio.create_task(serve_names(datagrams, stream, answer))
        try:
            return await asyncio.to_thread(question, *stream.getsockname())
        finally:
            serving.cancel()

    return asyncio.run(run())


def query(name: str, **options: Any) -> dns.message.Message:
    """Return a question for an address."""
    return dns.message.make_query(name, "A", **options)


@pytest.mark.parametrize("transport", [dns.query.udp, dns.query.tcp])
def test_both_transports_answer_with_authority(transport: Any) -> None:
    """The value of a record is absolute, the TTL the record's own."""
    found = asked(lambda address, port: transport(query("api.test"), address, port=port, timeout=5))

    assert found.flags & dns.flags.AA
    assert not found.flags & dns.flags.RA
    assert found.answer[0].to_text() == "api.test. 10 IN CNAME d-1.example.com."


def test_what_does_not_fit_is_asked_again_over_tcp() -> None:
    """Truncated over UDP, whole over TCP (RFC 7766)."""
    found, over_tcp = asked(lambda address, port: dns.query.udp_with_fallback(query("many.test"), address, port=port, timeout=5))

    assert over_tcp is True
    assert len(found.answer[0]) == 99


def test_larger_datagrams_are_sent_to_who_takes_them() -> None:
    """No more than 512 bytes without EDNS, 1232 with it (RFC 6891)."""
    small, large = reply(query("many.test").to_wire(), answer), reply(query("many.test", use_edns=0, payload=4096).to_wire(), answer)

    assert small is not None
    assert large is not None
    assert len(small) <= 512
    assert dns.message.from_wire(small).flags & dns.flags.TC
    assert dns.message.from_wire(large).edns == 0


def test_several_questions_on_one_connection() -> None:
    """One after the other."""

    def both(address: str, port: int) -> list[str]:
        with socket.create_connection((address, port), timeout=5) as connection:
            found = []
            for name in ("api.test", "other.example"):
                dns.query.send_tcp(connection, query(name))
                found.append(dns.rcode.to_text(dns.query.receive_tcp(connection)[0].rcode()))
            return found

    assert asked(both) == ["NOERROR", "REFUSED"]


def test_noise_is_ignored_and_the_server_lives_on() -> None:
    """What is no query gets no reply, from which no loop of replies can grow."""
    response = dns.message.make_response(query("api.test")).to_wire()

    assert (reply(b"", answer), reply(b"\x00" * 5, answer), reply(response, answer)) == (None, None, None)


def test_unusual_questions_are_refused_properly() -> None:
    """Another operation, another class, and a record that cannot be written."""
    notify = query("api.test")
    notify.set_opcode(dns.opcode.NOTIFY)
    chaos = dns.message.make_query("version.bind", "TXT", "CH")

    codes = [dns.message.from_wire(reply(one.to_wire(), answer) or b"").rcode() for one in (notify, chaos, query("broken.test"))]
    assert codes == [dns.rcode.NOTIMP, dns.rcode.REFUSED, dns.rcode.SERVFAIL]


def test_only_loopback_is_listened_on() -> None:
    """And UDP and TCP share a port, a free one when the wanted one is taken."""
    first = listen_for_names("127.0.0.1", 0)
    second = listen_for_names("127.0.0.1", first[1].getsockname()[1])
    ports = [[one.getsockname()[1] for one in pair] for pair in (first, second)]
    for one in (*first, *second):
        one.close()

    assert ports[0][0] == ports[0][1] != ports[1][0] == ports[1][1]
    with pytest.raises(ValueError, match="not a loopback"):
        listen_for_names("0.0.0.0", 0)  # noqa: S104
