"""On which terms payments are taken, and how the key of their callers is kept; `model.py` puts it together."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from deployer.params.part import Part

CURRENCY_PATTERN = r"^[A-Z]{3}$"

CurrencyCode = Annotated[str, Field(pattern=CURRENCY_PATTERN)]


class CeilingParameters(Part):
    """The largest payment in one currency."""

    currency: CurrencyCode = Field(description="ISO 4217 code of the currency that the ceiling is for. Example: USD.")
    amount_max: int = Field(
        ge=1, le=999_999_999_999_999, description="Largest payment taken, in whole units of the currency. Example: 10000."
    )


class PaymentsParameters(Part):
    """On which terms payments are taken, in both Regions; running functions obey a change within half a minute of its roll-out."""

    paused: bool = Field(default=False, description="Whether new payments are refused with 503 until further notice. Example: false.")
    currencies: tuple[CurrencyCode, ...] = Field(
        default=(), max_length=200, description="ISO 4217 codes of the currencies taken; none listed means every one. Example: [EUR, USD]."
    )
    ceilings: tuple[CeilingParameters, ...] = Field(
        default=(),
        max_length=100,
        description="Largest payment by currency; one without a ceiling is not limited. Example: [{currency: USD, amount_max: 10000}].",
    )


class SecretParameters(Part):
    """The API key that callers send, a replicated secret."""

    rotation_days: int = Field(
        default=30,
        ge=0,
        le=1000,
        description="Days after which the API key is replaced; the one before stays good until the next time. 0 leaves it to a person."
        " Example: 30.",
    )
    key_cache_seconds: int = Field(
        default=60,
        ge=1,
        le=60,
        description="Seconds that the authorizer, and API Gateway after it, keep what they know of keys; a retired key works twice as long."
        " Example: 60.",
    )
