"""A secret's field comes out alone, and never in an error."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deployer.aws.secrets import read_secret_field
from deployer.aws.session import Aws, AwsAccess
from deployer.vocabulary.errors import AwsRefused, DeployerError
from tests.support.rollout.wire import refusal

NAME = "payment-api-secret-test"


class FakeSecrets:
    """One secret, or none."""

    def __init__(self, text: str | None) -> None:
        """Hold this text."""
        self._text = text

    def get_secret_value(self, *, SecretId: str) -> dict[str, Any]:
        """Return the text."""
        if self._text is None:
            raise refusal("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return {"SecretString": self._text}


def read(text: str | None) -> str:
    """Return the field `api_key` of a secret with this text."""
    aws = Aws(AwsAccess(), make_client=lambda service, region: FakeSecrets(text))
    return read_secret_field(aws, name=NAME, field="api_key", region="us-east-1")


def test_field_is_read() -> None:
    """Its value is what the JSON object says."""
    assert read(json.dumps({"api_key": "k-1"})) == "k-1"


@pytest.mark.parametrize("text", ['{"other": "s3cr3t"}', "s3cr3t", '["s3cr3t"]'])
def test_secret_of_another_shape_is_not_quoted(text: str) -> None:
    """The error names the secret and the field, and nothing of what it holds."""
    with pytest.raises(DeployerError, match="has no field api_key") as refused:
        read(text)

    assert "s3cr3t" not in f"{refused.value}{refused.value.__cause__}"


def test_missing_secret_is_aws_refusal() -> None:
    """AWS's own code is kept."""
    with pytest.raises(AwsRefused, match="ResourceNotFoundException"):
        read(None)
