"""How a template body travels: inline, or from S3 when it is longer than a request may carry.

Limits: 51,200 bytes inline, 1 MB from S3 (fact 4.14).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from deployer.aws.artifacts import ensure_object
from deployer.aws.session import Aws

INLINE_BYTES_MAX: Final = 51_200


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateSource:
    """A template as a request names it: exactly one of `body` and `url` is given."""

    body: str = ""
    url: str = ""

    @property
    def arguments(self) -> dict[str, str]:
        """The request's arguments that name the template."""
        return {"TemplateURL": self.url} if self.url else {"TemplateBody": self.body}


def template_source(aws: Aws, body: str, *, bucket: str, region: str) -> TemplateSource:
    """Return how to name `body` in a request made in `region`, uploading it to `templates/<sha256>.yaml` in `bucket` if it is long.

    Raises AwsRefused, also when the bucket does not exist.
    """
    content = body.encode()
    if len(content) <= INLINE_BYTES_MAX:
        return TemplateSource(body=body)
    digest = sha256(content).hexdigest()
    key = f"templates/{digest}.yaml"
    ensure_object(aws, content, bucket=bucket, key=key, digest=digest, region=region)
    return TemplateSource(url=f"https://s3.{region}.amazonaws.com/{bucket}/{key}")
