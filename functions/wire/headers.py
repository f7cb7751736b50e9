"""Reads request headers out of an API Gateway REST proxy event, whatever their letter case.

A header sent twice is kept twice, so that a caller of this module can refuse what is ambiguous. `multiValueHeaders` holds every
value, `headers` only the last one [docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def header_values(event: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return every value of header `name` in the order sent, without the blanks around them (RFC 9110 section 5.5); () when absent."""
    wanted = name.lower()
    several: Mapping[str, Any] = event.get("multiValueHeaders") or {}
    found = [value for key, values in several.items() if key.lower() == wanted for value in values or ()]
    if not found:
        single: Mapping[str, Any] = event.get("headers") or {}
        found = [value for key, value in single.items() if key.lower() == wanted]
    return tuple(str(value).strip(" \t") for value in found if value is not None)
