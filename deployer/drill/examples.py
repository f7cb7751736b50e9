"""A finding's examples: enough to begin looking, and how many more there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from deployer.drill.history import Lookup, PaymentRequest

EXAMPLES_MAX: Final = 5


def examples(found: Iterable[str]) -> str:
    """Return the first few of what was found, and the number of the rest; empty for nothing."""
    everything = list(found)
    more = len(everything) - EXAMPLES_MAX
    return "; ".join(everything[:EXAMPLES_MAX]) + (f"; and {more} more" if more > 0 else "")


def name_of(request: PaymentRequest | Lookup) -> str:
    """Return how a request of the traffic is called in a finding."""
    name = request.idempotency_key if isinstance(request, PaymentRequest) else f"read of {request.transaction_id}"
    return f"{name} due at {request.due_seconds:.1f} s"
