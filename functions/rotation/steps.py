"""The four steps of a rotation, in the order Secrets Manager calls them, and what each leaves behind.

1. `create` puts a new key beside the current one, as the version Secrets Manager has named. Nobody uses it yet.
2. `set_up` waits until the other Region's replica has it too, and then as long as an authorizer may keep what it read: from then on
   there is no authorizer in either Region that does not know the new key.
3. `test` asks the authorizer of each Region whether the new key lets a caller in.
4. `finish` makes it the current key, which is the first time that anybody who reads the secret is told of it.

The key it replaces stays good as the previous one, until the next rotation ends. A step that cannot be done changes nothing more
and raises: the old keys go on as they were. Each may be called again at any time, with the same outcome.
Source: "Rotation by Lambda function", AWS Secrets Manager User Guide; what replicas do is fact 8.1.
"""

from __future__ import annotations

import json
import secrets as randomness
import string
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from rotation.regions import PENDING, Region

CURRENT: Final = "AWSCURRENT"
KEY_FIELD: Final = "api_key"
KEY_CHARACTERS: Final = 40
REPLICA_SECONDS_MAX: Final = 120.0
ACCEPTED_SECONDS_MAX: Final = 60.0
# Added to the time an authorizer keeps what it read: the clocks of two machines, and the read itself.
MARGIN_SECONDS: Final = 2.0
# An authorizer looks for a key it does not know every two seconds at the most.
PAUSE_SECONDS: Final = 2.5
NO_KEY: Final = "the pending version holds no key"


class RotationStopped(Exception):
    """A step could not be done; `reason` is a sentence that holds nothing of a key."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Rotation:
    """One secret, asked for through the client of its primary Region, and every Region that has to accept its keys.

    `cache_seconds` is how long an authorizer keeps what it read of the secret.
    """

    def __init__(
        self,
        client: Any,
        secret_id: str,
        regions: Sequence[Region],
        *,
        cache_seconds: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._regions = tuple(regions)
        self._cache_seconds = cache_seconds
        self._clock = clock
        self._sleep = sleep

    def perform(self, step: str, version_id: str) -> str:
        """Perform one step for the version that becomes the new key; returns its outcome in a word or two. Raises RotationStopped."""
        if step not in STEPS:
            raise RotationStopped(f"there is no step {step!r}")
        labels = self._client.describe_secret(SecretId=self._secret_id).get("VersionIdsToStages") or {}
        if CURRENT in labels.get(version_id, ()):
            return "finished_before"
        if PENDING not in labels.get(version_id, ()):
            raise RotationStopped("the version to rotate to is not the pending one")
        return STEPS[step](self, version_id)

    def create(self, version_id: str) -> str:
        """Give the pending version a new key and all else the current one holds, unless it has them already."""
        if self._value(VersionId=version_id, VersionStage=PENDING) is not None:
            return "created_before"
        current = self._value(VersionStage=CURRENT)
        if current is None:
            raise RotationStopped("the secret has no current version")
        document = json.dumps(_document(current) | {KEY_FIELD: new_key()})
        try:
            self._client.put_secret_value(
                SecretId=self._secret_id, ClientRequestToken=version_id, SecretString=document, VersionStages=[PENDING]
            )
        except ClientError as error:
            # The same step, called twice at once: the key that came first stays.
            if _code(error) != "ResourceExistsException":
                raise
            return "created_before"
        return "created"

    def set_up(self, version_id: str) -> str:
        """Return once every authorizer in every Region must have read the new key."""
        text = self._value(VersionId=version_id, VersionStage=PENDING)
        if text is None:
            raise RotationStopped(NO_KEY)
        deadline = self._clock() + REPLICA_SECONDS_MAX
        for region in self._regions:
            while not region.holds(self._secret_id, version_id, text):
                if self._clock() >= deadline:
                    raise RotationStopped(f"the new key did not arrive in {region.name} within {REPLICA_SECONDS_MAX:.0f} s")
                self._sleep(1.0)
        self._sleep(self._cache_seconds + MARGIN_SECONDS)
        return "set_up"

    def test(self, version_id: str) -> str:
        """Return once each Region's authorizer has let the new key in.

        Secrets Manager calls this step alone when a schedule is set; when it brings no key along, the current one is tried instead.
        """
        pending = self._value(VersionId=version_id, VersionStage=PENDING)
        tried = pending if pending is not None else self._value(VersionStage=CURRENT)
        key = _document(tried or "{}").get(KEY_FIELD)
        if not isinstance(key, str) or not key:
            raise RotationStopped(f"the pending version has no field {KEY_FIELD}")
        deadline = self._clock() + ACCEPTED_SECONDS_MAX
        for region in self._regions:
            while not region.accepts(key):
                if self._clock() >= deadline:
                    raise RotationStopped(f"{region.name} does not accept the new key")
                self._sleep(PAUSE_SECONDS)
        return "tested" if pending is not None else "tested_the_current_key"

    def finish(self, version_id: str) -> str:
        """Make the new key the current one; the one that was becomes the previous one, by Secrets Manager itself."""
        if self._value(VersionId=version_id, VersionStage=PENDING) is None:
            raise RotationStopped(NO_KEY)
        labels: Mapping[str, Sequence[str]] = self._client.describe_secret(SecretId=self._secret_id)["VersionIdsToStages"]
        current = next((version for version, stages in labels.items() if CURRENT in stages), None)
        moved_from = {"RemoveFromVersionId": current} if current else {}
        self._client.update_secret_version_stage(SecretId=self._secret_id, VersionStage=CURRENT, MoveToVersionId=version_id, **moved_from)
        return "finished"

    def _value(self, **which: str) -> str | None:
        """Return the text of a version, None when it has none; a version is named before it is given one."""
        try:
            return str(self._client.get_secret_value(SecretId=self._secret_id, **which)["SecretString"])
        except ClientError as error:
            if _code(error) == "ResourceNotFoundException":
                return None
            raise


# By Secrets Manager's own names for them.
STEPS: Final[Mapping[str, Callable[[Rotation, str], str]]] = {
    "createSecret": Rotation.create,
    "setSecret": Rotation.set_up,
    "testSecret": Rotation.test,
    "finishSecret": Rotation.finish,
}


def new_key() -> str:
    """Return a key nobody can guess: 40 letters and digits from the system's own randomness, 238 bits of it."""
    alphabet = string.ascii_letters + string.digits
    return "".join(randomness.choice(alphabet) for _ in range(KEY_CHARACTERS))


def key_age_days(client: Any, secret_id: str, now: datetime) -> float:
    """Return how many days ago the current version was made, seen from the client's Region. Raises RotationStopped without one."""
    versions = client.list_secret_version_ids(SecretId=secret_id)["Versions"]
    made = next((one["CreatedDate"] for one in versions if CURRENT in (one.get("VersionStages") or ())), None)
    if made is None:
        raise RotationStopped("the secret has no current version")
    return float((now - made).total_seconds() / 86400)


def _document(text: str) -> dict[str, Any]:
    """Return the JSON object in a secret; raises RotationStopped without a word of its content."""
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise RotationStopped("the secret is no JSON object") from None
    return document


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))
