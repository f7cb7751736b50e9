"""The rotation function: Secrets Manager calls it for each step of a rotation, and a schedule for the age of the key.

Lambda's handler is `rotation.handler.handle`. Environment: SECRET_ID (name of the secret), AUTHORIZER_ARN and PEER_AUTHORIZER_ARN
(the live version of this Region's authorizer and of the other's), KEY_CACHE_SECONDS (how long those keep what they read),
REGION_ROLE, LOG_LEVEL. It rotates the secret whose primary is in its own Region; a replica refuses to be written.

Timeout 300 s, 256 MB, no VPC: it asks the other Region too. What fails raises, so that Secrets Manager stops the rotation where it is
and the function's alarm rings; the keys that were good stay good.

Permissions, and no others:
- secretsmanager:DescribeSecret on the secret: which version is pending.
- secretsmanager:GetSecretValue on the secret in both Regions: what the current version holds beside the key, and whether the replica
  has the pending one.
- secretsmanager:PutSecretValue, secretsmanager:UpdateSecretVersionStage: put the new key beside, and make it the current one.
- secretsmanager:ListSecretVersionIds: when the current version was made.
- lambda:InvokeFunction on the authorizer in both Regions: whether it accepts the new key.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rotation.regions import Region
from rotation.steps import Rotation, RotationStopped, key_age_days
from wire.log_line import log_line
from wire.metric_line import metric_line

REPORT_AGE = "reportAge"

Handler = Callable[[Mapping[str, Any], Any], None]


def handle(event: Mapping[str, Any], context: Any) -> None:
    """Do one step of a rotation, or report the key's age; Lambda calls this."""
    _live_handler()(event, context)


def rotation_handler(rotation: Rotation, key_age: Callable[[], float]) -> Handler:
    """Return a handler for Secrets Manager's events and the schedule's; it raises RotationStopped when a step cannot be done.

    `key_age` returns the age of the current key in days. No error's own words leave it: they could hold what was sent.
    """

    def obey(event: Mapping[str, Any], context: Any) -> None:
        began = time.monotonic()
        step, version_id = str(event.get("Step", "")), str(event.get("ClientRequestToken", ""))
        outcome, level, reason = "stopped", "ERROR", None
        try:
            if step == REPORT_AGE:
                metric_line({"ApiKeyAgeDays": round(key_age(), 3)})
                outcome = "age_reported"
            else:
                outcome = rotation.perform(step, version_id)
            level = "INFO"
        except RotationStopped as stopped:
            reason = stopped.reason
        except ClientError as error:
            reason = str(error.response.get("Error", {}).get("Code", "unknown"))
        except BotoCoreError as error:
            reason = type(error).__name__
        finally:
            took = round((time.monotonic() - began) * 1000, 1)
            log_line(level, outcome, request_id=context.aws_request_id, step=step, version=version_id, error=reason, duration_ms=took)
        if reason is not None:
            raise RotationStopped(reason)

    return obey


@cache
def _live_handler() -> Handler:
    """Build the handler on the real secret, once in a worker's life."""
    import botocore.session
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=10, retries={"total_max_attempts": 3, "mode": "standard"})
    session, secret_id = botocore.session.get_session(), os.environ["SECRET_ID"]

    def region(authorizer_arn: str) -> Region:
        name = authorizer_arn.split(":")[3]
        return Region(
            name=name,
            secrets=session.create_client("secretsmanager", region_name=name, config=config),
            functions=session.create_client("lambda", region_name=name, config=config),
            authorizer_arn=authorizer_arn,
        )

    here, there = region(os.environ["AUTHORIZER_ARN"]), region(os.environ["PEER_AUTHORIZER_ARN"])
    rotation = Rotation(here.secrets, secret_id, (here, there), cache_seconds=float(os.environ["KEY_CACHE_SECONDS"]))
    return rotation_handler(rotation, lambda: key_age_days(here.secrets, secret_id, datetime.now(UTC)))


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    _live_handler()
