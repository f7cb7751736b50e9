"""One way out of every AWS call: an answer, or `AwsRefused` in AWS's own words with a way out.

Nothing else in the deployer sees a botocore exception. Callers that expect a code catch `AwsRefused` and look at `code`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from deployer.vocabulary.errors import AwsRefused

_SIGN_IN: Final = "Sign in again (aws sso login, or fresh AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), then run the same command."
_ALLOW: Final = "Give the caller the action AWS names, on the resource it names, then run the same command."
_WAIT: Final = "Wait a minute, then run the same command: it goes on where this one stopped."
_AGAIN: Final = "Remove what AWS names as the cause, then run the same command: it goes on where this one stopped."
_REACH: Final = "Check the network, AWS_ENDPOINT_URL and, when the target is local, `deployer local status`; then run the same command."

_TROUBLE_IN_AWS: Final = 500

# AWS's code -> what a person does about it. Sources: "Common errors" of the CloudFormation, S3 and STS API references.
_WAYS_OUT: Final[dict[str, str]] = {
    "AccessDenied": _ALLOW,
    "AccessDeniedException": _ALLOW,
    "UnauthorizedOperation": _ALLOW,
    # S3 gives no code to what has no body.
    "400": "S3 says no more to this kind of question; expired credentials are one cause. " + _SIGN_IN,
    "403": _ALLOW,
    "ExpiredToken": _SIGN_IN,
    "ExpiredTokenException": _SIGN_IN,
    "RequestExpired": _SIGN_IN,
    "InvalidClientTokenId": _SIGN_IN,
    "UnrecognizedClientException": _SIGN_IN,
    "SignatureDoesNotMatch": "Check the secret access key and this machine's clock, then run the same command.",
    "OptInRequired": "Enable the Region for this account, then run the same command.",
    "Throttling": _WAIT,
    "ThrottlingException": _WAIT,
    "RequestLimitExceeded": _WAIT,
    "TooManyRequestsException": _WAIT,
    "SlowDown": _WAIT,
    "LimitExceededException": "Raise the quota AWS names, or delete what is no longer used, then run the same command.",
    "InsufficientCapabilitiesException": "The template asks for a capability the deployer does not grant; remove what needs it.",
}


@contextmanager
def asking(service: str, operation: str, region: str) -> Iterator[None]:
    """Turn whatever botocore raises inside the block into AwsRefused.

    Args:
        service: AWS's name of the service, `cloudformation`.
        operation: the API operation, `CreateStack`.
        region: the Region that is asked.

    Raises:
        AwsRefused: AWS answered with an error, or could not be asked; `code` is AWS's code or botocore's exception name.
    """
    try:
        yield
    except ClientError as error:
        answer: dict[str, Any] = error.response.get("Error", {})  # type: ignore[assignment]
        code = str(answer.get("Code", "Unknown"))
        raise AwsRefused(
            service=service,
            operation=operation,
            region=region,
            code=code,
            message=str(answer.get("Message", "")),
            hint=_WAYS_OUT.get(code) or _way_out_of_answer(error),
        ) from error
    except (BotoCoreError, HTTPClientError) as error:
        raise AwsRefused(
            service=service,
            operation=operation,
            region=region,
            code=type(error).__name__,
            message=str(error),
            hint=_way_out_of(error),
        ) from error


def _way_out_of_answer(error: ClientError) -> str:
    """Return what to do about an error that has no advice of its own: trouble in AWS passes, anything else has a cause here."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return _WAIT if status >= _TROUBLE_IN_AWS else _AGAIN


def _way_out_of(error: Exception) -> str:
    """Return what to do when AWS could not even be asked."""
    if isinstance(error, SSLError):
        return "The endpoint's certificate is not trusted: name its CA with AWS_CA_BUNDLE, then run the same command."
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, ProfileNotFound)):
        return "Give credentials: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; then run the same command."
    if isinstance(error, (TokenRetrievalError, UnauthorizedSSOTokenError)):
        return _SIGN_IN
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return _REACH
    return _AGAIN
