"""Pure functions on counts, each with its source; none decides anything about money."""

from collections.abc import Sequence
from math import nan, sqrt
from statistics import NormalDist

import polars as pl


def wilson_interval(numerator: int, denominator: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return the lower and upper limit of a share; `(nan, nan)` where there is no denominator.

    Source: E.B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212, without continuity correction.

    >>> tuple(round(limit, 4) for limit in wilson_interval(57, 100))
    (0.4722, 0.6627)
    """
    if denominator == 0:
        return nan, nan
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    share = numerator / denominator
    centre = (share + z2 / (2 * denominator)) / (1 + z2 / denominator)
    half = sqrt(z2 * (share * (1 - share) + z2 / (4 * denominator)) / denominator) / (1 + z2 / denominator)
    # Rounding may leave a limit a hair outside the possible: 0 of n starts at exactly 0, n of n ends at exactly 1.
    return (0.0 if numerator == 0 else centre - half), (1.0 if numerator == denominator else centre + half)


def wilson_limits(numerator: pl.Expr, denominator: pl.Expr, confidence: float = 0.95) -> tuple[pl.Expr, pl.Expr]:
    """Return the two limits of `wilson_interval` as columns; null where there is no denominator."""
    z2 = NormalDist().inv_cdf((1 + confidence) / 2) ** 2
    has_any = denominator > 0
    share = numerator / denominator
    width = 1 + z2 / denominator
    centre = (share + z2 / (2 * denominator)) / width
    half = (z2 * (share * (1 - share) + z2 / (4 * denominator)) / denominator).sqrt() / width
    low = pl.when(numerator == 0).then(0.0).otherwise(centre - half)
    high = pl.when(numerator == denominator).then(1.0).otherwise(centre + half)
    return pl.when(has_any).then(low), pl.when(has_any).then(high)


def percentile_ranks(values: pl.Series) -> pl.Series:
    """Return each value's place among all, 0 to 100: (minimum rank - 1) / (n - 1); nulls stay null, uncounted.

    A value without any other to stand beside has no place: one value alone gives null.
    """
    known = len(values) - values.null_count()
    if known < 2:
        return pl.Series(values.name, [None] * len(values), pl.Float64())
    return (values.rank("min").cast(pl.Float64()) - 1) * 100 / (known - 1)


def deciles(values: pl.Series) -> list[float]:
    """Return the nine cut points, by linear interpolation between order statistics; nulls are left out."""
    known = values.drop_nulls()
    cuts = [known.quantile(n / 10, interpolation="linear") for n in range(1, 10)]
    return [nan if cut is None else float(cut) for cut in cuts]


def suppress_small(counts: Sequence[int], minimum: int = 8, base: int = 5) -> list[int]:
    """Return counts fit to be seen by others: under `minimum` 0, the rest rounded to the nearest `base`, half up."""
    return [0 if count < minimum else (2 * count + base) // (2 * base) * base for count in counts]


def allocate_cents(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Divide a total over weights by largest remainder; the parts sum to the total exactly.

    Ties go to the largest weight, then to the first. A negative total is divided as its opposite. Weights are
    whole and not negative; where all are zero nothing can be divided and a total other than 0 raises ValueError.
    """
    whole = sum(weights)
    if any(weight < 0 for weight in weights) or (whole == 0 and total_cents != 0):
        raise ValueError("weights must not be negative, and one must be positive")
    if whole == 0:
        return [0] * len(weights)
    sign, amount = (-1, -total_cents) if total_cents < 0 else (1, total_cents)
    parts = [amount * weight // whole for weight in weights]
    remainders = [amount * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda n: (-remainders[n], -weights[n], n))
    for n in order[: amount - sum(parts)]:
        parts[n] += 1
    return [sign * part for part in parts]
