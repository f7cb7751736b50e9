"""Finds payment card numbers, so that none gets into the ledger, the audit log or a log line by mistake. Pure.

A caller that has a card number at hand may take it for an id of the customer or of the order. What is kept here is kept for years in two
Regions; a card number in it would put all of that under PCI DSS. So a request that carries one is refused.

A number counts as a card's when it has the length and the first digits of a card network and passes the Luhn check (ISO/IEC 7812-1), and
stands alone or as cards are printed: in fours, or in American Express' and Diners Club's groups, with one separator throughout. Ids are not
mistaken for cards: a UUID has other groups, and digits inside a word or a longer number are no card. Of an id that is all digits, one
in ten of those that begin like a card and are as long is refused; nothing tells it from a card.
"""

from __future__ import annotations

import re
from itertools import chain

# First digits and lengths in use: Visa, Mastercard, American Express, Discover, JCB, Diners Club, UnionPay, Maestro.
_NETWORKS = re.compile(
    r"4\d{15}(\d{3})?|5[1-5]\d{14}|2(22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(011|4[4-9]\d|5\d\d)\d{12,15}"
    r"|35(2[89]|[3-8]\d)\d{12,15}|3(0[0-5]|[689]\d)\d{11,16}|62\d{14,17}|(50|5[6-9]|6\d)\d{14,17}"
)
_ALONE = re.compile(r"(?<![0-9A-Za-z])[0-9]{14,19}(?![0-9A-Za-z])")
_PRINTED = re.compile(
    r"(?<![0-9A-Za-z])(?:[0-9]{4}(?P<fours>[^0-9A-Za-z])[0-9]{4}(?P=fours)[0-9]{4}(?P=fours)[0-9]{4}(?:(?P=fours)[0-9]{3})?"
    r"|[0-9]{4}(?P<groups>[^0-9A-Za-z])[0-9]{6}(?P=groups)[0-9]{4,5})(?![0-9A-Za-z])"
)


def holds_card_number(text: str) -> bool:
    """Return whether `text` holds a payment card's number."""
    digits = (re.sub(r"\D", "", found[0]) for found in chain(_ALONE.finditer(text), _PRINTED.finditer(text)))
    return any(_NETWORKS.fullmatch(number) and passes_luhn(number) for number in digits)


def passes_luhn(number: str) -> bool:
    """Return whether the check digit of `number`, decimal digits alone, is right [ISO/IEC 7812-1, annex B]."""
    sum_ = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        sum_ += value - 9 if value > 9 else value
    return sum_ % 10 == 0
