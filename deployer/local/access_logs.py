"""API Gateway's access log line: the stage's format with `$context` variables replaced.

Source: "API Gateway mapping template and access logging variable reference", API Gateway Developer Guide: a variable without a value is a
hyphen in an access log and nothing in a gateway response's template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NO_LOG_ROLE: Final = "CloudWatch Logs role ARN must be set in account settings to enable logging"
_VARIABLE: Final = re.compile(r"\$(?:\{context((?:\.[\w-]+)+)\}|context((?:\.[A-Za-z][\w-]*)+))")
_FORMAT_BYTES_MAX: Final = 3 * 1024


def filled_in(template: str, values: Mapping[str, str], absent: str) -> str:
    """Return `template` with each `$context.name` replaced by `values["name"]`, or by `absent` where there is none."""
    return _VARIABLE.sub(lambda match: values.get((match[1] or match[2])[1:]) or absent, template)


def log_line(template: str, values: Mapping[str, str]) -> str:
    """Return the line an access log gets for one request."""
    return filled_in(template, values, "-")


def refuse_setting(destination_arn: str, template: str, account_role_arn: str) -> None:
    """Raise ValueError for a stage's access log setting that API Gateway refuses (F3.5, F3.6)."""
    if not account_role_arn:
        raise ValueError(NO_LOG_ROLE)
    if ":logs:" not in destination_arn and ":firehose:" not in destination_arn:
        raise ValueError(f"Invalid ARN specified in the request: {destination_arn}")
    if not re.search(r"\$\{?context\.(?:extendedR|r)equestId\b", template):
        raise ValueError("Access Log Format must contain at least '$context.requestId' or '$context.extendedRequestId'")
    if len(template.encode()) > _FORMAT_BYTES_MAX:
        raise ValueError(f"Access Log Format must not be longer than {_FORMAT_BYTES_MAX} bytes")
