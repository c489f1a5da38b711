"""Funnel limits agree with published ones, with scipy, and with what chance does."""

import math
from itertools import accumulate

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from matcher import FunnelMethod, Overdispersion, funnel_limits, overdispersion_of

# UKHSA, PHEindicatormethods, tests/testthat/testdata_funnel_prop_outputs.csv: baseline 80.642448 %, and per
# denominator the limits at 95 % and at 99.8 %.
UKHSA = [
    (1, 0.03204264, 1.0, 0.0, 1.0), (5, 0.46011039, 1.0, 0.26039864, 1.0),
    (18, 0.62390093, 0.98894803, 0.51864359, 1.0),
    (50, 0.69691035, 0.91593861, 0.63375595, 0.97909301), (1008, 0.78203374, 0.83081521, 0.76796814, 0.84488082),
    (110000, 0.80408963, 0.80875933, 0.80274317, 0.81010578),
]  # fmt: skip


@pytest.mark.parametrize(("n", "low", "high", "lowest", "highest"), UKHSA)
def test_normal_limits_are_the_published_ones(n: int, low: float, high: float, lowest: float, highest: float) -> None:
    found = [_limits(0.80642448, n, at, FunnelMethod.NORMAL) for at in (0.95, 0.998)]
    assert found == [pytest.approx((low, high), abs=1e-7), pytest.approx((lowest, highest), abs=1e-7)]


@given(st.floats(0.02, 0.98), st.integers(1, 400), st.sampled_from([0.8, 0.95, 0.998]))
def test_binomial_limits_lie_where_the_binomial_sum_drawn_as_a_line_reaches_the_tail(
    baseline: float, n: int, confidence: float
) -> None:
    low, high = _limits(baseline, n, confidence, FunnelMethod.INTERPOLATED)
    assert (low, high) == pytest.approx(
        (_plain(baseline, n, (1 - confidence) / 2), _plain(baseline, n, (1 + confidence) / 2)), abs=1e-9
    )


def _plain(baseline: float, n: int, probability: float) -> float:
    """Return the same by adding up the binomial distribution term by term."""
    terms = (math.comb(n, r) * baseline**r * (1 - baseline) ** (n - r) for r in range(n + 1))
    sums = list(accumulate(terms))
    r = next((at for at, upto in enumerate(sums) if upto >= probability), n)
    before = sums[r - 1] if r else 0.0
    return min(1.0, max(0.0, (r - (sums[r] - probability) / (sums[r] - before)) / n))


@given(st.floats(0.02, 0.98), st.integers(1, 400), st.sampled_from([0.8, 0.95, 0.998]))
def test_binomial_limits_are_the_interval_of_scipy(baseline: float, n: int, confidence: float) -> None:
    theirs = [float(r) / n for r in stats.binom.interval(confidence, n, baseline)]
    assert _limits(baseline, n, confidence, FunnelMethod.BINOMIAL) == pytest.approx(theirs, abs=1e-12)


@pytest.mark.parametrize("baseline", [0.3, 0.8, 0.95])
def test_chance_alone_carries_no_more_than_one_in_twenty_outside(baseline: float) -> None:
    for n in range(1, 400, 19):
        low, high = _limits(baseline, n, 0.95, FunnelMethod.BINOMIAL)
        inside = [r for r in range(n + 1) if low <= r / n <= high]
        assert sum(float(stats.binom.pmf(r, n, baseline)) for r in inside) >= 0.95 - 1e-12


def test_limits_come_in_the_order_of_the_denominators_and_none_without_one() -> None:
    rows = funnel_limits(0.5, pl.Series([100, 0, 4, 100])).rows()
    assert (rows[0] == rows[3], rows[1], rows[0][1] > rows[2][1]) == (True, (0, None, None), True)
    assert funnel_limits(0.5, []).rows() == []


# By hand: scores -3, 0 and 3 at variance 0.01 (25 lines at a half); nothing drawn in.
def test_overdispersion_is_the_mean_square_and_the_excess_over_chance() -> None:
    found = overdispersion_of([5, 20, 12, 13], [25, 25, 25, 25], 0.5, winsorised=0)
    assert found.factor == pytest.approx((9 + 9 + 0.04 + 0.04) / 4)
    assert found.added == pytest.approx((18.08 - 3) / (400 - 100))


def test_those_at_the_ends_are_drawn_in_to_the_quantile_there() -> None:
    # Eleven scores, one far out: the 10 % quantiles are the second from either end, here both 0.
    found = overdispersion_of([100, *[50] * 10], [100] * 11, 0.5)
    assert (found.factor, found.added) == (1.0, 0.0)


def test_rates_that_differ_less_than_chance_are_held_to_chance() -> None:
    assert overdispersion_of([50, 50, 50], [100, 100, 100], 0.5) == Overdispersion(1.0, 0.0)
    assert overdispersion_of([3], [4], 0.5) == Overdispersion()


def test_overdispersion_widens_limits_by_a_factor_or_a_variance() -> None:
    extra = Overdispersion(factor=4.0, added=0.0075)
    plain = _limits(0.5, 100, 0.95, FunnelMethod.NORMAL)
    for method in (FunnelMethod.MULTIPLICATIVE, FunnelMethod.ADDITIVE):
        # A standard error of 0.05: four times its variance, or 0.0075 more, is 0.1.
        wide = funnel_limits(0.5, [100], 0.95, method, extra)["lower"].item()
        assert 0.5 - wide == pytest.approx(2 * (0.5 - plain[0]))


@pytest.mark.parametrize(
    ("baseline", "lines", "confidence"), [(0, [1], 0.9), (1, [1], 0.9), (0.5, [-1], 0.9), (0.5, [1], 1)]
)
def test_what_is_no_share_has_no_limits(baseline: float, lines: list[int], confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        funnel_limits(baseline, lines, confidence)


def _limits(baseline: float, n: int, confidence: float, method: FunnelMethod) -> tuple[float, float]:
    low, high = funnel_limits(baseline, [n], confidence, method).select("lower", "upper").row(0)
    return low, high
