"""Statistics agree with what was published and with scipy."""

import math
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from matcher import allocate_cents, deciles, percentile_ranks, suppress_small, wilson_interval
from matcher.statistics import wilson_limits

# R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: r, n, lower and upper limit.
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]
counts = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(("r", "n", "low", "high"), NEWCOMBE)
def test_the_interval_is_the_published_one(r: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(r, n) == pytest.approx((low, high), abs=5e-5)


@given(counts, st.sampled_from([0.8, 0.95, 0.99, 0.998]))
def test_the_interval_is_the_one_of_scipy(count: tuple[int, int], confidence: float) -> None:
    theirs = stats.binomtest(*count).proportion_ci(confidence, method="wilson")
    assert wilson_interval(*count, confidence) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@given(counts)
def test_the_interval_holds_the_share_and_stays_possible(count: tuple[int, int]) -> None:
    low, high = wilson_interval(*count)
    assert 0 <= low <= count[0] / count[1] <= high <= 1


def test_without_a_denominator_there_is_no_interval() -> None:
    assert all(math.isnan(limit) for limit in wilson_interval(0, 0))


def test_columns_have_the_limits_of_single_counts() -> None:
    frame = pl.DataFrame({"n": [0, 0, 57, 100], "d": [0, 20, 100, 100]})
    rows = _limits(frame)
    assert rows[0] == (None, None)
    assert rows[1:] == [pytest.approx(wilson_interval(*count)) for count in ((0, 20), (57, 100), (100, 100))]


def _limits(frame: pl.DataFrame) -> list[tuple[float | None, ...]]:
    low, high = wilson_limits(pl.col("n"), pl.col("d"))
    return frame.select(low.alias("low"), high.alias("high")).rows()


def test_ranks_run_from_0_to_100_and_equals_share_the_lowest() -> None:
    ranks = percentile_ranks(pl.Series([0.5, None, 0.9, 0.5, 0.7]))
    assert ranks.to_list() == pytest.approx([0.0, None, 100.0, 0.0, 200 / 3])


@given(st.lists(st.one_of(st.none(), st.integers(0, 20)), max_size=30))
def test_a_rank_is_the_share_of_the_others_that_is_lower(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]
    expected = [
        None if value is None or len(known) < 2 else 100 * sum(other < value for other in known) / (len(known) - 1)
        for value in values
    ]
    assert percentile_ranks(pl.Series(values, dtype=pl.Int64)).to_list() == pytest.approx(expected)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_deciles_are_those_of_scipy(values: list[float]) -> None:
    theirs = stats.mstats.mquantiles(values, [n / 10 for n in range(1, 10)], alphap=1, betap=1)
    assert deciles(pl.Series(values)) == pytest.approx(list(theirs))


def test_deciles_leave_nulls_out_and_of_nothing_there_are_none() -> None:
    assert deciles(pl.Series([None, 1.0, 1.0]))[0] == 1.0
    assert all(math.isnan(cut) for cut in deciles(pl.Series([], dtype=pl.Float64)))


def test_small_counts_are_hidden_and_others_rounded_half_up() -> None:
    assert suppress_small([0, 1, 7, 8, 12, 13, 17, 18]) == [0, 0, 0, 10, 10, 15, 15, 20]


@pytest.mark.parametrize(("base", "count", "shown"), [(2, 9, 10), (10, 15, 20), (10, 14, 10)])
def test_half_way_rounds_up(base: int, count: int, shown: int) -> None:
    assert suppress_small([count], base=base) == [shown]


@pytest.mark.parametrize(("total", "weights", "parts"), [
    (100, [1, 1, 1], [34, 33, 33]), (100, [2, 1], [67, 33]), (1, [1, 2, 1], [0, 1, 0]), (0, [0, 0], [0, 0]),
    (-100, [1, 1, 1], [-34, -33, -33]), (5, [0, 3, 0], [0, 5, 0]), (2, [3, 3, 3], [1, 1, 0]),
])  # fmt: skip
def test_cents_are_divided_by_largest_remainder(total: int, weights: list[int], parts: list[int]) -> None:
    assert allocate_cents(total, weights) == parts


@given(st.integers(-(10**12), 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_no_cent_is_lost_and_nobody_is_more_than_a_cent_off(total: int, weights: list[int]) -> None:
    parts = allocate_cents(total, weights)
    off = [abs(part * sum(weights) - total * weight) for part, weight in zip(parts, weights, strict=True)]
    assert (sum(parts), max(off) < sum(weights)) == (total, True)


@pytest.mark.parametrize("weights", [[-1, 2], [0, 0], []])
def test_what_cannot_be_divided_is_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        allocate_cents(1, weights)


def test_every_small_interval_is_symmetric() -> None:
    for n, r in product(range(1, 12), range(12)):
        if r <= n:
            low, high = wilson_interval(r, n)
            assert wilson_interval(n - r, n) == pytest.approx((1 - high, 1 - low))
