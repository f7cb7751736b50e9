"""What the rotation function's role is needed for: each of its calls, as a client of the role makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deployer.vocabulary.names import name_of
from tests.support.stacks import unique

# Service, Region, action, call.
RoleCall = tuple[str, str, str, Callable[[Any], object]]


def rotation_calls(suffix: str, *, home: str, peer: str) -> tuple[RoleCall, ...]:
    """Return every call of the function whose secret's primary is in `home`, the secondary Region."""
    secret = {"SecretId": name_of("secret", suffix=suffix)}
    authorizers = {
        region: name_of("authorizer function", suffix=suffix, role=role) for region, role in ((home, "secondary"), (peer, "primary"))
    }

    def move(client: Any) -> object:
        versions = client.list_secret_version_ids(**secret)["Versions"]
        current = next(one["VersionId"] for one in versions if "AWSCURRENT" in one["VersionStages"])
        return client.update_secret_version_stage(**secret, VersionStage=unique("label"), MoveToVersionId=current)

    def put(client: Any) -> object:
        return client.put_secret_value(**secret, SecretString="{}", VersionStages=["TRIED"])

    def ask(region: str) -> Callable[[Any], object]:
        return lambda client: client.invoke(FunctionName=f"{authorizers[region]}:live")

    return (
        ("secretsmanager", home, "secretsmanager:DescribeSecret", lambda client: client.describe_secret(**secret)),
        ("secretsmanager", peer, "secretsmanager:GetSecretValue", lambda client: client.get_secret_value(**secret)),
        ("secretsmanager", home, "secretsmanager:GetSecretValue", lambda client: client.get_secret_value(**secret)),
        ("secretsmanager", home, "secretsmanager:ListSecretVersionIds", lambda client: client.list_secret_version_ids(**secret)),
        ("secretsmanager", home, "secretsmanager:PutSecretValue", put),
        ("secretsmanager", home, "secretsmanager:UpdateSecretVersionStage", move),
        ("lambda", home, "lambda:InvokeFunction", ask(home)),
        ("lambda", peer, "lambda:InvokeFunction", ask(peer)),
    )
