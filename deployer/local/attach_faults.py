"""Where the embedded AWS holds on to MiniStack to judge calls by the Region they are for."""

from __future__ import annotations

from typing import Final

from deployer.local.called_service import Whereabouts

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.apigateway_v1", ("find_api_scope",)),
    ("ministack.services.s3", ("_buckets", "_bucket_owner_account")),
)


def region_of_api(api_id: str) -> str | None:
    """Return the Region of the running account's REST API with this id, or None."""
    from ministack.services import apigateway_v1

    owner = apigateway_v1.find_api_scope(api_id)
    return str(owner[1]) if owner else None


def region_of_bucket(name: str) -> str | None:
    """Return the Region of the bucket with this name, whoever owns it, or None."""
    from ministack.services import s3

    owner = s3._bucket_owner_account(name)
    bucket = s3._buckets.get_scoped(owner, None, name) if owner else None
    return str(bucket["region"]) if bucket and bucket.get("region") else None


WHEREABOUTS: Final = Whereabouts(region_of_api=region_of_api, region_of_bucket=region_of_bucket)
