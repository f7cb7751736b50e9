"""What a shell needs to use a running embedded AWS with the AWS CLI, boto3 and curl, and what a person may ask of it.

Everything is worked out anew at each call from what is registered at that moment.
"""

from __future__ import annotations

import json
import os
import ssl
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

from deployer.local import control, paths
from deployer.local.state import LOG_FILE, LocalState

CURL_FOLDER: Final = "curl"
_ANSWER_SECONDS_MAX: Final = 10
_FOLLOW_POLL_SECONDS: Final = 0.2


def shell_environment(state: LocalState) -> tuple[tuple[str, str], ...]:
    """Return the variables that make the AWS CLI, boto3 and curl talk to this embedded AWS, as (name, value).

    Writes the folder that `CURL_HOME` names, so that `curl https://api.<zone>/…` reaches the right edge and trusts it.
    """
    variables = [
        ("AWS_ENDPOINT_URL", state.endpoint),
        ("AWS_ACCESS_KEY_ID", state.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", state.secret_access_key),
        ("AWS_DEFAULT_REGION", state.regions[0]),
        ("CURL_HOME", str(_write_curl_home(state))),
    ]
    if os.environ.get("AWS_SESSION_TOKEN"):
        # Left over from real AWS it would spoil every signature.
        variables.append(("AWS_SESSION_TOKEN", ""))
    return tuple(variables)


def edge_of_each_domain(state: LocalState) -> tuple[tuple[str, str], ...]:
    """Return every registered custom domain with the `address:port` that serves it, sorted by name.

    A name registered in more than one Region goes to the edge of the first of them, which is the primary's.
    """
    found: dict[str, str] = {}
    for region, edge in state.edges.items():
        client = boto3.session.Session().client(
            "apigateway",
            region_name=region,
            endpoint_url=state.endpoint,
            aws_access_key_id=state.access_key_id,
            aws_secret_access_key=state.secret_access_key,
            config=Config(retries={"max_attempts": 1}, connect_timeout=_ANSWER_SECONDS_MAX, read_timeout=_ANSWER_SECONDS_MAX, proxies={}),
        )
        for page in client.get_paginator("get_domain_names").paginate():
            for domain in page["items"]:
                found.setdefault(domain["domainName"], edge)
    return tuple(sorted(found.items()))


def inert_resources(state: LocalState) -> tuple[dict[str, str], ...]:
    """Return each deployed resource that is recorded but does nothing here: logical_id, type, stack, region, physical_id."""
    return tuple(_ask(state, paths.INERT_RESOURCES))


def log_lines(home: Path, follow: bool = False) -> Iterator[str]:
    """Yield the lines of a home's log, without line ends; with `follow`, go on until the server has ended."""
    log = home / LOG_FILE
    if not log.exists():
        return
    with log.open(errors="replace") as lines:
        while True:
            alive = follow and control.status(home) is not None
            for line in lines:
                yield line.rstrip("\n")
            if not alive:
                return
            time.sleep(_FOLLOW_POLL_SECONDS)


def _ask(state: LocalState, path: str) -> list[Any]:
    # No proxy: the endpoint is on this machine, whatever the environment says.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{state.endpoint}{path}", timeout=_ANSWER_SECONDS_MAX) as answer:
        found: list[Any] = json.load(answer)
    return found


def _write_curl_home(state: LocalState) -> Path:
    folder = Path(state.home) / CURL_FOLDER
    folder.mkdir(exist_ok=True)
    bundle = folder / "ca-bundle.pem"
    bundle.write_bytes(_public_authorities() + Path(state.ca_bundle).read_bytes())
    domains = edge_of_each_domain(state)
    lines = ["# Written by `deployer local env`; changes are lost.", f'cacert = "{bundle}"']
    lines += [f'connect-to = "{name}:443:{edge}"' for name, edge in domains]
    if domains:
        lines.append(f'noproxy = "{",".join(name for name, _ in domains)}"')
    (folder / ".curlrc").write_text("\n".join(lines) + "\n")
    return folder


def _public_authorities() -> bytes:
    """Return the system's own trust store, so that curl still reaches the rest of the world from that shell."""
    store = ssl.get_default_verify_paths().cafile
    return Path(store).read_bytes().rstrip() + b"\n" if store else b""
