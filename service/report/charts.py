"""Where everything in a chart stands: places in points, worked out here and drawn as SVG by the templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, floor
from typing import Any

_BAR_WIDTH = 1000.0
_NARROWEST = 2.0  # a few lines in a million must still be seen
WIDTH, HEIGHT, LEFT, RIGHT, _TOP, _FOOT = 1000.0, 370.0, 54.0, 12.0, 14.0, 34.0
_STEP_PERCENT = 5
DOTS_MAX = 200


class Stands(StrEnum):
    """How a prescriber's interval lies to the rate of the region: wholly above or below it, or around it."""

    ABOVE = "ABOVE"
    BELOW = "BELOW"
    AROUND = "AROUND"


@dataclass(frozen=True)
class Segment:
    """One part of a stacked bar."""

    name: str
    x: float
    width: float


@dataclass(frozen=True)
class Dot:
    """One prescriber in a caterpillar plot: the rate, and its interval from `top` to `bottom`."""

    row: Mapping[str, Any]
    stands: Stands
    x: float
    y: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Tick:
    """One line of the scale."""

    percent: int
    y: float


@dataclass(frozen=True)
class Caterpillar:
    """Rates with their intervals side by side, from low to high, and the region's rate through them."""

    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    mean_y: float
    left: float = LEFT
    width: float = WIDTH
    height: float = HEIGHT


def stacked_bar(counts: Mapping[str, int]) -> tuple[Segment, ...]:
    """Return one segment a count that is not nought, in the order given, over a width of 1000."""
    total, before, segments = sum(counts.values()), 0, []
    for name, count in counts.items():
        if count:
            width = max(_BAR_WIDTH * count / total, _NARROWEST)
            segments.append(Segment(name, _BAR_WIDTH * before / total, width))
        before += count
    return tuple(segments)


def caterpillar(rows: Sequence[Mapping[str, Any]], mean: float) -> Caterpillar:
    """Return the plot of rows with `rate`, `interval_low` and `interval_high`, sorted by rate.

    More than `DOTS_MAX` rows are thinned evenly, so that the shape stays and the lowest and highest are there.
    """
    shown = thinned(rows)
    lowest = min([mean, *(row["interval_low"] for row in shown)])
    highest = max([mean, *(row["interval_high"] for row in shown)])
    ticks = ticks_of(lowest, highest)
    bottom, top = ticks[0].percent / 100, ticks[-1].percent / 100
    step = (WIDTH - LEFT - RIGHT) / max(len(shown), 1)
    dots = [
        Dot(
            row=row,
            stands=stands(row, mean),
            x=LEFT + (n + 0.5) * step,
            y=height_of(row["rate"], bottom, top),
            top=height_of(row["interval_high"], bottom, top),
            bottom=height_of(row["interval_low"], bottom, top),
        )
        for n, row in enumerate(shown)
    ]
    return Caterpillar(tuple(dots), ticks, height_of(mean, bottom, top))


def thinned(rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return at most `DOTS_MAX` rows, evenly spread, with the first and the last among them."""
    if len(rows) <= DOTS_MAX:
        return rows
    return [rows[n * (len(rows) - 1) // (DOTS_MAX - 1)] for n in range(DOTS_MAX)]


def stands(row: Mapping[str, Any], mean: float) -> Stands:
    """Return how the interval of a row lies to the region's rate."""
    if row["interval_low"] > mean:
        return Stands.ABOVE
    return Stands.BELOW if row["interval_high"] < mean else Stands.AROUND


def ticks_of(lowest: float, highest: float) -> tuple[Tick, ...]:
    """Return the lines of a scale that holds two rates, in round steps."""
    last = ceil(highest * 100 / _STEP_PERCENT) * _STEP_PERCENT
    # Where all are equal a scale still needs a length: it starts a step below them.
    first = min(floor(lowest * 100 / _STEP_PERCENT) * _STEP_PERCENT, last - _STEP_PERCENT)
    step = _STEP_PERCENT if last - first <= 10 * _STEP_PERCENT else 4 * _STEP_PERCENT
    percents = range(first - first % step, last + -last % step + 1, step)
    bottom, top = percents[0] / 100, percents[-1] / 100
    return tuple(Tick(percent, height_of(percent / 100, bottom, top)) for percent in percents)


def height_of(rate: float, bottom: float, top: float) -> float:
    """Return where a rate stands on a scale from `bottom` to `top`."""
    drawn = HEIGHT - _TOP - _FOOT
    return _TOP + drawn * (top - rate) / (top - bottom)
