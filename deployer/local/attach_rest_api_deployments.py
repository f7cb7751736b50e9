"""Where the embedded AWS holds on to MiniStack's deployments: what callers meet is the snapshot their stage's deployment took.

MiniStack lets a changed API answer at once; on AWS a change is not heard before a new deployment (F3.7). Source: "Deploy REST APIs in API
Gateway", API Gateway Developer Guide.
"""

from __future__ import annotations

import copy
import json
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

_DEPLOYED: Final = ("_resources", "_authorizers_v1", "_models", "_request_validators")

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.core.responses", ("AccountRegionScopedDict",)),
    (
        "ministack.services.apigateway_v1",
        (*_DEPLOYED, "_create_deployment", "_delete_deployment", "_delete_rest_api", "_handle_execute_in_scope", "_stages_v1"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    api_id: str
    stores: dict[str, Any]


_snapshots: Final[dict[tuple[str, str], _Snapshot]] = {}
_called: Final[ContextVar[_Snapshot | None]] = ContextVar("deployment_called", default=None)


def answer_from_deployments() -> None:
    """Let calls meet resources, authorizers, models and validators as they were when the stage's deployment was made."""
    _take_snapshots()
    _look_into_snapshots()
    _call_snapshots()


def _take_snapshots() -> None:
    from ministack.services import apigateway_v1

    create, delete, delete_api = apigateway_v1._create_deployment, apigateway_v1._delete_deployment, apigateway_v1._delete_rest_api

    def create_and_keep(api_id: str, data: dict[str, Any]) -> Any:
        answer = create(api_id, data)
        if answer[0] < 400:
            stores = {name: copy.deepcopy(getattr(apigateway_v1, name).get(api_id) or {}) for name in _DEPLOYED}
            _snapshots[api_id, json.loads(answer[2])["id"]] = _Snapshot(api_id=api_id, stores=stores)
        return answer

    def delete_and_drop(api_id: str, deployment_id: str) -> Any:
        _snapshots.pop((api_id, deployment_id), None)
        return delete(api_id, deployment_id)

    def delete_api_and_drop(api_id: str) -> Any:
        for key in [key for key in list(_snapshots) if key[0] == api_id]:
            _snapshots.pop(key, None)
        return delete_api(api_id)

    apigateway_v1._create_deployment = create_and_keep
    apigateway_v1._delete_deployment = delete_and_drop
    apigateway_v1._delete_rest_api = delete_api_and_drop


def _look_into_snapshots() -> None:
    """Let `get` of the stores answer from the snapshot while a call is under way; nothing else of them changes."""
    from ministack.core.responses import AccountRegionScopedDict
    from ministack.services import apigateway_v1

    class DeployedStore(AccountRegionScopedDict):  # type: ignore[misc]
        """A store over the same content as another."""

        __slots__ = ("name",)

        def get(self, api_id: str, default: Any = None) -> Any:
            snapshot = _called.get()
            return snapshot.stores[self.name] if snapshot and snapshot.api_id == api_id else super().get(api_id, default)

    for name in _DEPLOYED:
        store = DeployedStore()
        store.name, store._data = name, getattr(apigateway_v1, name)._data
        setattr(apigateway_v1, name, store)


def _call_snapshots() -> None:
    from ministack.services import apigateway_v1

    handle = apigateway_v1._handle_execute_in_scope

    async def handle_deployed(api_id: str, stage_name: str, *rest: Any) -> Any:
        stage = (apigateway_v1._stages_v1.get(api_id) or {}).get(stage_name) or {}
        token = _called.set(_snapshots.get((api_id, stage.get("deploymentId", ""))))
        try:
            return await handle(api_id, stage_name, *rest)
        finally:
            _called.reset(token)

    apigateway_v1._handle_execute_in_scope = handle_deployed
