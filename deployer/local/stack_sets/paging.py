"""Cuts lists into pages (NextToken, MaxResults), 100 to a page where the caller does not say."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Final

from deployer.local.stack_sets.refusals import invalid

_PAGE_ITEMS_MAX: Final = 100


def page(items: Sequence[Any], request: Mapping[str, Any], listing: str) -> dict[str, Any]:
    """Return `Summaries` and, when there is more, `NextToken`. A token of another `listing` is refused."""
    start = _offset(request["NextToken"], listing) if "NextToken" in request else 0
    end = start + request.get("MaxResults", _PAGE_ITEMS_MAX)
    token = urlsafe_b64encode(f"{listing}|{end}".encode()).decode()
    return {"Summaries": items[start:end], "NextToken": token if end < len(items) else None}


def _offset(token: str, listing: str) -> int:
    try:
        name, offset = urlsafe_b64decode(token.encode()).decode().rsplit("|", 1)
        if name == listing:
            return int(offset)
    except ValueError:
        pass
    raise invalid("The specified NextToken is not valid")
