"""One value out of Parameter Store, asked for without botocore's client for it.

Reading the model of that service's 150 operations costs a cold start 45 ms on a desktop and several times that on a small function;
the one request needed is signed and sent here by the parts of botocore that are loaded anyway. It is the AWS JSON 1.1 protocol
[Smithy 2.0, "AWS JSON 1.1 protocol"; GetParameter, AWS Systems Manager API Reference].
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import BotoCoreError
from botocore.httpsession import URLLib3Session


class ParameterUnavailable(Exception):
    """There is no value to be had; `reason` is AWS's error code or the transport error's name."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parameter_reader(
    session: Any, name: str, *, region: str, connect_seconds_max: float, read_seconds_max: float, endpoint_url: str | None = None
) -> Callable[[], str]:
    """Return a function that reads the parameter `name` in `region` with the credentials of a botocore session.

    It asks once, holds on for the two bounds at the most, and raises ParameterUnavailable. Without an `endpoint_url` it asks where the
    environment says, as botocore's clients do, or the Region's own endpoint.
    """
    named = endpoint_url or os.environ.get("AWS_ENDPOINT_URL_SSM") or os.environ.get("AWS_ENDPOINT_URL") or _endpoint(region)
    url = f"{named.rstrip('/')}/"
    http = URLLib3Session(timeout=(connect_seconds_max, read_seconds_max))  # type: ignore[arg-type, unused-ignore]  # it takes both
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "AmazonSSM.GetParameter"}

    def read() -> str:
        request = AWSRequest("POST", url, headers, json.dumps({"Name": name}).encode())
        try:
            credentials = session.get_credentials().get_frozen_credentials()
            SigV4Auth(credentials, "ssm", region).add_auth(request)
            answer = http.send(request.prepare())
        except BotoCoreError as error:
            raise ParameterUnavailable(type(error).__name__) from error
        try:
            document = json.loads(answer.content)
            if answer.status_code == 200:
                return str(document["Parameter"]["Value"])
            reason = str(document["__type"]).rpartition("#")[2]
        except (ValueError, KeyError, TypeError):
            reason = f"HTTP {answer.status_code}"
        raise ParameterUnavailable(reason)

    return read


def _endpoint(region: str) -> str:
    """Return the service's own address in a Region [AWS General Reference, "AWS Systems Manager endpoints"]."""
    return f"https://ssm.{region}.amazonaws.com" + (".cn" if region.startswith("cn-") else "")
