"""Where the embedded AWS holds on to MiniStack to judge calls by the Region they are for."""

from __future__ import annotations

from typing import Any, Final

from deployer.local.called_service import Whereabouts

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("ministack.services.apigateway_v1", ("find_api_scope",)),
    ("ministack.services.s3", ("_buckets", "_bucket_owner_account")),
    ("ministack.core.lambda_runtime", ("execution_credentials",)),
)
# Access key -> Region of the function.
_function_regions: Final[dict[str, str]] = {}


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


def note_functions_keys() -> None:
    """Remember of which Region's function the keys are that a process of it is started with; to be called once."""
    from ministack.core import lambda_runtime

    give = lambda_runtime.execution_credentials

    def give_and_note(config: dict[str, Any]) -> dict[str, str]:
        credentials: dict[str, str] = give(config)
        _function_regions[credentials["AWS_ACCESS_KEY_ID"]] = str(config["FunctionArn"]).split(":")[3]
        return credentials

    lambda_runtime.execution_credentials = give_and_note


WHEREABOUTS: Final = Whereabouts(region_of_api=region_of_api, region_of_bucket=region_of_bucket, region_of_function=_function_regions.get)
