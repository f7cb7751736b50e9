"""An embedded AWS for tests: started in a home of its own, reached through boto3."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from deployer.local import control
from deployer.local.state import LocalState


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddedAws:
    """A running embedded AWS, as tests see it."""

    state: LocalState

    @property
    def endpoint(self) -> str:
        """Return the URL that answers every AWS API."""
        return self.state.endpoint

    @property
    def home(self) -> Path:
        """Return the folder with its state and log."""
        return Path(self.state.home)

    def clients(self, service: str, region: str = "us-east-1", **credentials: str) -> Any:
        """Return a boto3 client of `service` in `region`; root unless other `aws_…` credentials are given."""
        signed_by = credentials or {
            "aws_access_key_id": self.state.access_key_id,
            "aws_secret_access_key": self.state.secret_access_key,
        }
        return _session().client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            config=Config(retries={"max_attempts": 1}, connect_timeout=5, read_timeout=60),
            **signed_by,
        )


@functools.cache
def _session() -> boto3.session.Session:
    """Return one session for all clients: each session reads botocore's service models anew."""
    return boto3.session.Session()


@contextmanager
def running_embedded_aws(
    home: Path, regions: tuple[str, ...] = ("us-east-1", "us-east-2"), *, time_scale: float = 1.0
) -> Iterator[EmbeddedAws]:
    """Start an embedded AWS on free ports, and end it on the way out."""
    state = control.start(home, regions, port=0, edge_port=0, dns_port=0, time_scale=time_scale)
    try:
        yield EmbeddedAws(state=state)
    finally:
        control.stop(home)
