"""A secret with replicas that lag, as Secrets Manager clients of each Region show it, and authorizers that keep what they read."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ConnectTimeoutError

from authorizer.handler import Unauthorized, authorizer_handler
from authorizer.keys import ApiKeys, KeysUnavailable
from rotation.regions import Region
from rotation.steps import STEPS, Rotation
from tests.support.fake_services import FakeTime, refused
from tests.support.function_events import FakeContext

HOME, PEER = "us-east-2", "us-east-1"
SECRET = "payment-api-secret-test"
MADE = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(slots=True)
class Version:
    """One version: its text, None before it is given one, and its labels."""

    text: str | None
    labels: set[str]


class FakeSecret:
    """A Secrets Manager client for one secret of one Region; `calls` holds the operations asked for, `faults` those that fail once.

    `past` holds what its versions were, from which moment on; while it is `away` it does not answer.
    """

    def __init__(self, key: str = "first", time: FakeTime | None = None) -> None:
        self._time = time or FakeTime()
        self.away = False
        self.past: list[tuple[float, dict[str, Version]]] = []
        self.versions = {"v1": Version(json.dumps({"api_key": key, "note": "kept"}), {"AWSCURRENT"})}
        self.calls: list[str] = []
        self.faults: dict[str, Exception] = {}
        self._changed()

    def name_version(self, version_id: str) -> None:
        """Do what Secrets Manager does before the first step: name the version that is to come."""
        for one in self.versions.values():
            one.labels -= {"AWSPENDING"}
        self.versions[version_id] = Version(None, {"AWSPENDING"})
        self._changed()

    def key(self, label: str) -> str | None:
        """Return the key of the version that carries a label."""
        texts = [version.text for version in self.versions.values() if label in version.labels and version.text]
        return json.loads(texts[0])["api_key"] if texts else None

    def describe_secret(self, *, SecretId: str) -> dict[str, Any]:
        self._note("describe_secret")
        return {"VersionIdsToStages": {version_id: sorted(one.labels) for version_id, one in self.versions.items() if one.labels}}

    def list_secret_version_ids(self, *, SecretId: str) -> dict[str, Any]:
        return {
            "Versions": [
                {"VersionId": name, "VersionStages": sorted(one.labels), "CreatedDate": MADE} for name, one in self.versions.items()
            ]
        }

    def get_secret_value(self, *, SecretId: str, VersionId: str | None = None, VersionStage: str | None = None) -> dict[str, Any]:
        self._note("get_secret_value")
        for version_id, one in self.versions.items():
            if one.text and VersionId in (None, version_id) and (VersionStage is None or VersionStage in one.labels):
                return {"SecretString": one.text}
        raise refused("ResourceNotFoundException")

    def put_secret_value(self, *, SecretId: str, ClientRequestToken: str, SecretString: str, VersionStages: list[str]) -> dict[str, Any]:
        self._note("put_secret_value")
        there = self.versions.get(ClientRequestToken)
        if there and there.text and there.text != SecretString:
            raise refused("ResourceExistsException")
        self.versions[ClientRequestToken] = Version(SecretString, set(VersionStages))
        self._changed()
        return {}

    def update_secret_version_stage(
        self, *, SecretId: str, VersionStage: str, MoveToVersionId: str, RemoveFromVersionId: str
    ) -> dict[str, Any]:
        self._note("update_secret_version_stage")
        assert VersionStage == "AWSCURRENT"
        for one in self.versions.values():
            one.labels -= {"AWSPREVIOUS"}
        self.versions[RemoveFromVersionId].labels = {"AWSPREVIOUS"}
        self.versions[MoveToVersionId].labels |= {"AWSCURRENT"}
        self._changed()
        return {}

    def _changed(self) -> None:
        self.past.append((self._time(), {name: Version(one.text, set(one.labels)) for name, one in self.versions.items()}))

    def _note(self, operation: str) -> None:
        self.calls.append(operation)
        if self.away:
            raise ConnectTimeoutError(endpoint_url="https://secretsmanager.example")
        if operation in self.faults:
            raise self.faults.pop(operation)


class LaggingReplica(FakeSecret):
    """A replica that shows its primary as it was `lag_seconds` ago; infinitely long for one that never hears of a change."""

    def __init__(self, primary: FakeSecret, time: FakeTime, lag_seconds: float) -> None:
        super().__init__(time=time)
        self._primary, self._lag = primary, lag_seconds

    def _note(self, operation: str) -> None:
        super()._note(operation)
        arrived = [versions for at, versions in self._primary.past if at + self._lag <= self._time()]
        self.versions = arrived[-1] if arrived else self._primary.past[0][1]


@dataclass(slots=True)
class FakeAuthorizer:
    """A Lambda client whose one function is the real authorizer, in a worker that lives on; `accepts` may be told otherwise."""

    keys: ApiKeys
    refuses_everyone: bool = False
    asked: list[str] = field(default_factory=list)

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:
        event = json.loads(Payload)
        self.asked.append(event["headers"]["x-api-key"])
        try:
            answer = authorizer_handler(self.keys)(event, FakeContext())
        except (Unauthorized, KeysUnavailable) as failure:
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(json.dumps({"errorMessage": str(failure)}).encode())}
        if self.refuses_everyone:
            answer["policyDocument"]["Statement"][0]["Effect"] = "Deny"
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@dataclass(slots=True)
class Rehearsal:
    """A secret in two Regions, a worker of the authorizer in each, and the rotation between them.

    In each Region stands a `bystander` too, a worker that the rotation never meets; callers with the first key ask it every second.
    """

    primary: FakeSecret
    secrets: dict[str, FakeSecret]
    time: FakeTime
    bystanders: dict[str, ApiKeys]
    wait: Callable[[float], None]
    authorizers: dict[str, FakeAuthorizer]
    rotation: Rotation

    def rotate(self, version_id: str) -> None:
        """Do what Secrets Manager does: name the version and call the four steps."""
        self.primary.name_version(version_id)
        for step in STEPS:
            self.rotation.perform(step, version_id)

    def findings(self, key: str) -> dict[str, str]:
        """Return what each Region's worker says of a key."""
        return {region: one.keys.judge(key) for region, one in self.authorizers.items()}


