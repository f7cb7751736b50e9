"""One client: connections of its own, kept alive and used again, opened anew when they fail or have grown old.

A connection goes where its name led when it was opened; that is why clients lag behind DNS (F2.21), and why each connection here knows
its Region. Certificates are verified. One attempt is one request: trying again is `traffic`'s.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any, Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from deployer.drill.history import Attempt, Outcome
from deployer.drill.names import Names, NoAddress, Whereabouts
from deployer.drill.target import Target

ANSWER_BYTES_MAX: Final = 65_536
_AGENT: Final = "payment-drill"


class _WhereItLed(AbstractResolver):
    """The resolver of one connection: asks the client's names, and remembers where they led last."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.last: Whereabouts | None = None

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> list[ResolveResult]:
        self.last = await self._names.whereabouts(host)
        found = ResolveResult(
            hostname=host, host=self.last.address, port=self.last.port, family=socket.AF_INET, proto=0, flags=socket.AI_NUMERICHOST
        )
        return [found]

    async def close(self) -> None:
        return None


@dataclass(slots=True, kw_only=True)
class _Connection:
    session: aiohttp.ClientSession
    resolver: _WhereItLed
    born: float


class Client:
    """One client of a target. To be used within one event loop, and closed."""

    def __init__(
        self,
        target: Target,
        *,
        timeout_seconds: float,
        connection_seconds_max: float,
        time_scale: float = 1.0,
        first_share: float = 1.0,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a client whose attempts end after `timeout_seconds`; `now` gives the moments that attempts are kept with."""
        self._target, self._timeout, self._age_max, self._now = target, timeout_seconds, connection_seconds_max, now
        self._names = Names(target, time_scale=time_scale, first_share=first_share)
        self._trust = ssl.create_default_context(cafile=target.ca_bundle)
        self._idle: dict[str, list[_Connection]] = {}

    async def pay(self, body: bytes, idempotency_key: str) -> Attempt:
        """Send one payment once."""
        return await self._attempt("POST", self._target.shared_name, "/payment", body, {"Idempotency-Key": idempotency_key})

    async def show(self, transaction_id: str, *, region: str | None = None) -> Attempt:
        """Ask once for a payment, by the shared name or a Region's own."""
        name = self._target.own_name(region) if region else self._target.shared_name
        return await self._attempt("GET", name, f"/payment/{transaction_id}", None, {})

    async def status_of(self, path: str, *, region: str) -> int | None:
        """Return the status that a Region's own name answers a path with, None without an answer."""
        return (await self._attempt("GET", self._target.own_name(region), path, None, {})).status

    async def close(self) -> None:
        """Close every connection that nobody uses."""
        for idle in self._idle.values():
            while idle:
                await idle.pop().session.close()

    async def _attempt(self, method: str, name: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Attempt:
        began = self._now()
        connection = await self._connection(name)
        status, text, replayed, error = None, b"", False, None
        try:
            async with connection.session.request(
                method, f"https://{name}{path}", data=body, headers=headers, allow_redirects=False
            ) as got:
                text = await got.content.read(ANSWER_BYTES_MAX)
                status, replayed = got.status, got.headers.get("Idempotent-Replayed") == "true"
        except (aiohttp.ClientError, NoAddress, OSError, TimeoutError) as caught:
            error = why(caught)
        led = connection.resolver.last
        attempt = attempt_of(
            status, text, began=began, ended=self._now(), region=led.region if led else None, replayed=replayed, error=error
        )
        if attempt.outcome in (Outcome.ACKNOWLEDGED, Outcome.REFUSED):
            self._idle.setdefault(name, []).append(connection)
        else:
            # What has just failed is not tried again: the next attempt asks where the name leads.
            await connection.session.close()
        return attempt

    async def _connection(self, name: str) -> _Connection:
        """Return a connection to a name that is still young enough, or a new one."""
        idle = self._idle.get(name, [])
        while idle:
            connection = idle.pop()
            if time.monotonic() - connection.born < self._age_max:
                return connection
            await connection.session.close()
        resolver = _WhereItLed(self._names)
        connector = aiohttp.TCPConnector(limit=1, resolver=resolver, use_dns_cache=False, ssl=self._trust, family=socket.AF_INET)
        session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=self._timeout),
            headers={"x-api-key": self._target.api_key, "Content-Type": "application/json", "User-Agent": _AGENT},
            # Names, trust and way are the target's, whatever the environment says of proxies.
            trust_env=False,
        )
        return _Connection(session=session, resolver=resolver, born=time.monotonic())


def attempt_of(
    status: int | None, text: bytes, *, began: float, ended: float, region: str | None, replayed: bool = False, error: str | None = None
) -> Attempt:
    """Return the attempt that ended with this status and body; an acknowledgement that cannot be read promises nothing."""
    told: Mapping[str, Any] = {}
    outcome = Outcome.UNANSWERED
    if status is not None and status < 300:
        told = read_answer(text)
        outcome = Outcome.ACKNOWLEDGED if told else Outcome.FAILED
        error = None if told else "unreadable answer"
    elif status is not None:
        outcome = Outcome.REFUSED if 400 <= status < 500 else Outcome.FAILED
    return Attempt(
        began_seconds=began,
        ended_seconds=ended,
        region=region,
        outcome=outcome,
        status=status,
        error=error,
        transaction_id=told.get("transactionId"),
        replayed=replayed,
        answer_digest=sha256(text).hexdigest() if told else None,
        amount=told.get("amount"),
        currency=told.get("currency"),
    )


def read_answer(text: bytes) -> Mapping[str, Any]:
    """Return id, exact amount and currency of a payment's JSON; empty when it is none."""
    try:
        told = json.loads(text, parse_float=Decimal, parse_int=Decimal)
        fits = isinstance(told["transactionId"], str) and isinstance(told["amount"], Decimal) and isinstance(told["currency"], str)
    except (ValueError, KeyError, TypeError, InvalidOperation, RecursionError):
        return {}
    return {name: told[name] for name in ("transactionId", "amount", "currency")} if fits else {}


def why(error: Exception) -> str:
    """Return in a word or two why there was no answer."""
    match error:
        case NoAddress():
            return str(error)
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return "TLS refused"
        case TimeoutError():
            return "timed out"
        case aiohttp.ClientConnectorError():
            return "connection refused" if isinstance(error.os_error, ConnectionRefusedError) else "cannot connect"
        case aiohttp.ServerDisconnectedError() | ConnectionError() | aiohttp.ClientPayloadError():
            return "broken off"
    return type(error).__name__


async def read_all(
    target: Target, region: str, ids: tuple[str, ...], *, timeout_seconds: float, readers: int, tries: int
) -> tuple[int | None, ...]:
    """Return the last status, None without an answer, of asking a Region by its own name for each of these payments.

    Asks again, up to `tries` times, what got neither 200 nor 404: a busy Region is not one that has forgotten.
    """
    turn = asyncio.Semaphore(readers)
    client = Client(target, timeout_seconds=timeout_seconds, connection_seconds_max=60)

    async def read(transaction_id: str) -> int | None:
        status = None
        for number in range(tries):
            async with turn:
                status = (await client.show(transaction_id, region=region)).status
            if status in (200, 404):
                break
            await asyncio.sleep(min(2.0, 0.2 * 2**number))
        return status

    try:
        return tuple(await asyncio.gather(*(read(one) for one in ids)))
    finally:
        await client.close()
