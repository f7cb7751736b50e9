"""Asks the other Region how it is, and nothing more: the second canary of it, run by CloudWatch Synthetics every few minutes.

Traffic moves for good when a Region is called lost, and one canary may be what is broken. So this one shares nothing with the one that
pays, neither code nor key: it asks `GET /health` under the Region's own name, as Route 53's checkers do, but takes no certificate that a
caller would not. Whatever fails the run is told in words a person on call can use.

Synthetics' handler is `region_health.handler`. Environment: TARGET_NAME and TARGET_REGION (whom it asks). Standard library only.

Permissions: none but Synthetics' own.
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable

# For connecting, and for each reading of the answer.
ANSWER_SECONDS_MAX = 8.0

# An address -> the status and body it answers with; raises OSError when nothing comes that can be trusted.
Ask = Callable[[str], tuple[int, bytes]]


class RegionNotWell(Exception):
    """The Region did not say that it is well, or another one answered."""


def handler(event: object, context: object) -> None:
    """Run once; Synthetics calls this. Raises RegionNotWell or OSError when the Region does not say that it is well."""
    check_health(ask, name=os.environ["TARGET_NAME"], region=os.environ["TARGET_REGION"])
    print(json.dumps({"outcome": "well", "region": os.environ["TARGET_REGION"]}))


def check_health(ask: Ask, *, name: str, region: str) -> None:
    """Return when `name` answers 200 and says that it is `region`; raises RegionNotWell, and what `ask` raises."""
    status, body = ask(f"https://{name}/health")
    try:
        told = json.loads(body)
    except ValueError:
        told = None
    said = told if isinstance(told, dict) else {}
    if status != 200:
        raise RegionNotWell(f"{name} answered {status} ({said.get('status', 'no word why')})")
    if said.get("region") != region:
        raise RegionNotWell(f"{name} was answered by {said.get('region')!r}, and {region} was asked")


def ask(address: str) -> tuple[int, bytes]:
    """Ask an HTTPS address directly, whatever the environment says of proxies; the system's authorities decide whom to trust."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=ANSWER_SECONDS_MAX) as answer:
            return int(answer.status), answer.read()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read()
