"""What one look at one Region found, in one check; and what a refusal of AWS says about the Region: nothing.

Whoever may not ask, or asks with credentials that have expired, learns nothing by asking again: that ends the gate as AWS said it. Any
other refusal is a look that was not good, for a Region that cannot be judged has shown nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from deployer.planning.gates import Check
from deployer.vocabulary.errors import AwsRefused

_ABOUT_THE_CALLER: Final = frozenset(
    {
        *("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "UnauthorizedException", "403"),
        *("ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidClientTokenId", "UnrecognizedClientException"),
        *("InvalidSignatureException", "SignatureDoesNotMatch", "NoCredentialsError", "PartialCredentialsError"),
        *("CredentialRetrievalError", "TokenRetrievalError", "UnauthorizedSSOTokenError"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Whether a check was good, and what was seen, in a few words.

    `is_final` says that nothing has to be seen twice; `refused` is AWS's refusal where nothing could be seen of the Region.
    """

    is_good: bool
    detail: str
    is_final: bool = False
    refused: AwsRefused | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One check of one Region, once."""

    region: str
    check: Check
    finding: Finding
    took_seconds: float


def not_seen(refused: AwsRefused) -> Finding:
    """Return the finding of a look that AWS refused; raises the refusal itself when it is about who asks."""
    if refused.code in _ABOUT_THE_CALLER:
        raise refused
    return Finding(is_good=False, detail=f"{refused.summary}: {refused.detail}", refused=refused)
