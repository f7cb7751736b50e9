"""Hand-made DynamoDB and Secrets Manager clients that answer as the services do, and fail as told.

They raise botocore's own errors and keep the conditions they are given, so that rules are tested against the same answers the
real services give; tests/local/test_function_roles.py runs the same functions against the embedded AWS.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

ENDPOINT = "https://dynamodb.us-east-1.amazonaws.com"

Fault = Callable[[Callable[[], Any]], Any]


def refused(code: str, status: int = 400, **more: Any) -> ClientError:
    """Return the error botocore raises when a service answers `status` with `code`."""
    return ClientError(
        {"Error": {"Code": code, "Message": "as scripted"}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}, "Operation"
    )


def refuses(code: str, status: int = 400) -> Fault:
    """Script a call that the service refuses without doing it."""

    def fault(_: Callable[[], Any]) -> Any:
        raise refused(code, status)

    return fault


def never_arrives(_: Callable[[], Any]) -> Any:
    """Script a call that never reaches the service."""
    raise ConnectTimeoutError(endpoint_url=ENDPOINT)


def loses_the_answer(call: Callable[[], Any]) -> Any:
    """Script a call that the service performs, and whose answer gets lost."""
    call()
    raise ReadTimeoutError(endpoint_url=ENDPOINT)


def works(call: Callable[[], Any]) -> Any:
    """Script a call that goes well."""
    return call()


class FakeTable:
    """A DynamoDB client for one strongly consistent table; Regions that share `items` are its replicas.

    `script` holds how the next calls go; when it is used up, calls go well. `calls` holds the names of the operations asked for.
    """

    def __init__(self, items: dict[str, Any] | None = None, script: list[Fault] | None = None) -> None:
        self.items = {} if items is None else items
        self.script = list(script or ())
        self.calls: list[str] = []

    def put_item(self, **given: Any) -> dict[str, Any]:
        return self._answer("put_item", lambda: self._put(**given))

    def get_item(self, **given: Any) -> dict[str, Any]:
        return self._answer("get_item", lambda: self._get(**given))

    def _answer(self, name: str, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self.calls.append(name)
        fault = self.script.pop(0) if self.script else works
        return fault(call)

    def _put(self, *, TableName: str, Item: dict[str, Any], ConditionExpression: str = "", **options: Any) -> dict[str, Any]:
        key = Item["transaction_id"]["S"]
        if ConditionExpression == "attribute_not_exists(transaction_id)" and key in self.items:
            wanted = options.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
            raise refused("ConditionalCheckFailedException", **({"Item": copy.deepcopy(self.items[key])} if wanted else {}))
        self.items[key] = {name: _as_kept(value) for name, value in Item.items()}
        return {}

    def _get(self, *, TableName: str, Key: dict[str, Any], ConsistentRead: bool = False) -> dict[str, Any]:
        held = self.items.get(Key["transaction_id"]["S"])
        return {"Item": copy.deepcopy(held)} if held else {}


class FakeSecrets:
    """A Secrets Manager client for one secret; `versions` maps staging labels to API keys. `script` and `calls` as in FakeTable."""

    def __init__(self, **versions: str) -> None:
        self.versions = versions
        self.script: list[Fault] = []
        self.calls: list[str] = []

    def get_secret_value(self, *, SecretId: str, VersionStage: str) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            if VersionStage not in self.versions:
                raise refused("ResourceNotFoundException")
            return {"SecretString": json.dumps({"api_key": self.versions[VersionStage]})}

        return self._answer(VersionStage, read)

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        return self._answer("describe_secret", lambda: {"Name": SecretId})

    def _answer(self, name: str, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self.calls.append(name)
        fault = self.script.pop(0) if self.script else works
        return fault(call)


class FakeTime:
    """A clock whose seconds pass only when told; also stands in for sleeping, and remembers it."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    def pass_seconds(self, seconds: float) -> None:
        self.seconds += seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


def _as_kept(value: dict[str, str]) -> dict[str, str]:
    """Return an attribute as DynamoDB gives it back: numbers without trailing zeros."""
    if "N" in value:
        return {"N": format(Decimal(value["N"]).normalize(), "f")}
    return dict(value)