def a_rehearsal(*, lag_seconds: float = 3.0, cache_seconds: float = 60.0) -> Rehearsal:
    """Return a secret with one version, replicated with a lag, whose authorizers have read it."""
    time = FakeTime()
    primary = FakeSecret(time=time)
    secrets: dict[str, FakeSecret] = {HOME: primary, PEER: LaggingReplica(primary, time, lag_seconds)}

    def workers() -> dict[str, ApiKeys]:
        return {region: ApiKeys(client, SECRET, fresh_seconds=cache_seconds, clock=time) for region, client in secrets.items()}

    authorizers, bystanders = {region: FakeAuthorizer(keys) for region, keys in workers().items()}, workers()

    def sleep(seconds: float) -> None:
        """Let seconds pass while callers go on calling."""
        left = seconds
        while left > 0:
            time.sleep(min(1.0, left))
            left -= 1.0
            for keys in bystanders.values():
                keys.judge("first")

    regions = [
        Region(name=name, secrets=client, functions=authorizers[name], authorizer_arn=f"arn:aws:lambda:{name}:1:function:authorizer:live")
        for name, client in secrets.items()
    ]
    rotation = Rotation(primary, SECRET, regions, cache_seconds=cache_seconds, clock=time, sleep=sleep)
    rehearsal = Rehearsal(
        primary=primary, secrets=secrets, time=time, bystanders=bystanders, wait=sleep, authorizers=authorizers, rotation=rotation
    )
    rehearsal.findings("first")
    return rehearsal
