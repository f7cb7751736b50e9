"""Clients that pay over HTTPS in both Regions of a system that was rolled out, at the same moment if they like."""

from __future__ import annotations

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.support.edges import Answer, ask
from tests.support.main_job import Copy

ZONE = "pay.example.test"
CLIENTS_MAX = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One client's request for a payment in a Region."""

    key: str
    order: tuple[tuple[str, Any], ...]
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Payers:
    """Clients of `copy`'s API that hold its key."""

    copy: Copy
    api_key: str

    def pay(self, request: Request) -> Answer:
        """Return the answer to one request."""
        headers = {"x-api-key": self.api_key, "Idempotency-Key": request.key, "Content-Type": "application/json"}
        body = json.dumps(dict(request.order)).encode()
        return ask(self.copy.state, request.region, _name(request.region), "/payment", method="POST", body=body, headers=headers)

    def pay_at_once(self, requests: Iterable[Request]) -> list[Answer]:
        """Return the answers to requests that are under way together."""
        with ThreadPoolExecutor(CLIENTS_MAX) as clients:
            return list(clients.map(self.pay, requests))

    def read(self, region: str, transaction_id: str) -> Answer:
        """Return what a Region shows of a payment."""
        return ask(self.copy.state, region, _name(region), f"/payment/{transaction_id}", headers={"x-api-key": self.api_key})

    def records(self, region: str, transaction_ids: Iterable[str]) -> list[dict[str, Any]]:
        """Return the items a Region's table holds under these ids, found by scanning all of it."""
        client = self.copy.client("dynamodb", region)
        [table] = [name for name in client.list_tables()["TableNames"] if name.startswith("payment-transactions-")]
        wanted = set(transaction_ids)
        pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        return [item for page in pages for item in page["Items"] if item["transaction_id"]["S"] in wanted]


def _name(region: str) -> str:
    return f"{region}.api.{ZONE}"
