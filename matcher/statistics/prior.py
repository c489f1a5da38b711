"""How true rates are spread among peers: the beta distribution that makes their counts likeliest."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

Counts = Sequence[int] | pl.Series
_WEAKEST = 1e-2  # lines: a prior that says hardly anything but the two ends
_STEPS_MAX, _EXACT, _LEAP = 200, 1e-13, 2.0
_TOO_CAREFUL = 1e12


@dataclass(frozen=True)
class Prior:
    """How true rates are spread among peers: a beta distribution."""

    alpha: float
    beta: float

    @property
    def mean(self) -> float:
        """Return the rate that a peer of whom nothing is known is thought to have."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def strength(self) -> float:
        """Return how many lines of its own weigh as much as what is known of the peers."""
        return self.alpha + self.beta


def fitted_prior(numerators: Counts, denominators: Counts) -> Prior:
    """Return the beta distribution that makes the counts likeliest (maximum marginal likelihood).

    It weighs at most as much as all lines together: where rates differ no more than by chance the likeliest spread is
    none, and even then the common rate is known no better than by these lines. Fewer than two pairs with a
    denominator say nothing of a spread; the prior is then that of H. Jeffreys (1946), beta(0.5, 0.5).

    Source: D.A. Griffiths, Biometrics 29 (1973) 637-648, by Newton's method. Checked against the families of
    A. Geissler (1889) as fitted by J.K. Lindsey and P.M.E. Altham, Applied Statistics 47 (1998) 149-157.
    """
    pairs = counted(numerators, denominators).filter(pl.col("denominator") > 0)
    if len(pairs) < 2:
        return Prior(0.5, 0.5)
    lines, conform = int(pairs["denominator"].sum()), int(pairs["numerator"].sum())
    # None or all conform: the mean stays half a line away from the end, where no beta distribution is.
    mean = min(max(conform, 0.5), lines - 0.5) / lines
    without_spread = Prior(mean * lines, (1 - mean) * lines)
    if conform in (0, lines):
        return without_spread
    likeliest = _Likelihood.of(pairs).highest(mean, _strength_of_moments(pairs, mean))
    return likeliest if likeliest.strength < lines else without_spread


def counted(numerators: Counts, denominators: Counts) -> pl.DataFrame:
    """Return counts as a frame (`numerator`, `denominator`), or raise ValueError where they are no pairs."""
    pairs = pl.DataFrame(
        {"numerator": pl.Series(numerators, dtype=pl.Int64), "denominator": pl.Series(denominators, dtype=pl.Int64)}
    )
    if not pairs.select(pl.col("numerator").is_between(0, pl.col("denominator")).all()).item():
        raise ValueError("a numerator lies between 0 and its denominator")
    return pairs


def _strength_of_moments(pairs: pl.DataFrame, mean: float) -> float:
    """Return the strength by analysis of variance (J.C. Kleinman, J. Am. Stat. Assoc. 68, 1973), to start from."""
    n, d = pl.col("numerator"), pl.col("denominator")
    around = (d * (n / d - mean) ** 2).sum()
    lines, squares, spread = pairs.select(d.sum(), (d * d).sum().alias("squares"), around.alias("spread")).row(0)
    others = len(pairs) - 1
    between = (spread - others * mean * (1 - mean)) / max(lines - squares / lines - others, 1)
    return float(min(max(mean * (1 - mean) / between - 1, 1.0), lines)) if between > 0 else float(lines)


@dataclass(frozen=True)
class _Likelihood:
    """The marginal likelihood of the kinds of pairs there are, each so many times, by the logarithms of a prior."""

    n: "NDArray[float64]"
    d: "NDArray[float64]"
    times: "NDArray[float64]"

    @classmethod
    def of(cls, pairs: pl.DataFrame) -> "_Likelihood":
        """Return the likelihood of the pairs there are."""
        # Equal pairs are looked at once: many prescribers have the same few lines.
        kinds = pairs.group_by("numerator", "denominator").agg(pl.len().alias("times")).sort("numerator", "denominator")
        return cls(*(kinds[name].to_numpy().astype(float) for name in ("numerator", "denominator", "times")))

    def highest(self, mean: float, strength: float) -> Prior:
        """Climb from a mean and strength: Newton's steps, the more careful the less they help (Levenberg)."""
        at, care = (log(mean * strength), log((1 - mean) * strength)), 0.0
        height, top = self._height(at), log(2 * float(self.times @ self.d))
        for _ in range(_STEPS_MAX):
            step = self._step(at, care)
            then = (at[0] + step[0], at[1] + step[1])
            if max(map(abs, step)) < _EXACT or care > _TOO_CAREFUL:
                break
            higher = self._height(then)
            if higher < height:
                care = max(10 * care, 1e-3)
                continue
            at, height, care = then, higher, care / 10 if care > _EXACT else 0.0
            # Where there is no spread the climb has no end; where it is all there is, none either.
            if not log(_WEAKEST) < max(at) < top:
                break
        return Prior(exp(at[0]), exp(at[1]))

    def _height(self, at: tuple[float, float]) -> float:
        from scipy.special import betaln

        a, b = exp(at[0]), exp(at[1])
        return float(self.times @ (betaln(a + self.n, b + self.d - self.n) - betaln(a, b)))

    def _step(self, at: tuple[float, float], care: float) -> tuple[float, float]:
        from scipy.special import digamma, zeta

        a, b = exp(at[0]), exp(at[1])
        first, second = [], []  # derivatives by alpha, by beta, and by their sum; zeta(2, x) is trigamma
        for start, more in ((a, self.n), (b, self.d - self.n), (a + b, self.d)):
            first.append(float(self.times @ (digamma(start + more) - digamma(start))))
            second.append(float(self.times @ (zeta(2, start + more) - zeta(2, start))))
        slope_a, slope_b = a * (first[0] - first[2]), b * (first[1] - first[2])
        aa, bb = a * a * (second[0] - second[2]) + slope_a, b * b * (second[1] - second[2]) + slope_b
        ab = -a * b * second[2]
        aa, bb = aa - care * abs(aa) - care, bb - care * abs(bb) - care
        det = aa * bb - ab * ab
        if det <= 0 or aa >= 0:
            # No summit in sight: uphill, at most a leap.
            most = max(abs(slope_a), abs(slope_b), 1e-300)
            return slope_a / most / (1 + care), slope_b / most / (1 + care)
        steps = (ab * slope_b - bb * slope_a) / det, (ab * slope_a - aa * slope_b) / det
        longest = max(1.0, max(map(abs, steps)) / _LEAP)
        return steps[0] / longest, steps[1] / longest
