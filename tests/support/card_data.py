"""Card numbers for tests, and a search for them that shares nothing with the functions' own.

The numbers are the networks' published test numbers: no account stands behind them, and each passes the Luhn check.
"""

from __future__ import annotations

import re

CARDS = {
    "visa": "4111111111111111",
    "visa, 19 digits": "4000000000000000006",
    "mastercard": "5555555555554444",
    "mastercard, second range": "2223003122003222",
    "american express": "378282246310005",
    "discover": "6011111111111117",
    "jcb": "3530111333300000",
    "diners club": "30569309025904",
    "unionpay": "6200000000000005",
    "maestro": "6759649826438453",
}

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DIGITS_APART = re.compile(r"(?<![0-9A-Za-z])[0-9]+(?:[^0-9A-Za-z][0-9]+)*(?![0-9A-Za-z])")


def as_printed(number: str, separator: str) -> str:
    """Return a card's number in the groups that stand on cards."""
    sizes = {15: (4, 6, 5), 14: (4, 6, 4), 19: (4, 4, 4, 4, 3)}.get(len(number), (4, 4, 4, 4))
    groups, at = [], 0
    for size in sizes:
        groups.append(number[at : at + size])
        at += size
    return separator.join(groups)


def card_numbers_in(text: str) -> list[str]:
    """Return what reads as a card's number in `text`: 13 to 19 digits, one character between them at the most, that begin as cards do.

    Request ids are left out: of the many that a log holds, some would read as one.
    """
    runs = (re.sub(r"\D", "", match[0]) for match in _DIGITS_APART.finditer(_UUID.sub("", text)))
    return [run for run in runs if 13 <= len(run) <= 19 and run[0] in "23456" and _checks(run)]


def traces_of(number: str, text: str) -> bool:
    """Return whether `text` holds `number` in any spelling: with anything but digits between its digits."""
    return re.search(r"[^0-9]{0,2}".join(number), text) is not None


def _checks(number: str) -> bool:
    """Return whether the Luhn sum is right, by the table of doubled digits."""
    doubled = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
    digits = [int(digit) for digit in number]
    return (sum(digits[-1::-2]) + sum(doubled[digit] for digit in digits[-2::-2])) % 10 == 0
