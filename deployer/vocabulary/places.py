"""Where a stack instance is: an account and a Region. The failover pair lives in one account, spares may live in others."""

from __future__ import annotations

# (account id, Region)
Place = tuple[str, str]


def place_name(account_id: str, region: str, home_account_id: str) -> str:
    """Return what a person calls a place: the Region alone in the account that everything is steered from."""
    return region if account_id in ("", home_account_id) else f"{region} of account {account_id}"
