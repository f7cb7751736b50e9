"""One field of a JSON secret: what a person may need in hand, never kept or logged here."""

from __future__ import annotations

import json

from deployer.aws.calls import asking
from deployer.aws.session import Aws
from deployer.vocabulary.errors import DeployerError


def read_secret_field(aws: Aws, *, name: str, field: str, region: str) -> str:
    """Return `field` of the secret's current version in `region`, whose value is a JSON object.

    Raises AwsRefused (`ResourceNotFoundException` when there is no such secret), DeployerError when the field is not there.
    """
    with asking("secretsmanager", "GetSecretValue", region):
        text = aws.client("secretsmanager", region).get_secret_value(SecretId=name)["SecretString"]
    try:
        return str(json.loads(text)[field])
    except (ValueError, KeyError, TypeError):
        # The error's own words could hold the secret.
        raise DeployerError(
            f"The secret {name} in {region} has no field {field}", hint="Its value has to be a JSON object; look at it in Secrets Manager."
        ) from None
