"""The JSON contract of a course in time: months beside what was to be expected of them, and what changed."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from formulary import Level, Unit
from matcher import Change, wilson_interval

from .responses import RulesNamed, VersionNamed


class TrendMonth(BaseModel):
    """One month: the own rate and its interval, what was expected of it, and the rate of the region.

    Nothing is expected of the first months, which are the baseline, nor where there are too few months.
    """

    month: str
    numerator: int
    denominator: int
    rate: float
    interval_low: float
    interval_high: float
    expected: float | None
    region_rate: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any], region_rate: float | None) -> "TrendMonth":
        """Tell a row of `trend.csv`."""
        low, high = wilson_interval(row["numerator"], row["denominator"])
        told = {field: row[field] for field in ("month", "numerator", "denominator", "rate", "expected")}
        return cls(**told, interval_low=round(low, 6), interval_high=round(high, 6), region_rate=region_rate)


class TrendChange(BaseModel):
    """A change beyond chance: since when, until when it is seen, the rate meanwhile and what was expected."""

    change: Change
    began: str
    seen_until: str
    numerator: int
    denominator: int
    rate: float
    expected: float
    false_discovery: float

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "TrendChange":
        """Tell a row of `changes.csv`."""
        return cls(**{field: row[field] for field in cls.model_fields})


class IndicatorTrend(BaseModel):
    """The course of one indicator, and its change if there was one."""

    indicator: str
    name: str
    unit: Unit
    months: list[TrendMonth]
    change: TrendChange | None


class PolicyDateNamed(BaseModel):
    """A day on which something began that may move rates, in the language asked for."""

    day: date
    name: str


class PlaceTrendResponse(BaseModel):
    """The course of a practice or group, with the days on which versions and policies began, and the rules."""

    level: Level
    id: str
    indicators: list[IndicatorTrend]
    versions: list[VersionNamed]
    policy_dates: list[PolicyDateNamed]
    rules: RulesNamed
    software: str


class TrendResponse(BaseModel):
    """A prescriber's own course, the days on which versions and policies began, and the rules it was made with."""

    prescriber_agb: str
    indicators: list[IndicatorTrend]
    versions: list[VersionNamed]
    policy_dates: list[PolicyDateNamed]
    rules: RulesNamed
    software: str
