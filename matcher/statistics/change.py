"""When a rate changed: the cumulative sum of what each month says for a change against none."""

from collections.abc import Sequence
from math import log

import polars as pl


def evidence(numerator: int, denominator: int, baseline: float, odds_ratio: float) -> float:
    """Return the log-likelihood of odds that are `odds_ratio` times those of the baseline, against the baseline itself.

    Over 1 the ratio looks for a rise, under 1 for a fall. The baseline lies between 0 and 1, both exclusive.

    >>> round(evidence(0, 1, 0.0246, 0.5), 3), round(evidence(1, 1, 0.0246, 0.5), 3)
    (0.012, -0.681)
    """
    return numerator * log(odds_ratio) - denominator * log(1 - baseline + odds_ratio * baseline)


def evidence_of(numerator: pl.Expr, denominator: pl.Expr, baseline: pl.Expr, odds_ratio: float) -> pl.Expr:
    """Return `evidence` as a column."""
    return numerator * log(odds_ratio) - denominator * (1 - baseline + odds_ratio * baseline).log()


def cusum(
    numerators: Sequence[int], denominators: Sequence[int], baselines: Sequence[float], odds_ratio: float
) -> list[float]:
    """Return the CUSUM after each month: what was, plus this month's `evidence`, never under 0.

    A baseline a month: what was to be expected of it. A month without lines changes nothing.

    Source: S.H. Steiner, R.J. Cook, V.T. Farewell and T. Treasure, Biostatistics 1 (2000) 441-452.
    """
    total, course = 0.0, []
    for n, d, baseline in zip(numerators, denominators, baselines, strict=True):
        total = max(0.0, total + evidence(n, d, baseline, odds_ratio))
        course.append(total)
    return course


def cusum_of(each: pl.Expr, over: Sequence[str]) -> pl.Expr:
    """Return `cusum` as a column: of the evidence `each`, in the order of rows, anew for every value of `over`."""
    total = each.cum_sum()
    # The sum since it was last under everything before it: what never falling under 0 comes to.
    return (total - total.cum_min().clip(upper_bound=0.0)).over(over)


def began(course: Sequence[float]) -> int:
    """Return the month in which the climb to the highest value of a CUSUM began: the first after it was last 0."""
    peak = max(range(len(course)), key=lambda n: (course[n], -n))
    return next((n + 1 for n in range(peak, -1, -1) if course[n] == 0), 0)


def signal_limit(months: int, false_alarms: float = 0.05) -> float:
    """Return the value from which a CUSUM over so many months signals: at most this share of the unchanged gets there.

    For each month in which a change may have begun, the likelihood ratio passes 1 / x with a chance of at most x.

    Source: A. Wald, Ann. Math. Stat. 16 (1945) 117-186, section 3.2 (the inequality of J. Ville, 1939); over the
    months by C.E. Bonferroni's.
    """
    return log(months / false_alarms)


def foretold_tails(
    numerators: pl.Series, denominators: pl.Series, means: pl.Series, strengths: pl.Series
) -> tuple[pl.Series, pl.Series]:
    """Return how probable at least so many is, and at most so many, for a rate of which only so much is known.

    What is known is a beta distribution with a mean and a strength (in lines); what it foretells is beta-binomial.
    """
    counts = [(int(n), int(d)) for n, d in zip(numerators, denominators, strict=True)]
    priors = zip((means * strengths).to_list(), ((1 - means) * strengths).to_list(), strict=True)
    tails = [_tails_of(n, d, *prior) for (n, d), prior in zip(counts, priors, strict=True)]
    at_least, at_most = (pl.Series([tail[side] for tail in tails], dtype=pl.Float64()) for side in (0, 1))
    return at_least, at_most


def _tails_of(n: int, d: int, alpha: float, beta: float) -> tuple[float, float]:
    # Summed here: scipy.stats, which does no more, takes longer to import than all of a small file takes.
    import numpy as np
    from scipy.special import betaln

    k = np.arange(d + 1)
    chosen = -np.log(d + 1) - betaln(d - k + 1, k + 1)
    each = np.exp(chosen + betaln(k + alpha, d - k + beta) - betaln(alpha, beta))
    return min(1.0, float(each[n:].sum())), min(1.0, float(each[: n + 1].sum()))
