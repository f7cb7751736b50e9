"""What table and log say of a day, and whether they agree. Pure: no clock, no network, no environment.

The log's side of a day that is being compared is held in memory, 16 bytes of digest for each payment's id and for each content. The
table's side is never held: it is counted while it passes by, into numbers that only add up, so a scan can stop anywhere and go on later.
A day whose sides agree is sealed with a digest of all its payments (the sum of their fingerprints modulo 2^256: the order does not matter)
and one of its listing. As long as both come out the same, the day is proved without reading its objects again, which may by then be in
storage that cannot be read at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from audit_log.bucket import LogObject
from audit_log.lines import Item, fingerprint_of, id_of

_MODULUS: Final = 2**256
_SHORT_BYTES: Final = 16  # two of 10^9 payments meet by chance once in 10^20 days


@dataclass(slots=True)
class Tally:
    """What was counted of a day's payments in the table: how many, the digest of all, and how many the log lacks or has otherwise."""

    count: int = 0
    digest: int = 0
    missing: int = 0
    altered: int = 0

    def add(self, other: Tally) -> None:
        """Count what `other` counted too."""
        self.count += other.count
        self.digest = (self.digest + other.digest) % _MODULUS
        self.missing += other.missing
        self.altered += other.altered


@dataclass(slots=True)
class LoggedDay:
    """The log's side of a day: which payments it has, with which content, and how many lines say what another said already."""

    ids: set[bytes] = field(default_factory=set)
    contents: set[bytes] = field(default_factory=set)
    repeated: int = 0

    def add(self, lines: Iterable[tuple[bytes, bytes]]) -> None:
        """Take lines as `short_line` gives them."""
        for name, content in lines:
            if content in self.contents:
                self.repeated += 1
            self.ids.add(name)
            self.contents.add(content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """How a day was when table and log agreed: the table's count and digest, and the digest of the log's listing."""

    count: int
    digest: int
    listing: str


def short_line(line: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """Return the short digests of a line's id and content; raises ValueError when it is no payment's line."""
    if line.get("kind") != "payment":
        raise ValueError("a line under payments/ is no payment's")
    return _short_id(str(line["id"])), fingerprint_of(line["item"])[:_SHORT_BYTES]


def count_payment(tally: Tally, item: Item, logged: LoggedDay | None) -> bool:
    """Count a payment of the table and return whether the log lacks it; `logged` is None where only the digest is wanted.

    Raises NoPayment.
    """
    fingerprint, name = fingerprint_of(item), id_of(item)
    tally.count += 1
    tally.digest = (tally.digest + int.from_bytes(fingerprint, "big")) % _MODULUS
    if logged is None:
        return False
    missing = _short_id(name) not in logged.ids
    altered = not missing and fingerprint[:_SHORT_BYTES] not in logged.contents
    tally.missing += missing
    tally.altered += altered
    return missing


def removed_count(tally: Tally, logged_count: int) -> int:
    """Return how many payments the log has and the table has not."""
    return max(0, logged_count - (tally.count - tally.missing))


def listing_digest(objects: Iterable[LogObject]) -> str:
    """Return a digest of a day's objects, in the order of their keys: other bytes, one more or one less give another."""
    digest = hashlib.sha256()
    for one in objects:
        digest.update(f"{one.key}\n{one.etag}\n{one.size_bytes}\n".encode())
    return digest.hexdigest()


def _short_id(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=_SHORT_BYTES).digest()
