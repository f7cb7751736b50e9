"""What runs inside a canary's function, without a function: how a run ends, and where names lead."""

from __future__ import annotations

import asyncio
import io
import socket
import sys
import threading
import types
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest

from deployer.local.name_answers import NameAnswer, Resolved
from deployer.local.name_server import listen_for_names, serve_names
from deployer.local.synthetics import runtime
from deployer.local.synthetics.engine import package
from tests.support.stacks import zipped


def an_event(**changes: Any) -> dict[str, Any]:
    """Return what a run is told of itself and of the world."""
    event = {"canary": "one", "handler": "greeting.handler", "limit_seconds": 5.0, "broken": "", "names": ["127.0.0.1", 1], "edges": []}
    return event | changes


@pytest.fixture
def greeting() -> Iterator[types.ModuleType]:
    """A canary's module; a test gives it its handler."""
    module = types.ModuleType("greeting")
    sys.modules["greeting"] = module
    yield module
    del sys.modules["greeting"]


@pytest.fixture
def names() -> Iterator[list[Any]]:
    """A name server that knows api.example.test, as [address, port]."""
    datagrams, stream = listen_for_names("127.0.0.1", 0)
    loop = asyncio.new_event_loop()

    def answer(name: str, kind: str) -> NameAnswer:
        known = name == "api.example.test." and kind == "A"
        found = (Resolved(name=name, kind="A", ttl_seconds=1, values=("127.0.1.1",)),) if known else ()
        return NameAnswer(code="NOERROR" if known else "NXDOMAIN", answer=found)

    where = list(stream.getsockname()[:2])
    serving = loop.create_task(serve_names(datagrams, stream, answer))
    thread = threading.Thread(target=loop.run_until_complete, args=(asyncio.wait({serving}),))
    thread.start()
    yield where
    loop.call_soon_threadsafe(serving.cancel)
    thread.join()
    loop.close()


def test_run_that_returns_has_passed_and_keeps_what_was_printed(greeting: types.ModuleType) -> None:
    """What a canary prints is its log."""
    greeting.handler = lambda event, context: print("paid")  # type: ignore[attr-defined]

    assert runtime.carry_out(an_event(), None) == ("", "paid\n", False)


def test_run_that_raises_has_failed_in_its_own_words(greeting: types.ModuleType) -> None:
    """Even one that wants to exit; the trace is in the log."""

    def leave(event: object, context: object) -> None:
        raise SystemExit("no money")

    greeting.handler = leave  # type: ignore[attr-defined]

    reason, log, goes_on = runtime.carry_out(an_event(), None)

    assert (reason, goes_on) == ("SystemExit: no money", False)
    assert "in leave" in log


def test_run_that_takes_too_long_is_left(greeting: types.ModuleType) -> None:
    """Nobody waits for it."""
    told = threading.Event()
    greeting.handler = lambda event, context: told.wait(30)  # type: ignore[attr-defined]

    reason, _, goes_on = runtime.carry_out(an_event(limit_seconds=0.05), None)
    told.set()

    assert reason == "Canary timed out after 0.05 seconds"
    assert goes_on


def test_broken_canary_fails_without_being_called(greeting: types.ModuleType) -> None:
    """Whatever it watches."""
    called: list[object] = []
    greeting.handler = lambda event, context: called.append(event)  # type: ignore[attr-defined]

    assert runtime.carry_out(an_event(broken="the canary is broken"), None)[0] == "RuntimeError: the canary is broken"
    assert called == []


def test_name_leads_to_the_edge_and_its_real_port(names: list[Any]) -> None:
    """443 is what the edge listens on; other ports stay, and so do addresses."""
    look_up = runtime.lookup(an_event(names=names, edges=[["127.0.1.1", 8443, True]]))

    assert look_up("api.example.test", 443, 0, socket.SOCK_STREAM)[0][4] == ("127.0.1.1", 8443)
    assert look_up("api.example.test", 80, 0, socket.SOCK_STREAM)[0][4] == ("127.0.1.1", 80)
    assert look_up("127.0.0.1", 443, 0, socket.SOCK_STREAM)[0][4] == ("127.0.0.1", 443)


def test_region_that_cannot_be_reached_times_out(names: list[Any]) -> None:
    """Though its name is known everywhere."""
    look_up = runtime.lookup(an_event(names=names, edges=[["127.0.1.1", 8443, False]]))

    with pytest.raises(TimeoutError, match=r"api\.example\.test cannot be reached"):
        look_up("api.example.test", 443)


def test_name_that_is_none_is_no_address(names: list[Any]) -> None:
    """As anywhere: socket.gaierror."""
    look_up = runtime.lookup(an_event(names=names))

    with pytest.raises(socket.gaierror, match="no such name"):
        look_up("nobody.example.test", 443)


def test_package_has_the_canary_and_the_runtime_beside_it() -> None:
    """What lies elsewhere in the zip stays out."""
    made = package(zipped(python__pay="", python__more__parts="", other=""), "pay.handler")

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert sorted(archive.namelist()) == ["more/parts.py", "pay.py", "synthetics_runtime.py"]


@pytest.mark.parametrize(
    ("code", "handler"), [(b"no zip", "pay.handler"), (zipped(pay=""), "pay.handler"), (zipped(python__pay=""), "handler")]
)
def test_package_without_what_the_handler_names_is_refused(code: bytes, handler: str) -> None:
    """Before anything is made."""
    with pytest.raises(ValueError, match="The canary's code"):
        package(code, handler)
