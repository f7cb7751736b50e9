"""Where the embedded AWS holds on to MiniStack for Synthetics, which it lacks: its requests, their permissions, and what it can borrow."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.app", ("SERVICE_HANDLERS",)),
    ("ministack.core.iam_actions", ("SERVICE_TO_IAM_NAMESPACE", "_BOTOCORE_SERVICE_MAP", "extract_resource_arn")),
    ("ministack.services.cloudwatch_logs", ("_log_groups",)),
    ("ministack.services.eventbridge", ("_parse_cron_fields", "_cron_next_fire")),
    ("ministack.services.lambda_svc", ("_emit_lambda_logs",)),
)
_SERVICE: Final = "synthetics"
_FUNCTIONS: Final = "cwsyn-"

# method, path, body, query parameters -> status, headers, body; on the event loop, and so not to block.
Handle = Callable[[str, str, bytes, Mapping[str, Any]], Awaitable[tuple[int, dict[str, str], bytes]]]


def serve_api(handle: Handle) -> None:
    """Answer requests signed for Synthetics; IAM is enforced before, by action and, where a canary is named, by its ARN.

    Source: "Actions, resources, and condition keys for Amazon CloudWatch Synthetics", Service Authorization Reference.
    """
    from ministack import app
    from ministack.core import iam_actions

    async def answer(method: str, path: str, headers: Any, body: bytes, query: Mapping[str, Any]) -> tuple[int, dict[str, str], bytes]:
        return await handle(method, path, body, query)

    app.SERVICE_HANDLERS[_SERVICE] = answer
    iam_actions.SERVICE_TO_IAM_NAMESPACE[_SERVICE] = _SERVICE
    iam_actions._BOTOCORE_SERVICE_MAP[_SERVICE] = [_SERVICE]
    extract = iam_actions.extract_resource_arn

    def extract_canary(service: str, method: str, path: str, *request: Any) -> Any:
        steps = unquote(path).split("/")
        if service != _SERVICE or steps[1] != "canary" or len(steps) < 3:
            return extract(service, method, path, *request)
        region, account_id = request[-2:]
        return f"arn:aws:synthetics:{region}:{account_id}:canary:{steps[2]}"

    iam_actions.extract_resource_arn = extract_canary


def keep_log_groups_the_roles_business() -> None:
    """Let a canary's function write to a log group that is there, and make none: MiniStack makes one without asking the role."""
    from ministack.services import cloudwatch_logs, lambda_svc

    emit = lambda_svc._emit_lambda_logs

    def emit_where_there_is_a_group(function: dict[str, Any], *rest: Any, **options: Any) -> None:
        name = str((function.get("config") or function).get("FunctionName", ""))
        if not name.startswith(_FUNCTIONS) or f"/aws/lambda/{name}" in cloudwatch_logs._log_groups:
            emit(function, *rest, **options)

    lambda_svc._emit_lambda_logs = emit_where_there_is_a_group


def next_of_cron(expression: str, after: datetime) -> datetime | None:
    """Return the first moment after `after` (UTC) that a cron expression names, None for none; raises ValueError when it is none."""
    from ministack.services import eventbridge

    fields = eventbridge._parse_cron_fields(expression)
    if fields is None:
        raise ValueError(f"Schedule expression {expression!r} is not valid")
    found: datetime | None = eventbridge._cron_next_fire(fields, after)
    return found
