"""Whatever botocore raises leaves the room as one error with AWS's words and a way out."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError, SSLError

from deployer.aws.calls import asking
from deployer.vocabulary.errors import AwsRefused
from tests.support.rollout.wire import refusal


def refused_by(error: Exception) -> AwsRefused:
    """Return what leaves the room when botocore raises `error`."""
    with pytest.raises(AwsRefused) as caught, asking("cloudformation", "CreateStack", "us-east-2"):
        raise error
    return caught.value


def trouble_in_aws() -> ClientError:
    """Return an internal error of a service, as botocore raises it."""
    answer: Any = {"Error": {"Code": "InternalFailure", "Message": "later"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
    return ClientError(answer, "CreateStack")


def test_refusal_keeps_aws_own_words() -> None:
    """Service, operation, Region, code and message are all there, and the exit code is 3."""
    refused = refused_by(refusal("LimitExceededException", "Too many stacks"))

    assert refused.summary == "cloudformation refused CreateStack in us-east-2"
    assert refused.detail == "LimitExceededException: Too many stacks"
    assert (refused.code, refused.exit_code) == ("LimitExceededException", 3)


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        pytest.param(refusal("AccessDenied"), "Give the caller the action", id="access denied"),
        pytest.param(refusal("ExpiredToken"), "Sign in again", id="expired token"),
        pytest.param(refusal("SlowDown"), "Wait a minute", id="too many requests"),
        pytest.param(refusal("400"), "Sign in again", id="a bare 400 of S3"),
        pytest.param(trouble_in_aws(), "Wait a minute", id="internal error"),
        pytest.param(refusal("SomethingNew"), "Remove what AWS names", id="unheard of"),
        pytest.param(NoCredentialsError(), "Give credentials", id="no credentials"),
        pytest.param(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "Check the network", id="unreachable"),
        pytest.param(ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), "Check the network", id="no answer"),
        pytest.param(SSLError(endpoint_url="https://127.0.0.1:1", error="self-signed"), "AWS_CA_BUNDLE", id="unknown CA"),
    ],
)
def test_refusal_says_what_to_do(error: Exception, advice: str) -> None:
    """The troubles everyone has come with advice."""
    assert advice in refused_by(error).hint


def test_answer_passes_untouched() -> None:
    """Nothing is translated when nothing goes wrong."""
    with asking("sts", "GetCallerIdentity", "us-east-2"):
        answer = 42

    assert answer == 42


def test_our_own_mistakes_are_not_blamed_on_aws() -> None:
    """A bug inside the block stays what it is."""
    with pytest.raises(KeyError), asking("sts", "GetCallerIdentity", "us-east-2"):
        raise KeyError("Account")
