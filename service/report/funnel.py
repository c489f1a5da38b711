"""The funnel plot: rates by how many lines they are of, between limits that narrow as lines add up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from matcher import FunnelMethod, Overdispersion, funnel_limits, overdispersion_of, shrunken_rates

from .charts import HEIGHT, LEFT, RIGHT, WIDTH, Stands, Tick, height_of, thinned, ticks_of

_CONFIDENCES = {"warn": 0.95, "alarm": 0.998}
_POINTS = 60  # of a curve: as smooth as a printer shows
_DOTS_MIN = 3  # of fewer, what is usual among them cannot be told
_STEPS = (1, 2, 5)


@dataclass(frozen=True)
class FunnelDot:
    """One of those who are compared: the rate, what it is drawn towards its peers, and how it lies to 99.8 %."""

    row: Mapping[str, Any]
    shrunken: float
    stands: Stands
    x: float
    y: float
    shrunken_y: float


@dataclass(frozen=True)
class Curve:
    """One limit, above or below, as the points of a line."""

    kind: str
    points: str


@dataclass(frozen=True)
class LinesTick:
    """A number of lines on the horizontal scale."""

    lines: int
    x: float


@dataclass(frozen=True)
class Funnel:
    """Everything in the plot; `counts` is how many stand where, `factor` how much wider than chance rates spread."""

    dots: tuple[FunnelDot, ...]
    curves: tuple[Curve, ...]
    ticks: tuple[Tick, ...]
    lines_ticks: tuple[LinesTick, ...]
    mean_y: float
    counts: Mapping[Stands, int]
    factor: float
    left: float = LEFT
    width: float = WIDTH
    height: float = HEIGHT


def funnel(rows: Sequence[Mapping[str, Any]], mean: float) -> Funnel | None:
    """Return the plot of rows with `numerator`, `denominator` and `rate`; nothing of fewer than three, or of no spread.

    Limits of 95 % and 99.8 % around the region's rate, widened by a variance added for overdispersion, since rates
    differ for more reasons than chance. Source: `funnel_limits`.
    """
    known = [row for row in rows if row["denominator"]]
    if len(known) < _DOTS_MIN or not 0 < mean < 1:
        return None
    numerators, denominators = (pl.Series([row[name] for row in known]) for name in ("numerator", "denominator"))
    spread = overdispersion_of(numerators, denominators, mean)
    outer = _limits(mean, denominators.to_list(), _CONFIDENCES["alarm"], spread)
    drawn_to = shrunken_rates(numerators, denominators)["posterior_mean"].to_list()
    placed = [
        (row, shrunken, _stands(row["rate"], *limits))
        for row, shrunken, limits in zip(known, drawn_to, outer, strict=True)
    ]
    # The limits of who has the most lines are in it too; those of very few lines run out of the picture.
    rates = [mean, *(row["rate"] for row in known), *outer[int(denominators.arg_max() or 0)]]
    ticks = ticks_of(min(rates), max(rates))
    scale = _Scale(ticks[0].percent / 100, ticks[-1].percent / 100, int(max(row["denominator"] for row in known)))
    return Funnel(
        dots=tuple(_dot(*each, scale) for each in thinned_of(placed)),
        curves=_curves(mean, spread, scale),
        ticks=ticks,
        lines_ticks=_lines_ticks(scale),
        mean_y=scale.y(mean),
        counts={kind: sum(stands is kind for *_, stands in placed) for kind in Stands},
        factor=spread.factor,
    )


def thinned_of(placed: Sequence[tuple[Mapping[str, Any], float, Stands]]) -> Sequence[tuple[Any, float, Stands]]:
    """Return as many as are drawn: all who stand outside, and of the others an even selection."""
    inside = [{"each": each} for each in placed if each[2] is Stands.AROUND]
    return [*(each for each in placed if each[2] is not Stands.AROUND), *(row["each"] for row in thinned(inside))]


@dataclass(frozen=True)
class _Scale:
    bottom: float
    top: float
    lines: int

    def x(self, lines: float) -> float:
        """Return where a number of lines stands."""
        return LEFT + (WIDTH - LEFT - RIGHT) * lines / (self.lines * 1.02)

    def y(self, rate: float) -> float:
        """Return where a rate stands."""
        return height_of(rate, self.bottom, self.top)

    def holds(self, rate: float) -> bool:
        """Tell whether a rate is in the picture."""
        return self.bottom <= rate <= self.top


def _dot(row: Mapping[str, Any], shrunken: float, stands: Stands, scale: _Scale) -> FunnelDot:
    return FunnelDot(row, shrunken, stands, scale.x(row["denominator"]), scale.y(row["rate"]), scale.y(shrunken))


def _stands(rate: float, lower: float, upper: float) -> Stands:
    if rate > upper:
        return Stands.ABOVE
    return Stands.BELOW if rate < lower else Stands.AROUND


def _limits(mean: float, lines: Sequence[int], confidence: float, spread: Overdispersion) -> list[tuple[float, float]]:
    limits = funnel_limits(mean, lines, confidence, FunnelMethod.ADDITIVE, spread)
    return list(limits.select("lower", "upper").iter_rows())


def _curves(mean: float, spread: Overdispersion, scale: _Scale) -> tuple[Curve, ...]:
    lines = sorted({max(1, round(scale.lines * (n / _POINTS) ** 2)) for n in range(1, _POINTS + 1)})
    curves = []
    for kind, confidence in _CONFIDENCES.items():
        limits = _limits(mean, lines, confidence, spread)
        for side in (0, 1):
            drawn = [(n, limit[side]) for n, limit in zip(lines, limits, strict=True) if scale.holds(limit[side])]
            curves.append(Curve(kind, " ".join(f"{scale.x(n):.1f},{scale.y(rate):.1f}" for n, rate in drawn)))
    return tuple(curves)


def _lines_ticks(scale: _Scale) -> tuple[LinesTick, ...]:
    """Return round numbers of lines, at most five of them."""
    sizes = (step * 10**power for power in range(12) for step in _STEPS)
    size = next(each for each in sizes if scale.lines < 6 * each)
    return tuple(LinesTick(n, scale.x(n)) for n in range(0, scale.lines + 1, size))
