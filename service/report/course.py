"""Where everything in the chart of a course stands: a rate per month with its interval, and the days rules changed."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher import wilson_interval

from .charts import Tick, height_of, ticks_of

_WIDTH, _HEIGHT, _LEFT, _RIGHT = 1000.0, 370.0, 54.0, 12.0
_LABELS_MAX = 14


@dataclass(frozen=True)
class Mark:
    """A day on which rules changed, and what then began."""

    day: date
    name: str


@dataclass(frozen=True)
class DrawnMark:
    """Where a day stands, and all that began on it; every other one is written lower, so that names do not meet."""

    x: float
    name: str
    row: int


@dataclass(frozen=True)
class Point:
    """The rate of one month and its interval."""

    row: Mapping[str, Any]
    low: float
    high: float
    x: float
    y: float
    top: float
    bottom: float
    is_labelled: bool


@dataclass(frozen=True)
class Course:
    """Rates month by month, with their intervals as a band, and the days on which rules changed."""

    points: tuple[Point, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[DrawnMark, ...]
    left: float = _LEFT
    width: float = _WIDTH
    height: float = _HEIGHT

    @property
    def line(self) -> str:
        """Return the points of the line through the rates."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)

    @property
    def band(self) -> str:
        """Return the points around the intervals: along their tops, and back along their bottoms."""
        above = [f"{point.x:.1f},{point.top:.1f}" for point in self.points]
        return " ".join([*above, *(f"{point.x:.1f},{point.bottom:.1f}" for point in reversed(self.points))])


def course_of(rows: Sequence[Mapping[str, Any]], marks: Sequence[Mark]) -> Course | None:
    """Return the chart of rows with `month`, `numerator`, `denominator` and `rate`, by month; one month draws nothing.

    A month without a row keeps its place; a mark outside the months drawn is left out.
    """
    if len(rows) < 2:
        return None
    limits = [wilson_interval(row["numerator"], row["denominator"]) for row in rows]
    ticks = ticks_of(min(low for low, _ in limits), max(high for _, high in limits))
    scale = _Scale.of(rows[0]["month"], rows[-1]["month"])
    points = [_point(row, limit, ticks, scale) for row, limit in zip(rows, limits, strict=True)]
    return Course(tuple(points), ticks, _drawn(marks, scale))


@dataclass(frozen=True)
class _Scale:
    """Where days stand on the line of time: every month is as wide as another."""

    first: int
    months: int

    @classmethod
    def of(cls, first: str, last: str) -> "_Scale":
        """Return the scale from one month to another, both written 2026-09."""
        return cls(_number(first), _number(last) - _number(first) + 1)

    def x(self, months: float) -> float:
        """Return where so many months after the beginning is."""
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * months / self.months

    def months_at(self, day: date) -> float:
        """Return how many months after the beginning a day is."""
        within = (day.day - 1) / calendar.monthrange(day.year, day.month)[1]
        return day.year * 12 + day.month - 1 + within - self.first


def _number(month: str) -> int:
    year, number = month.split("-")
    return int(year) * 12 + int(number) - 1


def _point(row: Mapping[str, Any], limits: tuple[float, float], ticks: Sequence[Tick], scale: _Scale) -> Point:
    bottom, top = ticks[0].percent / 100, ticks[-1].percent / 100
    at, every = _number(row["month"]) - scale.first, -(-scale.months // _LABELS_MAX)
    y, upper, lower = (height_of(rate, bottom, top) for rate in (row["rate"], limits[1], limits[0]))
    return Point(row, *limits, x=scale.x(at + 0.5), y=y, top=upper, bottom=lower, is_labelled=at % every == 0)


def _drawn(marks: Sequence[Mark], scale: _Scale) -> tuple[DrawnMark, ...]:
    """Return the marks that fall within the scale, those of one day together; its very first day changed nothing."""
    days = sorted({mark.day for mark in marks if 0 < scale.months_at(mark.day) < scale.months})
    names = [", ".join(dict.fromkeys(mark.name for mark in marks if mark.day == day)) for day in days]
    return tuple(
        DrawnMark(scale.x(scale.months_at(day)), name, n % 2)
        for n, (day, name) in enumerate(zip(days, names, strict=True))
    )
