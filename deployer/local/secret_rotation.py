"""Rotations of secrets, performed as Secrets Manager performs them, and the resource type that switches them on.

The four steps are called one after the other, in Secrets Manager's name: the function's policy has to let it in. A rotation whose
function fails stays where it is, its version still pending, and goes on when it is asked for again. Not imitated: the calendar; a
secret is rotated here when somebody says so. Source: "Rotation by Lambda function", AWS Secrets Manager User Guide.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections.abc import Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from deployer.local import attach, attach_alarms, attach_secrets
from deployer.local.attach import ResourceType
from deployer.local.attach_secrets import RotationAsked
from deployer.local.own_calls import own_client

CALLER: Final = "secretsmanager.amazonaws.com"
FUNCTION_SECONDS_MAX: Final = 900
STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")
# Nobody promises how soon a replica follows; at once is what it never is.
REPLICA_SECONDS: Final = 1.0

_under_way: Final[set[str]] = set()
_starting: Final = threading.Lock()


def register() -> None:
    """Rotate secrets here from now on."""
    attach.verify(attach_secrets.SEAMS)
    attach_secrets.follow_after(REPLICA_SECONDS)
    attach_secrets.keep_versions_apart()
    attach_secrets.rotate_by(may_call, start)
    attach_secrets.tell_of_rotations()


def may_call(function_arn: str, context: Mapping[str, str]) -> bool:
    """Tell whether a function's policy lets Secrets Manager call it; `context` holds the condition keys of the call. On the event loop."""
    policy = attach_secrets.function_policy(function_arn)
    return bool(policy) and attach_alarms.policy_lets_in(policy, CALLER, "lambda:InvokeFunction", function_arn, context)


def start(asked: RotationAsked) -> None:
    """Perform a rotation without holding up whoever asked for it, once at a time for a secret. On the event loop."""
    with _starting:
        if asked.secret_arn in _under_way:
            return
        _under_way.add(asked.secret_arn)
    threading.Thread(target=_perform, args=(asked, asyncio.get_running_loop()), name="rotation", daemon=True).start()


def _perform(asked: RotationAsked, loop: asyncio.AbstractEventLoop) -> None:
    """Call the function for each step until one fails."""
    try:
        with attach.scope(asked.account_id, asked.region):
            client = own_client("lambda", answer_seconds_max=FUNCTION_SECONDS_MAX)
        for step in STEPS[2:3] if asked.trial else STEPS:
            event = {"Step": step, "SecretId": asked.secret_arn, "ClientRequestToken": asked.version_id}
            answer = client.invoke(FunctionName=asked.function_arn, Payload=json.dumps(event).encode())
            if "FunctionError" in answer:
                print(f"rotation of {asked.secret_arn}: {step} failed", file=sys.stderr, flush=True)
                break
    except (ClientError, BotoCoreError) as error:
        print(f"rotation of {asked.secret_arn}: {error}", file=sys.stderr, flush=True)
    finally:
        ended = threading.Event()

        def end() -> None:
            attach_secrets.end_rotation(asked)
            ended.set()

        loop.call_soon_threadsafe(end)
        ended.wait(timeout=10)
        with _starting:
            _under_way.discard(asked.secret_arn)


def _set(properties: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    secret_id = str(properties["SecretId"])
    own_client("secretsmanager").rotate_secret(
        SecretId=secret_id,
        RotationLambdaARN=str(properties["RotationLambdaARN"]),
        RotationRules=_rules(properties.get("RotationRules") or {}),
        RotateImmediately=str(properties.get("RotateImmediatelyOnUpdate", True)).lower() == "true",
    )
    arn = str(own_client("secretsmanager").describe_secret(SecretId=secret_id)["ARN"])
    return arn, {"Id": arn}


def _rules(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: int(value) if name == "AutomaticallyAfterDays" else value for name, value in given.items()}


# `Ref` answers the secret's ARN; a schedule without a function of its own (HostedRotationLambda) is not imitated.
ROTATION_SCHEDULE: Final = ResourceType(
    create=lambda logical_id, properties, stack_name: _set(properties),
    update=lambda physical_id, old, new, stack_name, logical_id: _set(new),
    delete=lambda physical_id, properties: own_client("secretsmanager").cancel_rotate_secret(SecretId=physical_id),
    create_only=("SecretId",),
)
