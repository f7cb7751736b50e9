"""The configuration is read now and then, and its absence refuses nobody."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import botocore.session
import pytest

from payment.configuration import FRESH_SECONDS, RETRY_SECONDS, Configuration
from payment.handler import payment_handler
from payment.ledger import Ledger
from payment.parameter_store import ParameterUnavailable, parameter_reader
from payment.terms import Terms
from tests.functions.test_payment_handler import NOW
from tests.support.fake_services import FakeTable, FakeTime
from tests.support.function_events import FakeContext, a_payment_event

OPEN, PAUSED = '{"payments": {}}', '{"payments": {"paused": true}}'


class Store:
    """A parameter: its text, or an exception when it cannot be read; `reads` counts."""

    def __init__(self, text: str | Exception) -> None:
        self.text = text
        self.reads = 0

    def __call__(self) -> str:
        self.reads += 1
        if isinstance(self.text, Exception):
            raise self.text
        return self.text


def test_a_change_is_obeyed_once_what_was_read_is_old() -> None:
    """And not asked for with each payment."""
    store, time = Store(OPEN), FakeTime()
    configuration = Configuration(store, clock=time)
    before = [configuration.terms().paused for _ in range(5)]
    store.text = PAUSED
    time.pass_seconds(FRESH_SECONDS - 1)
    still = configuration.terms().paused
    time.pass_seconds(1)

    assert (before, still, configuration.terms().paused, store.reads) == ([False] * 5, False, True, 2)


@pytest.mark.parametrize("fault", [ParameterUnavailable("ReadTimeoutError"), "no JSON", '{"payments": {"paused": "maybe"}}'])
def test_the_last_good_terms_outlive_what_cannot_be_read(fault: str | Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """A pause stays a pause; the log says what is wrong, once a try."""
    store, time = Store(PAUSED), FakeTime()
    configuration = Configuration(store, clock=time)
    configuration.terms()
    store.text = fault
    time.pass_seconds(FRESH_SECONDS)

    assert [configuration.terms().paused for _ in range(5)] == [True] * 5
    (line,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (line["outcome"], line["level"]) == ("configuration_kept", "ERROR")


def test_without_any_terms_everything_is_taken() -> None:
    """A worker that starts while Parameter Store is away takes payments."""
    assert Configuration(Store(ParameterUnavailable("ConnectTimeoutError"))).terms() == Terms()


def test_an_outage_costs_a_try_every_few_seconds_and_not_one_a_payment() -> None:
    """Each may take as long as the time-outs let it; what comes back is obeyed at the next."""
    store, time = Store(ParameterUnavailable("ReadTimeoutError")), FakeTime()
    configuration = Configuration(store, clock=time)
    for _ in range(10):
        configuration.terms()
    time.pass_seconds(RETRY_SECONDS)
    store.text = PAUSED

    assert (configuration.terms().paused, store.reads) == (True, 2)


def test_a_payment_taken_before_a_pause_is_answered_during_it() -> None:
    """Its caller lost the answer; a new one is refused and writes nothing."""
    table, terms = FakeTable(), [Terms()]
    ledger = Ledger(table, "payments", sleep=FakeTime().sleep)
    handler = payment_handler(ledger, region="us-east-1", now=lambda: NOW, terms=lambda: terms[0])
    taken = handler(a_payment_event(key="before", request_id="r-1"), FakeContext())
    terms[0] = Terms(paused=True, currencies=frozenset({"EUR"}))
    table.calls.clear()

    again = handler(a_payment_event(key="before", request_id="r-2"), FakeContext())
    new = handler(a_payment_event(key="new", request_id="r-3"), FakeContext())

    assert (taken["statusCode"], again["statusCode"], again["headers"]["Idempotent-Replayed"]) == (201, 201, "true")
    assert again["body"] == taken["body"]
    assert (new["statusCode"], new["headers"]["Retry-After"], json.loads(new["body"])["type"]) == (
        503,
        "60",
        "urn:payment-api:problem:payments-paused",
    )
    assert table.calls == ["get_item", "put_item", "get_item"]


def test_taking_a_payment_on_open_terms_reads_nothing_of_the_table() -> None:
    """One conditional put, as before."""
    table = FakeTable()
    payment_handler(Ledger(table, "payments"), region="us-east-1", now=lambda: NOW, terms=Terms)(a_payment_event(), FakeContext())

    assert table.calls == ["put_item"]


@contextmanager
def a_parameter_store(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[Callable[[], str], list[BaseHTTPRequestHandler]]]:
    """Serve on a free loopback port; yields the reader of `/config` there, and the requests that came."""
    came: list[BaseHTTPRequestHandler] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append(self)
            answer(self)

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    session = botocore.session.get_session()
    session.set_credentials("AKIDEXAMPLE", "secret", "token")
    url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield (
            parameter_reader(session, "/config", region="us-east-1", endpoint_url=url, connect_seconds_max=0.3, read_seconds_max=0.3),
            came,
        )
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def says(status: int, text: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Answer with a status and a body."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text.encode())

    return answer


def test_the_value_is_asked_for_by_a_signed_call_of_get_parameter() -> None:
    """With the session's token, as Lambda's credentials have one."""
    with a_parameter_store(says(200, json.dumps({"Parameter": {"Name": "/config", "Value": OPEN}}))) as (read, came):
        value = read()

    assert value == OPEN
    assert (came[0].headers["X-Amz-Target"], came[0].headers["X-Amz-Security-Token"]) == ("AmazonSSM.GetParameter", "token")
    assert "/us-east-1/ssm/aws4_request" in came[0].headers["Authorization"]


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        (400, '{"__type": "ParameterNotFound"}', "ParameterNotFound"),
        (400, '{"__type": "com.amazonaws.ssm#AccessDeniedException"}', "AccessDeniedException"),
        (500, "<html>", "HTTP 500"),
        (200, "{}", "HTTP 200"),
        (200, "[]", "HTTP 200"),
    ],
)
def test_a_refusal_is_told_by_its_code(status: int, text: str, reason: str) -> None:
    """Whatever its form."""
    with a_parameter_store(says(status, text)) as (read, _), pytest.raises(ParameterUnavailable) as unavailable:
        read()

    assert unavailable.value.reason == reason


def test_a_store_that_hangs_is_not_waited_for() -> None:
    """The reader gives up while the server still holds the request."""
    released = threading.Event()

    def hang(_: BaseHTTPRequestHandler) -> None:
        released.wait(timeout=20)

    with a_parameter_store(hang) as (read, _):
        try:
            with pytest.raises(ParameterUnavailable) as unavailable:
                read()
            still_hanging = not released.is_set()
        finally:
            released.set()

    assert still_hanging
    assert unavailable.value.reason == "ReadTimeoutError"
