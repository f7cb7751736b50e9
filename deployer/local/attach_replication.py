"""Where the embedded AWS holds on to MiniStack's replication of DynamoDB tables, which is at once and always.

When a copy is made is `replication`'s; here copies are made as MiniStack makes them.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.responses", ("error_response_json",)),
    ("ministack.services.dynamodb", ("_tables", "_replicate_write", "_replica_group", "_extract_key_val", "handle_request")),
)

Answer = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaTable:
    """One replica of a global table: whose it is, where, and what the table is as a whole."""

    account_id: str
    region: str
    name: str
    regions: tuple[str, ...]
    witnesses: tuple[str, ...]
    is_strong: bool

    @property
    def others(self) -> tuple[str, ...]:
        """Return the Regions of the other replicas."""
        return tuple(region for region in self.regions if region != self.region)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemWrite:
    """A write to a replica: the item's key, and how to do the same in another Region's replica, as MiniStack does it."""

    table: ReplicaTable
    item: Hashable
    copy_to: Callable[[str], None]


def replica_table(account_id: str, region: str, name: str) -> ReplicaTable | None:
    """Return a Region's replica of a global table, None for a table that is not there or in one Region alone."""
    from ministack.services import dynamodb

    table = dynamodb._tables.get_scoped(account_id, region, name)
    if table is None or not dynamodb._replica_group(table):
        return None
    shown = table.get("_consistency") or {}
    return ReplicaTable(
        account_id=account_id,
        region=region,
        name=name,
        regions=tuple(dynamodb._replica_group(table)),
        witnesses=tuple(witness["RegionName"] for witness in shown.get("GlobalTableWitnesses") or ()),
        is_strong=shown.get("MultiRegionConsistency") == "STRONG",
    )


def divert_writes(replicate: Callable[[ItemWrite], None]) -> None:
    """Hand every write to a replica of a global table to `replicate` instead of copying it at once."""
    from ministack.services import dynamodb

    copy_now = dynamodb._replicate_write

    def divert(table: dict[str, Any], event_name: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
        account_id, region = attach.current_account(), attach.current_region()
        replica = replica_table(account_id, region, table["TableName"])
        if replica is None:
            return
        image = new if new is not None else old
        # What is stored may change before the copy is made.
        written = (event_name, copy.deepcopy(old), copy.deepcopy(new))
        key = tuple(str(dynamodb._extract_key_val((image or {}).get(table[name]))) for name in ("pk_name", "sk_name") if table.get(name))
        replicate(ItemWrite(table=replica, item=key, copy_to=partial(_copy_to, copy_now, replica, written)))

    dynamodb._replicate_write = divert


def _copy_to(copy_now: Callable[..., None], source: ReplicaTable, written: tuple[Any, ...], target: str) -> None:
    """Make the copy in one other Region, unless the replica there has gone or is no longer of this table."""
    found = replica_table(source.account_id, target, source.name)
    if found is None or source.region not in found.regions:
        return
    with attach.scope(source.account_id, source.region):
        copy_now({"TableName": source.name, "_global_regions": [source.region, target]}, *written)


def judge_dynamodb_calls(refuses: Callable[[str, bytes], Answer | None]) -> None:
    """Ask `refuses(action, body)` before each call of DynamoDB; an answer of its own takes the call's place."""
    from ministack.services import dynamodb

    handle: Callable[..., Awaitable[Answer]] = dynamodb.handle_request

    async def judge(method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]) -> Answer:
        refused = refuses(headers.get("x-amz-target", "").rpartition(".")[2], body)
        return refused or await handle(method, path, headers, body, query_params)

    dynamodb.handle_request = judge


def refusal(code: str, message: str, status: int) -> Answer:
    """Return DynamoDB's answer to a call it does not do."""
    from ministack.core.responses import error_response_json

    return error_response_json(code, message, status)  # type: ignore[no-any-return]
