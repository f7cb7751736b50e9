"""The API keys that are good now: the labelled versions of the replicated secret, kept for a while and compared in constant time.

A rotation loses no request: the pending version is good before anybody is told of it, the previous one until its label is taken
away, and a key not known is looked for once more before it is called wrong. When Secrets Manager does not answer, the keys known so
far stay good. Only digests are kept.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from botocore.exceptions import BotoCoreError, ClientError

FRESH_SECONDS_MAX: Final = 60.0
# Between two looks for an unknown key, and between two tries when Secrets Manager does not answer.
LOOK_SECONDS_MIN: Final = 2.0

Good = Literal["current", "previous", "pending"]
# In the order in which a rotation moves a key on: one that moves while all three are read is met where it was or where it went.
STAGES: Final[Mapping[str, Good]] = {"AWSPENDING": "pending", "AWSCURRENT": "current", "AWSPREVIOUS": "previous"}

Finding = Literal["current", "previous", "pending", "wrong", "unsure"]


class KeysUnavailable(Exception):
    """No key is known and none can be read; `reason` is AWS's error code, the transport error's name, or what the secret lacks."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ApiKeys:
    """The versions of the secret `secret_id`, through a Secrets Manager client with bounded time-outs.

    They are read again once they are `fresh_seconds` old: a rotation waits for as long before it tells anybody of a new key, and a
    key that was retired is good no longer than that.
    """

    def __init__(
        self, client: Any, secret_id: str, *, fresh_seconds: float = FRESH_SECONDS_MAX, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._secret_id = secret_id
        self._fresh_seconds = fresh_seconds
        self._clock = clock
        self._digests: dict[Good, bytes] = {}
        self._read_at = float("-inf")
        self._tried_at = float("-inf")
        self._looked_at = float("-inf")

    def judge(self, key: str) -> Finding:
        """Say which version of the secret `key` is, or that it is wrong, or that this cannot be told for sure just now.

        "unsure" means: not among the keys known, and it is too early to look again, or looking failed. Raises KeysUnavailable.
        """
        read_now = self._catch_up()
        found = self._match(key)
        if found or read_now:
            return found or "wrong"
        if self._clock() - self._looked_at < LOOK_SECONDS_MIN:
            return "unsure"
        self._looked_at = self._clock()
        if not self._refresh():
            return "unsure"
        return self._match(key) or "wrong"

    def _catch_up(self) -> bool:
        """Read the keys when none are known or those known are old; say whether they were read this very moment."""
        if not self._digests:
            self._read_at_first()
            return True
        due = self._clock() - self._read_at >= self._fresh_seconds
        return due and self._clock() - self._tried_at >= LOOK_SECONDS_MIN and self._refresh()

    def _match(self, key: str) -> Good | None:
        """Return the version `key` equals; every version is compared, in a time that says nothing about the key (hmac.compare_digest)."""
        given = _digest(key)
        matches = [version for version, digest in self._digests.items() if hmac.compare_digest(digest, given)]
        if not matches:
            return None
        # A version may carry two labels: after a rotation the current one can still be called pending.
        return "current" if "current" in matches else matches[0]

    def _read_at_first(self) -> None:
        """Read the keys when none are known; once again after a failure, for this request has nothing to fall back on."""
        try:
            self._read()
        except KeysUnavailable:
            self._read()

    def _refresh(self) -> bool:
        """Read the keys anew and say whether that worked; when it did not, the keys known stay."""
        try:
            self._read()
        except KeysUnavailable:
            return False
        return True

    def _read(self) -> None:
        """Read every version; raises KeysUnavailable when one cannot be read. That there is a current one alone is fine."""
        self._tried_at = self._clock()
        digests: dict[Good, bytes] = {}
        for stage, version in STAGES.items():
            try:
                answer = self._client.get_secret_value(SecretId=self._secret_id, VersionStage=stage)
            except ClientError as error:
                code = str(error.response.get("Error", {}).get("Code", "unknown"))
                if version != "current" and code == "ResourceNotFoundException":
                    continue
                raise KeysUnavailable(code) from error
            except BotoCoreError as error:
                raise KeysUnavailable(type(error).__name__) from error
            try:
                digests[version] = _digest(_api_key(answer.get("SecretString")))
            except KeysUnavailable:
                # Nobody has that one yet: whoever put nonsense there must not close the API.
                if version != "pending":
                    raise
        self._digests = digests
        self._read_at = self._clock()


def _api_key(secret: object) -> str:
    """Return the key in the secret's JSON text `{"api_key": …}`; raises KeysUnavailable without a word of its content."""
    try:
        key = json.loads(str(secret))["api_key"]
    except (ValueError, KeyError, TypeError):
        key = None
    if not isinstance(key, str) or not key:
        raise KeysUnavailable("secret without api_key") from None
    return key


def _digest(key: str) -> bytes:
    """Return the SHA-256 of `key`: equally long for every key, and not the key."""
    return hashlib.sha256(key.encode("utf-8", errors="surrogatepass")).digest()
