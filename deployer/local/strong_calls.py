"""Which tables a DynamoDB call writes or reads strongly: what a strongly consistent table does only with a majority.

Pure. Source: the request shapes of Amazon DynamoDB's API Reference.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem")
_READS: Final = ("GetItem", "Query", "Scan")
_TRANSACTIONS: Final = ("TransactWriteItems", "TransactGetItems", "ExecuteTransaction")
_TABLE_OF_STATEMENT: Final = re.compile(r'\b(?:INTO|UPDATE|FROM)\s+"?(?P<name>[A-Za-z0-9_.-]+)"?', re.IGNORECASE)


def tables_needing_a_majority(action: str, body: bytes) -> tuple[str, ...]:
    """Return the names of tables that a call writes, or reads with ConsistentRead; none for a body that makes no sense."""
    return tuple(sorted({_plain_name(name) for name in _needing(action, _parsed(body))}))


def tables_of_transaction(action: str, body: bytes) -> tuple[str, ...]:
    """Return the names of tables that a call takes into a transaction; none for a call that makes none."""
    if action not in _TRANSACTIONS:
        return ()
    request = _parsed(body)
    parts = [part for item in request.get("TransactItems") or () for part in item.values() if isinstance(part, dict)]
    statements = [str(one.get("Statement", "")) for one in request.get("TransactStatements") or ()]
    named = [match["name"] for match in map(_TABLE_OF_STATEMENT.search, statements) if match]
    return tuple(sorted({_plain_name(name) for name in [*named, *(str(part.get("TableName", "")) for part in parts)]}))


def is_single_write(action: str) -> bool:
    """Tell whether a call writes exactly one item."""
    return action in _WRITES


def _parsed(body: bytes) -> dict[str, Any]:
    """Return a request, an empty one for a body that makes no sense, which DynamoDB refuses by itself."""
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _needing(action: str, request: dict[str, Any]) -> list[str]:
    if action in _WRITES or (action in _READS and request.get("ConsistentRead")):
        return [str(request.get("TableName", ""))]
    items = request.get("RequestItems") or {}
    if action == "BatchWriteItem":
        return list(items)
    if action == "BatchGetItem":
        return [name for name, asked in items.items() if asked.get("ConsistentRead")]
    statements = [request] if action == "ExecuteStatement" else request.get("Statements") or []
    if action in ("ExecuteStatement", "BatchExecuteStatement"):
        return [name for statement in statements for name in _needing_by_statement(statement)]
    return []


def _needing_by_statement(statement: dict[str, Any]) -> list[str]:
    text = str(statement.get("Statement", ""))
    reads = text.lstrip()[:6].upper() == "SELECT"
    named = _TABLE_OF_STATEMENT.search(text)
    return [named["name"]] if named and (statement.get("ConsistentRead") or not reads) else []


def _plain_name(name: str) -> str:
    """Return a table's name, which a call may also give as an ARN."""
    return name.rpartition(":table/")[2] if name.startswith("arn:") else name
