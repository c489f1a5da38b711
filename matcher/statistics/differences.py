"""Whether an indicator can tell its peers apart, and whether anything is left to be gained on it."""

from math import sqrt

import polars as pl

from .prior import Counts, Prior, fitted_prior

RELIABLE = 0.7
"""From here on an indicator tells one from the mean of all (J.L. Adams, RAND TR-653, 2009)."""
_BEST_SHARE = 10  # the best performers who together have one tenth of all lines
_TRIMMED, _ALIKE, _STANDARD_ERRORS = 0.05, 0.10, 2.0


def reliability(numerators: Counts, denominators: Counts, prior: Prior | None = None) -> pl.Series:
    """Return, per pair of counts, the share of the differences that is real and not chance: 0 to 1.

    Signal to noise: the variance between peers over that variance and the variance within, at the number of lines
    there is. For a beta prior that is denominator / (denominator + strength of the prior). Null without a denominator.

    Source: J.L. Adams, The Reliability of Provider Profiling: A Tutorial, RAND TR-653 (2009).
    """
    known = prior or fitted_prior(numerators, denominators)
    lines = pl.Series("reliability", denominators, dtype=pl.Int64())
    return pl.select(pl.when(lines > 0).then(lines / (lines + known.strength)).alias("reliability")).to_series()


def achievable_benchmark(numerators: Counts, denominators: Counts) -> float | None:
    """Return the rate of the best who together have a tenth of all lines; None where there are no lines.

    The order is by (numerator + 1) / (denominator + 2), so that 2 of 2 is not taken for the best there is.

    Source: C.I. Kiefe and others, Int. J. Qual. Health Care 10 (1998) 443-447; N.W. Weissman and others, J. Eval.
    Clin. Pract. 5 (1999) 269-281.
    """
    pairs = [(int(n), int(d)) for n, d in zip(numerators, denominators, strict=True) if d]
    wanted = sum(d for _, d in pairs)
    best = conform = 0
    for n, d in sorted(pairs, key=lambda pair: ((pair[0] + 1) / (pair[1] + 2), pair), reverse=True):
        best, conform = best + d, conform + n
        if best * _BEST_SHARE >= wanted:
            return conform / best
    return None


def is_topped_out(rates: pl.Series) -> bool:
    """Tell whether rates are so high and so alike that nothing is left to be gained; nulls are left out.

    So when without the lowest and highest 5 % the coefficient of variation is under 0.10, and the 75th and the 90th
    percentile lie within two standard errors. `rates` are such that higher is better: turn others round first.

    Source: CMS, 42 CFR 414.1305 (topped out non-process measure), as in the Hospital VBP Program.
    """
    known = rates.drop_nulls().sort()
    if len(known) < 2:
        return False
    cut = int(len(known) * _TRIMMED)
    middle = known.slice(cut, len(known) - 2 * cut)
    mean, spread = _mean_and_spread(middle)
    _, spread_of_all = _mean_and_spread(known)
    # No rate at all is low, not topped out.
    alike = mean > 0 and spread / mean < _ALIKE
    upper, top = (float(known.quantile(at, interpolation="linear") or 0.0) for at in (0.75, 0.9))
    return alike and top - upper <= _STANDARD_ERRORS * spread_of_all / sqrt(len(known))


def _mean_and_spread(values: pl.Series) -> tuple[float, float]:
    listed = values.to_list()
    mean = sum(listed) / len(listed)
    squares = sum((value - mean) ** 2 for value in listed)
    return mean, sqrt(squares / (len(listed) - 1)) if len(listed) > 1 else 0.0
