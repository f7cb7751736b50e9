"""The two ways an S3 object is named in a URL.

Source: "Virtual hosting of general purpose buckets", Amazon S3 User Guide.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

_BUCKET_HOST: Final = re.compile(r"^(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\.(?P<rest>s3(?:[.-].*)?\.amazonaws\.com(?:\.cn)?)$")


def path_style(url: str) -> str:
    """Return the URL with its bucket in the path: `https://b.s3.eu-west-1.amazonaws.com/k` -> `https://s3.…/b/k`.

    A URL whose host names no bucket stays as it is, but for its key, which comes back decoded.
    """
    parts = urlsplit(url)
    named = _BUCKET_HOST.match(parts.hostname or "")
    path = unquote(parts.path)
    if not named:
        return urlunsplit(parts._replace(path=path))
    return urlunsplit(parts._replace(netloc=named["rest"], path=f"/{named['bucket']}{path}"))
