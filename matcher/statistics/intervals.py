"""How sure a share of whole counts is."""

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
