"""The embedded AWS calling itself: resource types do their work through the public APIs, as CloudFormation does.

Only for threads other than the event loop's, which has to answer the call.
"""

from __future__ import annotations

import functools
import os
import threading
from typing import Any, Final

import boto3
from botocore.config import Config

from deployer.local import attach

# A session makes clients safely only one after the other; the clients themselves may be shared.
_one_at_a_time: Final = threading.Lock()


def own_client(service: str, region: str = "", *, answer_seconds_max: int = 30) -> Any:
    """Return a boto3 client of `service` with root credentials, in the Region of the running request unless named."""
    return _client(service, region or attach.current_region(), attach.current_account(), answer_seconds_max)


@functools.cache
def _session() -> boto3.session.Session:
    return boto3.session.Session()


@functools.cache
def _client(service: str, region: str, account_id: str, answer_seconds_max: int) -> Any:
    with _one_at_a_time:
        return _session().client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
            aws_access_key_id=account_id,
            aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            config=Config(
                retries={"max_attempts": 1}, connect_timeout=5, read_timeout=answer_seconds_max, proxies={}, s3={"addressing_style": "path"}
            ),
        )
