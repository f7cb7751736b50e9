"""The embedded AWS's own API for faults: JSON over the endpoint, answered whatever fault is in force.

`GET` and `POST /_deployer/faults`, `DELETE /_deployer/faults/<id>` and `DELETE /_deployer/faults`; `GET /_deployer/health-checks`; `GET`
and `PUT /_deployer/replication`.
Every request carries the root secret in `x-deployer-key`: a page that is open in a browser reaches this port too, and must not.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from deployer.local import paths
from deployer.local.asgi import Receive, Scope, Send, answer_json, forbid, read_body
from deployer.local.copies import WAITING
from deployer.local.faults import RegionFaults, fault_of
from deployer.local.health_checkers import CheckStanding
from deployer.local.replication import Replication
from deployer.vocabulary.errors import InputRefused

_BODY_BYTES_MAX: Final = 4096
_PATHS: Final = (paths.FAULTS, paths.HEALTH_CHECKS, paths.REPLICATION)


class FaultApi:
    """Answers requests for its paths; `standings` tells of the health checks."""

    def __init__(
        self, faults: RegionFaults, replication: Replication, key: str, standings: Callable[[], tuple[CheckStanding, ...]]
    ) -> None:
        self._faults = faults
        self._replication = replication
        self._key = key.encode()
        self._standings = standings

    def serves(self, path: str) -> bool:
        """Tell whether a path is one of this API."""
        return any(path == known or path.startswith(f"{known}/") for known in _PATHS)

    async def serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request: 200 with JSON, 400 for what makes no sense, 403 without the key, 404 and 405."""
        given = next((value for name, value in scope["headers"] if name.lower() == paths.KEY_HEADER.encode()), b"")
        if not hmac.compare_digest(given, self._key):
            await forbid(scope, send)
            return
        body = await read_body(receive, _BODY_BYTES_MAX)
        if body is None:
            await answer_json(send, {"summary": f"A body has {_BODY_BYTES_MAX} bytes at most"}, 400)
            return
        try:
            status, content = self._answer(scope["method"], scope["path"], body)
        except InputRefused as error:
            status, content = 400, {"summary": error.summary, "detail": error.detail, "hint": error.hint}
        await answer_json(send, content, status)

    def _answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        fault_id = path.removeprefix(paths.FAULTS).strip("/")
        match method:
            case "GET" if path == paths.HEALTH_CHECKS:
                return 200, {"checks": [asdict(standing) for standing in self._standings()]}
            case "GET" if path == paths.FAULTS:
                return 200, self._list()
            case "POST" if path == paths.FAULTS:
                return 200, {"fault_id": self._faults.inject(fault_of(_parsed(body)))}
            case "DELETE" if path.startswith(paths.FAULTS):
                # One that has passed by itself, or was healed before, is as healed as can be.
                if fault_id and not self._faults.was_injected(fault_id):
                    return 404, {"summary": f"No fault {fault_id} was ever injected"}
                self._faults.heal(fault_id or None)
                return 200, self._list()
            case "GET" if path == paths.REPLICATION:
                return 200, self._replication_now()
            case "PUT" if path == paths.REPLICATION:
                self._set_replication(_parsed(body))
                return 200, self._replication_now()
        return 405, {"summary": f"{path} does not take {method}"}

    def _list(self) -> dict[str, Any]:
        return {"faults": [fault.record() for fault in self._faults.active()]}

    def _set_replication(self, wanted: Any) -> None:
        """Set what a request names: `lag_seconds`, of one `region` or all, and `write_conflict_rate`."""
        numbers = ("lag_seconds", "write_conflict_rate")
        if not isinstance(wanted, dict) or wanted.keys() - {*numbers, "region"}:
            raise InputRefused("Of replication one may set lag_seconds, with or without a region, and write_conflict_rate")
        if any(isinstance(wanted.get(name, 0), bool) or not isinstance(wanted.get(name, 0), int | float) for name in numbers):
            raise InputRefused("A lag and a rate are numbers")
        if "lag_seconds" in wanted:
            self._replication.set_lag(float(wanted["lag_seconds"]), wanted.get("region"))
        if "write_conflict_rate" in wanted:
            self._replication.set_conflict_rate(float(wanted["write_conflict_rate"]))

    def _replication_now(self) -> dict[str, Any]:
        return {
            "lag_seconds": {region: self._replication.lag_seconds(region) for region in self._faults.edges},
            "write_conflict_rate": self._replication.conflict_rate,
            "backlogs": [asdict(backlog) for backlog in self._replication.backlogs()],
            "copies": [{"source": source, "target": target, "copies_count": count} for source, target, count in WAITING.counts()],
            "behind": [{"table": table, "region": region, "writes_count": count} for table, region, count in self._replication.behind()],
        }


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise InputRefused("The body is no JSON") from error
