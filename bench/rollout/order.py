"""What every contestant is handed: the rendered templates, their parameters, the packages and where each goes. Data, and its JSON.

A parameter's value is a text, or an output of a stack that is only known when that stack stands.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

ACTIVATION: Final = "Activation"
PREPARED: Final = "Prepared"
LIVE: Final = "Live"
# How often everybody looks at what runs, as far as a tool lets itself be told.
POLL_SECONDS: Final = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A parameter whose value is the output `output` of the body `body` (`bootstrap`, `regional`, `global`) in `region`."""

    name: str
    body: str
    region: str
    output: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One template with the values it is applied with: `known` pairs, and those `awaited` from another one's outputs."""

    name: str
    template: str
    known: tuple[tuple[str, str], ...]
    awaited: tuple[Awaited, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One package: the file on disk, and its key in every Region's artifact bucket."""

    path: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A whole roll-out. `regions` are in roll-out order; `buckets` maps a Region to its artifact bucket.

    `regional` is given with Activation `Live`; a first roll-out goes through `Prepared` before the global stack stands, where what
    is awaited of the global stack is empty.
    """

    suffix: str
    account_id: str
    home_region: str
    regions: tuple[str, ...]
    tags: tuple[tuple[str, str], ...]
    bootstrap: Body
    regional: Body
    global_: Body
    stack_set: str
    administration_role_arn: str
    execution_role_name: str
    buckets: tuple[tuple[str, str], ...]
    uploads: tuple[Upload, ...]

    def bucket(self, region: str) -> str:
        """Return the artifact bucket of a Region."""
        return dict(self.buckets)[region]

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Return the three bodies in the order they are first applied."""
        return self.bootstrap, self.regional, self.global_


def order_text(order: Order) -> str:
    """Return the order as JSON."""
    return json.dumps(asdict(order), indent=1)


def read_order(path: Path) -> Order:
    """Return the order that `order_text` wrote to `path`."""
    record: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return Order(
        **record
        | {
            "regions": tuple(record["regions"]),
            "uploads": tuple(Upload(**one) for one in record["uploads"]),
            **{name: _pairs(record[name]) for name in ("tags", "buckets")},
            **{name: _body(record[name]) for name in ("bootstrap", "regional", "global_")},
        }
    )


def _body(record: Mapping[str, Any]) -> Body:
    return Body(
        name=record["name"],
        template=record["template"],
        known=_pairs(record["known"]),
        awaited=tuple(Awaited(**one) for one in record["awaited"]),
    )


def _pairs(items: Sequence[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one, other) for one, other in items)
