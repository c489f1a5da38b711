"""Reward agreements: which rate earns what, for whom, over which days."""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .fields import Cents, Dated, Document, Percent, ProviderType, Text


class Band(Document):
    """An amount for reaching a share of conform lines."""

    name: Text
    threshold_percent: Percent
    reward_cents: Cents


class SchemePart(Document):
    """What one indicator earns: the highest band reached, and nothing below the minimum denominator."""

    indicator: Text
    denominator_min: Annotated[int, Field(ge=1)]
    bands: Annotated[list[Band], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_bands(self) -> "SchemePart":
        ordered = sorted(self.bands, key=lambda band: band.threshold_percent)
        for lower, higher in pairwise(ordered):
            if lower.threshold_percent == higher.threshold_percent:
                raise PydanticCustomError("BAND_TWICE", "two bands with one threshold")
            if lower.reward_cents > higher.reward_cents:
                raise PydanticCustomError("BAND_PAYS_LESS", "a higher band that pays less")
        return self


class Scheme(Dated):
    """A reward agreement: who is paid how much for which rate, over which days.

    `provider_types` are the first two digits of the AGB codes that take part; none named means everyone.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    name: Text
    provider_types: list[ProviderType] = []
    parts: Annotated[list[SchemePart], Field(min_length=1)]
