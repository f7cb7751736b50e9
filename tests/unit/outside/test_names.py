"""A name server is asked for what it would answer now, over UDP, then TCP; silence and nonsense are answers too."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from deployer.outside.names import NameServer, ask_for_alias, region_of

NAME = "api.pay.example.test"
TARGET = "d-0123456789.execute-api.us-east-2.amazonaws.com"

Reply = Callable[[dns.message.Message], bytes | None]


@contextmanager
def a_server(reply: Reply) -> Iterator[NameServer]:
    """Answer one question over UDP with what `reply` makes of it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(10)

        def serve() -> None:
            wire, who = listening.recvfrom(4096)
            answer = reply(dns.message.from_wire(wire))
            if answer is not None:
                listening.sendto(answer, who)

        thread = threading.Thread(target=serve)
        thread.start()
        yield NameServer(address="127.0.0.1", port=listening.getsockname()[1])
        thread.join()


def alias(query: dns.message.Message) -> bytes:
    """Answer with the CNAME record."""
    response = dns.message.make_response(query)
    response.answer.append(dns.rrset.from_text(query.question[0].name, 10, "IN", "CNAME", f"{TARGET.upper()}."))
    return response.to_wire()


def no_such_name(query: dns.message.Message) -> bytes:
    """Answer that there is none."""
    response = dns.message.make_response(query)
    response.set_rcode(dns.rcode.NXDOMAIN)
    return response.to_wire()


def test_alias_is_told_with_its_ttl_and_region() -> None:
    """In lower case, without the last dot, as names compare."""
    with a_server(alias) as server:
        answer = ask_for_alias(server, NAME)

    assert (answer.target, answer.ttl_seconds, answer.region, answer.problem) == (TARGET, 10, "us-east-2", "")


def test_question_is_not_for_somebody_who_would_ask_others() -> None:
    """No recursion is desired: an authority answers by itself."""
    flags: list[int] = []

    def remembered(query: dns.message.Message) -> bytes:
        flags.append(query.flags)
        return alias(query)

    with a_server(remembered) as server:
        ask_for_alias(server, NAME)

    assert not flags[0] & dns.flags.RD


def test_name_that_is_not_there_is_a_problem() -> None:
    """In the server's own word."""
    with a_server(no_such_name) as server:
        answer = ask_for_alias(server, NAME)

    assert (answer.target, answer.region, answer.problem) == ("", "", "no CNAME record (NXDOMAIN)")


def test_silence_is_a_problem() -> None:
    """After the time given, not for ever."""
    with a_server(lambda query: None) as server:
        answer = ask_for_alias(server, NAME, seconds_max=0.2)

    assert answer.target == ""
    assert answer.problem


def test_nobody_there_is_a_problem() -> None:
    """A server that is gone refuses, or is silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert ask_for_alias(NameServer(address="127.0.0.1", port=port), NAME, seconds_max=0.2).problem


@pytest.mark.parametrize(
    ("target", "region"),
    [
        (TARGET, "us-east-2"),
        ("D-1.Execute-Api.AP-SOUTHEAST-2.amazonaws.com.", "ap-southeast-2"),
        ("www.example.com", ""),
        ("execute-api.us-east-1.amazonaws.com.evil.example", ""),
        ("", ""),
    ],
)
def test_region_is_in_an_apis_own_name(target: str, region: str) -> None:
    """And in no other."""
    assert region_of(target) == region
