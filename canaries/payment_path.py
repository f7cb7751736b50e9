"""Pays a cent, as any caller would: the canary of the payment API, run by CloudWatch Synthetics every few minutes.

One run asks a Region under its own name: is it healthy and who it says it is; does it take a payment; does it know the same request
again; does it show the payment; how long its certificate lasts. The first answer that is not as the contract says fails the run, in
words a person on call can use. A canary's payments are marked: `customerId` begins with `canary-`, and the idempotency key says
who asked whom in which minute, so that a run repeated within its minute pays nothing twice.

Synthetics' handler is `payment_path.handler`. Environment: TARGET_NAME and TARGET_REGION (whom it asks), WATCHER (primary or
secondary: who asks), SECRET_ID (the API key, read in the canary's own Region). Standard library only, but for reading the key:
Synthetics' browser would take any certificate.

Permissions: secretsmanager:GetSecretValue on the secret's replica in its own Region; the others are Synthetics' own.
"""

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# For connecting, and for each reading of an answer.
ANSWER_SECONDS_MAX = 8.0
# ACM renews 60 days before the end and alarms sound at 30: at 14 callers are about to be locked out.
CERTIFICATE_DAYS_MIN = 14
AMOUNT = "0.01"
CURRENCY = "USD"

Connect = Callable[[tuple[str, int], float], socket.socket]


class CanaryFailed(Exception):
    """The Region did not do what the contract says; the message begins with the step."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came back: `headers` by lower-case name, `document` the JSON body, and the day (UTC) the certificate shown ends."""

    status: int
    headers: Mapping[str, str]
    document: Mapping[str, Any]
    certificate_ends: datetime


@dataclass(frozen=True, kw_only=True)
class Watch:
    """Who asks whom: the names of the watching role and of the Region asked, and the minute it is (UTC)."""

    watcher: str
    region: str
    now: datetime

    @property
    def customer_id(self) -> str:
        """The customer that all payments of this canary are of."""
        return f"canary-{self.watcher}"

    @property
    def idempotency_key(self) -> str:
        """The same within a minute, another in the next."""
        return f"canary-{self.watcher}-{self.region}-{self.now:%Y%m%dT%H%MZ}"


# (method, path, headers, body or None) -> what came back; raises OSError or CanaryFailed when nothing did.
Send = Callable[[str, str, Mapping[str, str], str | None], Answer]


def handler(event: object, context: object) -> None:
    """Run once; Synthetics calls this. Raises CanaryFailed, OSError or ssl.SSLError when one cannot pay."""
    watch = Watch(watcher=os.environ["WATCHER"], region=os.environ["TARGET_REGION"], now=datetime.now(UTC))
    transaction_id = walk_payment_path(sender(os.environ["TARGET_NAME"]), watch, api_key=read_api_key(os.environ["SECRET_ID"]))
    print(json.dumps({"outcome": "paid", "region": watch.region, "transaction_id": transaction_id}))


def walk_payment_path(send: Send, watch: Watch, *, api_key: str) -> str:
    """Check health, pay, pay again, look, and return the payment's id; raises CanaryFailed at the first wrong answer."""
    healthy = _expect("health", send("GET", "/health", {}, None), 200)
    _equal("health", "region", healthy.document.get("region"), watch.region)
    check_certificate(healthy.certificate_ends, watch.now)

    body = f'{{"amount": {AMOUNT}, "currency": "{CURRENCY}", "customerId": "{watch.customer_id}"}}'
    key = {"x-api-key": api_key}
    headers = {**key, "Idempotency-Key": watch.idempotency_key, "Content-Type": "application/json"}
    paid = _expect("payment", send("POST", "/payment", headers, body), 201)
    transaction_id = paid.document.get("transactionId")
    _equal("payment", "status", paid.document.get("status"), "accepted")
    _equal("payment", "region", paid.document.get("region"), watch.region)
    _equal("payment", "customerId", paid.document.get("customerId"), watch.customer_id)

    again = _expect("replay", send("POST", "/payment", headers, body), 201)
    _equal("replay", "Idempotent-Replayed", again.headers.get("idempotent-replayed"), "true")
    _equal("replay", "payment", again.document, paid.document)

    shown = _expect("read", send("GET", f"/payment/{transaction_id}", key, None), 200)
    _equal("read", "payment", shown.document, paid.document)
    return str(transaction_id)


def check_certificate(ends: datetime, now: datetime) -> None:
    """Raise CanaryFailed when a certificate that ends at `ends` has fewer than CERTIFICATE_DAYS_MIN days left; both in UTC."""
    left = (ends - now).days
    if left < CERTIFICATE_DAYS_MIN:
        raise CanaryFailed(f"certificate: ends in {left} days, at least {CERTIFICATE_DAYS_MIN} are wanted; it was not renewed")


def read_api_key(secret_id: str) -> str:
    """Return the API key from the secret's replica in this Region; it goes nowhere but into the requests' header."""
    import boto3

    secret = boto3.client("secretsmanager").get_secret_value(SecretId=secret_id)
    return str(json.loads(secret["SecretString"])["api_key"])


def sender(name: str, *, tls: ssl.SSLContext | None = None, connect: Connect = socket.create_connection) -> Send:
    """Return a function that asks `name` over HTTPS, port 443, each request on a connection of its own.

    The certificate has to be one that `tls` trusts (the system's authorities unless given) and be made out to `name`.
    """
    trusted = tls or ssl.create_default_context()

    def send(method: str, path: str, headers: Mapping[str, str], body: str | None) -> Answer:
        with connect((name, 443), ANSWER_SECONDS_MAX) as plain, trusted.wrap_socket(plain, server_hostname=name) as encrypted:
            connection = http.client.HTTPConnection(name)
            connection.sock = encrypted
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            return Answer(
                status=response.status,
                headers={key.lower(): value for key, value in response.getheaders()},
                document=_document(response.read()),
                certificate_ends=_end_of(encrypted.getpeercert()),
            )

    return send


def _document(body: bytes) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else, which no step expects."""
    try:
        document = json.loads(body)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def _end_of(certificate: Mapping[str, Any] | None) -> datetime:
    """Return when a verified certificate ends, in UTC [Python documentation, ssl.SSLSocket.getpeercert]."""
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str((certificate or {})["notAfter"])), UTC)


def _expect(step: str, answer: Answer, status: int) -> Answer:
    if answer.status != status:
        said = answer.document.get("detail") or answer.document.get("status") or "no word why"
        raise CanaryFailed(f"{step}: answered {answer.status} ({said}) where {status} was expected")
    return answer


def _equal(step: str, field: str, found: object, expected: object) -> None:
    if found != expected:
        raise CanaryFailed(f"{step}: {field} is {found!r} where {expected!r} was expected")
