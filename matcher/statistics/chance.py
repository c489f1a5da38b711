"""What chance does to a threshold: how often one whose true share is known would reach it, by the exact binomial."""

from functools import cache


@cache
def years_reached(threshold_percent: int, denominator: int, true_percent: int) -> int:
    """Return in how many of 100 years a true share reaches a threshold on this many lines, rounded half up.

    Each line is taken to be conform with the true share, independently: P(X >= k) for X binomial, with k the fewest
    conform lines whose share is at the threshold. Source: the binomial tail is the regularised incomplete beta
    function (Abramowitz and Stegun, 26.5.24).

    >>> years_reached(80, 100, 79), years_reached(80, 1, 79), years_reached(80, 100, 100)
    (46, 79, 100)
    """
    from scipy.special import betainc  # heavy, and needed for statements alone

    needed = -(-threshold_percent * denominator // 100)
    if needed <= 0:
        return 100
    return int(100 * float(betainc(needed, denominator - needed + 1, true_percent / 100)) + 0.5)
