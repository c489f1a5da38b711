"""How far from a common rate chance alone carries a share, given how many lines it is of."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import nan, sqrt
from statistics import NormalDist

import polars as pl

FUNNEL_LIMITS = pl.Schema({"denominator": pl.Int64(), "lower": pl.Float64(), "upper": pl.Float64()})
_WINSORISED = 0.1


class FunnelMethod(StrEnum):
    """How limits are drawn: by the binomial distribution itself, in whole lines or interpolated to a smooth curve; by
    the normal curve that nears it; or by that curve widened for overdispersion, by a factor or an added variance.
    """

    BINOMIAL = "BINOMIAL"
    INTERPOLATED = "INTERPOLATED"
    NORMAL = "NORMAL"
    MULTIPLICATIVE = "MULTIPLICATIVE"
    ADDITIVE = "ADDITIVE"


@dataclass(frozen=True)
class Overdispersion:
    """How much more rates differ than chance makes them: `factor` (phi) times the variance, or `added` (tau squared)
    put to it. These are two answers to one question; (1, 0) is chance alone.
    """

    factor: float = 1.0
    added: float = 0.0


_CHANCE_ALONE = Overdispersion()


def funnel_limits(
    baseline: float,
    denominators: Sequence[int] | pl.Series,
    confidence: float = 0.95,
    method: FunnelMethod = FunnelMethod.BINOMIAL,
    overdispersion: Overdispersion = _CHANCE_ALONE,
) -> pl.DataFrame:
    """Return the limits of a funnel plot, a row per denominator (`denominator`, `lower`, `upper`), all between 0 and 1.

    BINOMIAL are the quantiles of the binomial distribution: by chance alone no more than 1 - confidence lies outside,
    at any denominator. INTERPOLATED draws a line between its steps, to be looked at: near an end it leaves out too
    much (20 of 20 at a baseline of 0.95). NORMAL is baseline +- z standard errors; MULTIPLICATIVE and ADDITIVE widen
    that by `overdispersion_of` the rates. Without a denominator there is no limit. A baseline or confidence outside
    (0, 1), or a negative denominator, raises ValueError.

    Source: D.J. Spiegelhalter, Statistics in Medicine 24 (2005) 1185-1202, sections 2.2 and A.1.1 (interpolation),
    A.3 (overdispersion).
    """
    counts = [int(each) for each in denominators]
    if not 0 < baseline < 1 or not 0 < confidence < 1 or any(count < 0 for count in counts):
        raise ValueError("baseline and confidence lie between 0 and 1, and a denominator is not negative")
    if method in (FunnelMethod.BINOMIAL, FunnelMethod.INTERPOLATED):
        limits = _binomial_limits(baseline, counts, confidence, drawn=method is FunnelMethod.INTERPOLATED)
    else:
        factor = overdispersion.factor if method is FunnelMethod.MULTIPLICATIVE else 1.0
        added = overdispersion.added if method is FunnelMethod.ADDITIVE else 0.0
        limits = _normal_limits(baseline, counts, confidence, Overdispersion(factor, added))
    rows = [(count, *pair) if count else (0, None, None) for count, pair in zip(counts, limits, strict=True)]
    return pl.DataFrame(rows, schema=FUNNEL_LIMITS, orient="row")


def overdispersion_of(
    numerators: Sequence[int] | pl.Series,
    denominators: Sequence[int] | pl.Series,
    baseline: float,
    winsorised: float = _WINSORISED,
) -> Overdispersion:
    """Return how much more the rates differ than chance makes them, after drawing in the outermost at both ends.

    The lowest and highest share `winsorised` of standardised differences is set to the quantile there, so that the
    truly deviant do not widen the limits they are held to. A factor is never under 1, nor an added variance under 0:
    rates that differ less than by chance are still judged by chance.

    Source: Spiegelhalter 2005, A.3; the added variance is that of R. DerSimonian and N. Laird, Controlled Clinical
    Trials 7 (1986) 177-188.
    """
    pairs = [(int(n), int(d)) for n, d in zip(numerators, denominators, strict=True) if d]
    if len(pairs) < 2:
        return Overdispersion()
    variances = [baseline * (1 - baseline) / d for _, d in pairs]
    scores = [(n / d - baseline) / sqrt(variance) for (n, d), variance in zip(pairs, variances, strict=True)]
    factor = sum(score * score for score in _winsorised(scores, winsorised)) / len(scores)
    weights = [1 / variance for variance in variances]
    spread = sum(weights) - sum(weight * weight for weight in weights) / sum(weights)
    excess = len(scores) * factor - (len(scores) - 1)
    return Overdispersion(factor=max(1.0, factor), added=max(0.0, excess / spread))


def _winsorised(scores: list[float], share: float) -> list[float]:
    """Return the scores, those beyond the quantiles at `share` and 1 - `share` set to these."""
    ordered = pl.Series(scores)
    low, high = (ordered.quantile(at, interpolation="linear") for at in (share, 1 - share))
    return [float(each) for each in ordered.clip(low, high)]


def _normal_limits(
    baseline: float, counts: list[int], confidence: float, extra: Overdispersion
) -> list[tuple[float, float]]:
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    variances = [extra.factor * baseline * (1 - baseline) / count + extra.added if count else nan for count in counts]
    halves = [z * sqrt(variance) for variance in variances]
    return [(max(0.0, baseline - half), min(1.0, baseline + half)) for half in halves]


def _binomial_limits(
    baseline: float, counts: list[int], confidence: float, *, drawn: bool
) -> list[tuple[float, float]]:
    tails = ((1 - confidence) / 2, (1 + confidence) / 2)
    distinct = sorted({count for count in counts if count})
    limits = {0: (nan, nan)}
    if distinct:
        lower, upper = (_reached(tail, distinct, baseline, drawn=drawn) for tail in tails)
        limits |= dict(zip(distinct, zip(lower, upper, strict=True), strict=True))
    return [limits[count] for count in counts]


def _reached(probability: float, counts: list[int], baseline: float, *, drawn: bool) -> list[float]:
    """Return, per count, the share at which the binomial distribution, or a line through it, reaches a probability."""
    from numpy import array
    from scipy.stats import binom

    lines = array(counts)
    r = binom.ppf(probability, lines, baseline)
    reached, before = binom.cdf(r, lines, baseline), binom.cdf(r - 1, lines, baseline)
    back = (reached - probability) / (reached - before) if drawn else 0.0
    # Under the first step of the distribution the line would leave what is possible.
    return [float(share) for share in ((r - back) / lines).clip(0, 1)]
