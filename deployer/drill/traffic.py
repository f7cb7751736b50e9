"""The steady traffic of a drill: open loop, so that a stall is counted and not hidden.

Requests come when they are due, at a constant rate, whatever became of earlier ones; a generator that waited for answers would ask less the
slower the system gets, and measure nothing (coordinated omission). Retries carry the same key and body, after a pause that doubles and is
drawn by chance ("Exponential backoff and jitter", AWS Builders' Library). Everything is bounded: how many requests there are, how many are
under way at once, how often one is sent. What there is no room for is recorded as never sent.
"""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from decimal import Decimal
from hashlib import sha256
from typing import Final

from deployer.drill.client import Client
from deployer.drill.history import Attempt, Lookup, Outcome, PaymentRequest
from deployer.drill.target import Target
from deployer.params.scenario import Traffic

UNDER_WAY_MAX: Final = 2_000
TOO_MANY: Final = 429
# A machine answers no faster because seconds are called shorter.
TIMEOUT_SECONDS_MIN: Final = 2.0
REPLAY_SECONDS_MAX: Final = 30.0
_PAUSE_SECONDS_FIRST: Final = 0.2
_CENTS_MAX: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One payment that is wanted: its number, key, body, and when it is due."""

    number: int
    due_seconds: float
    idempotency_key: str
    amount: Decimal
    body: bytes


@dataclass(slots=True)
class History:
    """What the traffic has come to so far."""

    requests: list[PaymentRequest] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)


def order_of(run_id: str, number: int, due_seconds: float, seed: int) -> Order:
    """Return payment `number` of a run: the same for the same run, number and seed.

    The customer is the key, so that the ledger's item, which keeps no key, still says what it was asked for under.
    """
    key = f"{run_id}-{number:06}"
    amount = Decimal(random.Random(f"{seed}/{number}").randint(1, _CENTS_MAX)).scaleb(-2)  # noqa: S311 no secret
    body = f'{{"amount": {amount:f}, "currency": "USD", "customerId": {json.dumps(key)}}}'.encode()
    return Order(number=number, due_seconds=due_seconds, idempotency_key=key, amount=amount, body=body)


class TrafficRun:
    """Traffic in a thread of its own, so that nothing else that a drill does holds it up. To be started and stopped once each."""

    def __init__(
        self, target: Target, traffic: Traffic, *, run_id: str, seconds_max: float, time_scale: float, now: Callable[[], float]
    ) -> None:
        """Prepare traffic at `target`; it ends by itself after `seconds_max` of the machine's time. `now()` gives the drill's seconds."""
        self._target, self._traffic, self._run_id, self._now = target, traffic, run_id, now
        self._count, self._scale = int(traffic.payments_per_second * seconds_max), time_scale
        self._history = History()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._live, name="traffic", daemon=True)
        self._failure: Exception | None = None

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> History:
        """Send nothing new, let what is under way come to its end, and return everything. Raises what broke the generator itself."""
        self._stopping.set()
        self._thread.join()
        if self._failure is not None:
            raise self._failure
        return self._history

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is under way any more: all was sent, or the generator itself broke."""
        return not self._thread.is_alive()

    def acknowledged(self) -> tuple[str, ...]:
        """Return the ids of the payments acknowledged so far."""
        found = [one.acknowledged for one in list(self._history.requests)]
        return tuple(str(answer.transaction_id) for answer in found if answer is not None)

    @property
    def history(self) -> History:
        """What came to its end so far; grows while it is read."""
        return self._history

    def _live(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception as error:  # told to whoever stops the traffic
            self._failure = error

    async def _run(self) -> None:
        one = self._traffic
        ages = random.Random(f"{one.seed}/ages")  # noqa: S311 no secret
        clients = [
            Client(
                self._target,
                timeout_seconds=max(one.timeout_seconds / self._scale, min(TIMEOUT_SECONDS_MIN, one.timeout_seconds)),
                connection_seconds_max=one.connection_seconds_max / self._scale,
                time_scale=self._scale,
                first_share=ages.random(),
                now=self._now,
            )
            for _ in range(one.clients)
        ]
        await self._send_when_due(_Course(self._traffic, clients, self._history, self._scale, self._stopping))
        for client in clients:
            await client.close()

    async def _send_when_due(self, course: _Course) -> None:
        under_way: set[asyncio.Task[None]] = set()
        rng = random.Random(self._traffic.seed)  # noqa: S311 no secret
        began = self._now()
        # Ends when all is done that was begun; what breaks in one task is the generator's own defect, and ends them all.
        async with asyncio.TaskGroup() as group:

            def begin(work: Coroutine[None, None, None]) -> None:
                task = group.create_task(work)
                under_way.add(task)
                task.add_done_callback(under_way.discard)

            for number in range(self._count):
                due = began + number / self._traffic.payments_per_second
                await asyncio.sleep(max(0.0, due - self._now()))
                if self._stopping.is_set():
                    break
                order = order_of(self._run_id, number, due, self._traffic.seed)
                if len(under_way) >= UNDER_WAY_MAX:
                    course.leave_out(order)
                    continue
                begin(course.pay(order))
                if rng.random() < self._traffic.reads_share:
                    begin(course.look_up(number, due))


class _Course:
    """What becomes of each request, from due to done."""

    def __init__(self, traffic: Traffic, clients: list[Client], history: History, scale: float, stopping: threading.Event) -> None:
        self._traffic, self._clients, self._history, self._scale, self._stopping = traffic, clients, history, scale, stopping
        self._acknowledged: list[str] = []

    async def pay(self, order: Order) -> None:
        """Send one payment until it is acknowledged, refused or given up; now and then once more all the same."""
        client, rng = self._clients[order.number % len(self._clients)], self._rng("pay", order.number)
        attempts = await self._persist(lambda: client.pay(order.body, order.idempotency_key), rng)
        place, request = self._record(order, attempts)
        if request.acknowledged is None:
            return
        self._acknowledged.append(str(request.acknowledged.transaction_id))
        if rng.random() < self._traffic.replays_share:
            await self._pause(rng.uniform(0, REPLAY_SECONDS_MAX) / self._scale)
            again = await client.pay(order.body, order.idempotency_key)
            self._history.requests[place] = replace(request, attempts=(*request.attempts, again))

    async def look_up(self, number: int, due: float) -> None:
        """Ask for a payment that was acknowledged before; nothing is asked while there is none."""
        rng = self._rng("show", number)
        if not self._acknowledged:
            return
        transaction_id = rng.choice(self._acknowledged)
        client = number % len(self._clients)
        attempts = await self._persist(lambda: self._clients[client].show(transaction_id), rng)
        self._history.lookups.append(Lookup(client=client, transaction_id=transaction_id, due_seconds=due, attempts=attempts))

    def leave_out(self, order: Order) -> None:
        """Record a payment that there was no room to send."""
        self._record(order, ())

    async def _persist(self, send: Callable[[], Awaitable[Attempt]], rng: random.Random) -> tuple[Attempt, ...]:
        """Send until an answer ends it or the client gives up."""
        attempts: list[Attempt] = []
        for number in range(self._traffic.attempts_max):
            if number:
                await asyncio.sleep(pause_seconds(number, rng.random(), self._traffic.backoff_seconds_max) / self._scale)
            attempts.append(await send())
            if not is_worth_retrying(attempts[-1]):
                break
        return tuple(attempts)

    async def _pause(self, seconds: float) -> None:
        """Wait, but no longer than the traffic lasts."""
        ready = time.monotonic() + seconds
        while time.monotonic() < ready and not self._stopping.is_set():
            await asyncio.sleep(min(0.5, max(0.0, ready - time.monotonic())))

    def _record(self, order: Order, attempts: tuple[Attempt, ...]) -> tuple[int, PaymentRequest]:
        """Keep a payment as far as it has come; returns where it is kept, too."""
        request = PaymentRequest(
            client=order.number % len(self._clients),
            idempotency_key=order.idempotency_key,
            body_digest=sha256(order.body).hexdigest(),
            amount=order.amount,
            currency="USD",
            due_seconds=order.due_seconds,
            attempts=attempts,
        )
        self._history.requests.append(request)
        return len(self._history.requests) - 1, request

    def _rng(self, what: str, number: int) -> random.Random:
        return random.Random(f"{self._traffic.seed}/{what}/{number}")  # noqa: S311 no secret


def is_worth_retrying(attempt: Attempt) -> bool:
    """Tell whether a client sends the same again: after no answer, a 5xx or 429; any other answer is the last word."""
    return attempt.outcome in (Outcome.FAILED, Outcome.UNANSWERED) or attempt.status == TOO_MANY


def pause_seconds(tried: int, chance: float, seconds_max: float) -> float:
    """Return the pause before attempt number `tried` + 1: full jitter below a bound that doubles; `chance` is from [0, 1)."""
    return chance * min(seconds_max, _PAUSE_SECONDS_FIRST * float(2**tried))
