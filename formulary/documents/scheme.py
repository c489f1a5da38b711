"""Reward agreements: which score, meeting or saving earns what, for whom, over which days.

A scheme is made of blocks that combine freely. A part says what is measured (`measure`, `whose`), what must hold before
it counts (minimum, reliability, certainty, meetings), and what it earns: bands, a sliding scale, a fixed amount or a
share. What must hold between the fields of a scheme is checked in `formulary/scheme_checks.py`, all of it at once.
"""

from itertools import pairwise
from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from .fields import Cents, Dated, Document, Percent, ProviderType, Text
from .words import Certainty, Level, Measure, PaidPer, TakingPart

# Two-sided confidence in percent, and the square of its normal quantile in hundred-millionths: 1.2816, 1.6449, 1.9600
# and 2.5758 squared. Published with the rules so that a bound can be worked out by hand.
CONFIDENCE = {80: 164_249_856, 90: 270_569_601, 95: 384_160_000, 99: 663_474_564}

Points = Annotated[int, Field(ge=0, le=1_000_000)]
Amount = Annotated[int, Field(ge=1, le=10**12)]
Permille = Annotated[int, Field(ge=1, le=999)]


class Earned(Document):
    """What something earns: whole cents, or points that get their value afterwards."""

    reward_cents: Cents | None = None
    points: Points | None = None

    @model_validator(mode="after")
    def _check_one(self) -> "Earned":
        if (self.reward_cents is None) == (self.points is None):
            raise PydanticCustomError("EARNS_ONE", "either reward_cents or points")
        return self

    @property
    def amount(self) -> int:
        """Return the cents, or the points."""
        return (self.points or 0) if self.reward_cents is None else self.reward_cents


class Band(Earned):
    """What reaching a share earns; a fixed threshold is a single band."""

    name: Text
    threshold_percent: Percent


class Scale(Earned):
    """A sliding scale: nothing up to the lower percent, all from the upper one, and in proportion between them."""

    lower_percent: Annotated[int, Field(ge=0, le=99)]
    upper_percent: Percent


class SchemePart(Document):
    """One block of a scheme.

    `denominator_min` is the least that a score must be of; `reliability_lines` is the denominator at which half of the
    spread between peers is real, so that n lines are reliable for n / (n + `reliability_lines`). `baseline` names the
    period of `baselines.csv`. `meetings_min` must have been attended before the part pays at all, `meetings` is the
    number that makes attendance whole.
    """

    part: Text | None = None
    indicator: Text | None = None
    measure: Measure = Measure.RATE
    whose: Level | None = None
    denominator_min: Annotated[int, Field(ge=1)] | None = None
    reliability_min_percent: Annotated[int, Field(ge=1, le=99)] | None = None
    reliability_lines: Annotated[int, Field(ge=1, le=100_000)] | None = None
    certainty: Certainty = Certainty.POINT
    confidence_percent: int = 95
    probability_min_permille: Permille | None = None
    peers_min: Annotated[int, Field(ge=2)] = 5
    national_cuts_permille: list[Permille] = []
    baseline: Text | None = None
    meetings: Annotated[int, Field(ge=1, le=366)] | None = None
    meetings_min: Annotated[int, Field(ge=1, le=366)] | None = None
    bands: list[Band] = []
    scale: Scale | None = None
    fixed: Earned | None = None
    share_percent: Percent | None = None
    per: PaidPer = PaidPer.PAYEE
    weight_percent: Percent | None = None

    @model_validator(mode="after")
    def _check_bands(self) -> "SchemePart":
        ordered = sorted(self.bands, key=lambda band: band.threshold_percent)
        for lower, higher in pairwise(ordered):
            if lower.threshold_percent == higher.threshold_percent:
                raise PydanticCustomError("BAND_TWICE", "two bands with one threshold")
            if lower.amount > higher.amount:
                raise PydanticCustomError("BAND_PAYS_LESS", "a higher band that pays less")
        return self

    @property
    def name(self) -> str:
        """Return its name: the one it was given, else its indicator, else what it measures."""
        return self.part or self.indicator or str(self.measure)

    @property
    def earned(self) -> tuple[Earned, ...]:
        """Return every amount of the part."""
        return tuple(each for each in (*self.bands, self.scale, self.fixed) if each is not None)

    @property
    def in_points(self) -> bool:
        """Tell whether it earns points rather than cents."""
        return any(each.points is not None for each in self.earned)


class Scheme(Dated):
    """A reward agreement: who is paid how much for what, over which days.

    `provider_types` are the first two digits of the AGB codes that take part; none named means everyone. Points are
    worth `point_cents` each, or share out `budget_cents`. For `hold_days` after a period its figures are provisional,
    and so is a score of which deliveries are missing; what they earn is held. Caps and floors are per payee, per
    practice (of prescribers) and for all together.
    """

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")]
    name: Text
    payee: Level = Level.PRESCRIBER
    provider_types: list[ProviderType] = []
    taking_part: TakingPart = TakingPart.ALL
    hold_days: Annotated[int, Field(ge=0, le=3650)] | None = None
    budget_cents: Amount | None = None
    point_cents: Amount | None = None
    floor_cents: Amount | None = None
    cap_cents: Amount | None = None
    practice_floor_cents: Amount | None = None
    practice_cap_cents: Amount | None = None
    scheme_floor_cents: Amount | None = None
    scheme_cap_cents: Amount | None = None
    parts: Annotated[list[SchemePart], Field(min_length=1)]
