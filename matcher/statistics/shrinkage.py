"""What a rate of few lines says, once it is known how much rates of this kind differ at all (empirical Bayes).

Everyone's true rate is drawn from one beta distribution, the prior, that all together make known; how far a rate of
its own is believed depends on how many lines it is of. Whoever has 3 of 3 is not thought to be perfect.
"""

from typing import TYPE_CHECKING

import polars as pl

from .prior import Counts, Prior, counted, fitted_prior

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

SHRUNKEN_RATES = pl.Schema(
    {
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "rate": pl.Float64(),
        "prior_alpha": pl.Float64(),
        "prior_beta": pl.Float64(),
        "prior_mean": pl.Float64(),
        "posterior_mean": pl.Float64(),
        "lower": pl.Float64(),
        "upper": pl.Float64(),
    }
)


class ShrunkenRates(pl.DataFrame):
    """The frame of `shrunken_rates`, which can also be asked how sure it is that a rate truly lies above a value."""

    def probability_above(self, threshold: float) -> pl.Series:
        """Return, per row, the probability that the true rate is above `threshold` (0 to 1)."""
        columns = ("numerator", "denominator", "prior_alpha", "prior_beta")
        numerators, denominators, alphas, betas = (self[name].to_numpy() for name in columns)
        return _above(alphas + numerators, betas + denominators - numerators, threshold)


def shrunken_rates(
    numerators: Counts,
    denominators: Counts,
    threshold: float | None = None,
    confidence: float = 0.95,
    prior: Prior | None = None,
) -> ShrunkenRates:
    """Return each rate drawn towards its peers, a row per pair of counts in their order.

    Columns: `numerator`, `denominator`, `rate` (null without a denominator), `prior_alpha`, `prior_beta`,
    `prior_mean`, `posterior_mean`, `lower` and `upper` (equal tails of the posterior), and `probability_above` where a
    threshold is given; `.probability_above(threshold)` gives it for any. Without a denominator the posterior is the
    prior. A prior that is not given is that of the counts themselves (`fitted_prior`).

    Source: D.A. Griffiths, Biometrics 29 (1973) 637-648; C.N. Morris, J. Am. Stat. Assoc. 78 (1983) 47-55.
    """
    from scipy.special import betaincinv

    pairs = counted(numerators, denominators)
    known = prior or fitted_prior(pairs["numerator"], pairs["denominator"])
    n, d = pairs["numerator"].to_numpy(), pairs["denominator"].to_numpy()
    alpha, beta = known.alpha + n, known.beta + d - n
    tail = (1 - confidence) / 2
    told = pairs.with_columns(
        pl.when(pl.col("denominator") > 0).then(pl.col("numerator") / pl.col("denominator")).alias("rate"),
        pl.lit(known.alpha).alias("prior_alpha"),
        pl.lit(known.beta).alias("prior_beta"),
        pl.lit(known.mean).alias("prior_mean"),
        pl.Series("posterior_mean", alpha / (alpha + beta), pl.Float64()),
        pl.Series("lower", betaincinv(alpha, beta, tail), pl.Float64()),
        pl.Series("upper", betaincinv(alpha, beta, 1 - tail), pl.Float64()),
    ).select(*SHRUNKEN_RATES)
    above = [] if threshold is None else [_above(alpha, beta, threshold).alias("probability_above")]
    return ShrunkenRates(told.with_columns(above))


def probability_above(
    numerators: Counts, denominators: Counts, threshold: float, prior: Prior | None = None
) -> pl.Series:
    """Return, per pair of counts, the probability that the true rate is above `threshold` (see `shrunken_rates`)."""
    pairs = counted(numerators, denominators)
    known = prior or fitted_prior(pairs["numerator"], pairs["denominator"])
    n, d = pairs["numerator"].to_numpy(), pairs["denominator"].to_numpy()
    return _above(known.alpha + n, known.beta + d - n, threshold)


def _above(alpha: "NDArray[float64]", beta: "NDArray[float64]", threshold: float) -> pl.Series:
    from scipy.special import betaincc

    if threshold < 0 or threshold >= 1:
        return pl.Series("probability_above", [1.0 if threshold < 0 else 0.0] * len(alpha), pl.Float64())
    return pl.Series("probability_above", betaincc(alpha, beta, threshold), pl.Float64())
