"""How probable it is that a true rate reaches a threshold, in whole thousandths: the same on every machine."""

from functools import cache
from math import comb

import polars as pl

_NEAR = 1e-6  # thousandths: nearer to a whole one than this, whole numbers decide


def probabilities_permille(frame: pl.DataFrame, threshold_percent: int) -> pl.Series:
    """Return per row (`n`, `d`) the probability, in thousandths rounded down, that the true rate reaches a threshold.

    Beforehand every true rate is thought equally likely (T. Bayes, 1763; P.S. Laplace), so that after n of d it is
    beta(n + 1, d - n + 1). The beta function is worked out approximately; where that leaves a doubt about the
    thousandth, the same probability is added up in whole numbers.
    """
    from scipy.special import betaincc

    pairs = frame.select("n", "d").unique(maintain_order=True)
    n, d = pairs["n"].to_numpy(), pairs["d"].to_numpy()
    near = betaincc(n + 1, d - n + 1, threshold_percent / 100) * 1000
    doubtful = abs(near - near.round()) < _NEAR
    settled = [
        _exact(int(some), int(of), threshold_percent) if in_doubt else int(about)
        for some, of, about, in_doubt in zip(n, d, near, doubtful, strict=True)
    ]
    known = pairs.with_columns(pl.Series("permille", settled, pl.Int64()))
    return frame.join(known, on=["n", "d"], how="left", maintain_order="left")["permille"]


@cache
def _exact(n: int, d: int, percent: int) -> int:
    # P(beta(n + 1, d - n + 1) >= t) is P(at most n of d + 1 draws succeed), each with chance t.
    terms = (comb(d + 1, k) * percent**k * (100 - percent) ** (d + 1 - k) for k in range(n + 1))
    return int(1000 * sum(terms) // 100 ** (d + 1))
