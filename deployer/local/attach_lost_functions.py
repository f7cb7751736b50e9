"""Where the embedded AWS holds on to MiniStack's running of functions and schedules, which no lost Region does.

Calls of the APIs are judged at the endpoint; these are the ways that do not lead through it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from deployer.local import attach

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.lambda_svc", ("_execute_function",)),
    ("ministack.services.eventbridge", ("_invoke_target",)),
)


def run_functions_only_where(runs: Callable[[str], bool]) -> None:
    """Run no function of a Region where `runs(region)` says no; whoever waits for its answer gets API Gateway's 500."""
    from ministack.services import lambda_svc

    execute = lambda_svc._execute_function

    def execute_or_not(function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        arn = str((function.get("config") or function).get("FunctionArn", ""))
        if runs(arn.split(":")[3] if arn.count(":") > 3 else attach.current_region()):
            return execute(function, event)  # type: ignore[no-any-return]
        said = json.dumps({"message": "Internal server error"})
        body = {"statusCode": 500, "headers": {"Content-Type": "application/json"}, "body": said}
        return {"error": True, "function_error": "Unhandled", "body": body, "log": ""}

    lambda_svc._execute_function = execute_or_not


def keep_schedules_only_where(lives: Callable[[str], bool]) -> None:
    """Let a schedule or a rule of a Region that does not live pass its time without doing anything; the next time is the next chance."""
    from ministack.services import eventbridge

    invoke = eventbridge._invoke_target

    def invoke_or_not(*arguments: Any, **options: Any) -> Any:
        return invoke(*arguments, **options) if lives(attach.current_region()) else None

    eventbridge._invoke_target = invoke_or_not
