"""Values that may be shown to anybody, and those that may not: what looks like a secret is hidden wherever values are told.

It judges by the name a value stands under, by the names inside it, and by its looks. Nothing secret belongs into a template, but what a
person did by hand may be anywhere, and so may a mistake.
"""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "(hidden)"

# A whole word of a name (`DB_PASSWORD`, `ApiKeyValue`): `S3Key`, `KeySchema` and `KmsKeyId` are none.
_SECRET_NAME: Final = re.compile(
    r"passw(or)?d|passphrase|secret|token(?!_?(seconds|days|ttl))|credential|api_?-?key|private_?-?key|access_?-?key|signing_?-?key|authorization",
    re.IGNORECASE,
)
_NAME_IN_VALUE: Final = re.compile(r"\"([^\"]{1,128})\"\s*:")
# Key ids of AWS, PEM blocks, JSON web tokens, and what services hand out with a prefix of their own.
_SECRET_LOOKS: Final = re.compile(
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|\beyJ[\w-]{8,}\.[\w-]{8,}\.|\b(gh[pousr]_|sk_live_|xox[abpr]-)\w{8,}"
)
# Of a secret only these properties are no secret [CloudFormation: AWS::SecretsManager::Secret].
_OPEN_OF_A_SECRET: Final = ("Name", "Description", "KmsKeyId", "ReplicaRegions", "Tags")
# Names that sound like secrets and are names: what a secret or key is called, where it lies, how one is made.
_NO_SECRET: Final = re.compile(
    r"(arn|id|ids|name|names|type|alias|region|regions|policy|enabled|days|seconds|count|length)$", re.IGNORECASE
)


def shown(value: str, *, path: str, resource_type: str = "") -> str:
    """Return the value, or `HIDDEN` when it looks like a secret; an empty value is told as it is.

    Args:
        value: a property's value as text; an object or a list as JSON.
        path: where it stands, `/Environment/Variables/DB_PASSWORD` or `Properties.Environment.Variables.DB_PASSWORD`.
        resource_type: the type of the resource it belongs to, when known.
    """
    if not value:
        return value
    parts = [part for part in re.split(r"[/.]", path) if part and part != "Properties"]
    if resource_type.startswith("AWS::SecretsManager::Secret") and (not parts or parts[0] not in _OPEN_OF_A_SECRET):
        return HIDDEN
    named = any(map(_is_secret_name, (*parts, *_NAME_IN_VALUE.findall(value))))
    return HIDDEN if named or _SECRET_LOOKS.search(value) else value


def _is_secret_name(name: str) -> bool:
    return bool(_SECRET_NAME.search(name)) and not _NO_SECRET.search(name)
