"""Where the embedded AWS holds on to MiniStack to judge calls by the Region they are for."""

from __future__ import annotations

from typing import Final

SEAMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (("ministack.services.apigateway_v1", ("find_api_scope",)),)


def region_of_api(api_id: str) -> str | None:
    """Return the Region of the running account's REST API with this id, or None."""
    from ministack.services import apigateway_v1

    owner = apigateway_v1.find_api_scope(api_id)
    return str(owner[1]) if owner else None
