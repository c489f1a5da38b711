"""Whether an indicator tells its peers apart, and whether it has room: as published and by hand."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import Prior, achievable_benchmark, is_topped_out, reliability

PRIOR = Prior(8, 2)


def test_reliability_is_signal_over_signal_and_noise() -> None:
    # J.L. Adams, RAND TR-653 (2009): between / (between + within), the beta distribution's variance over both.
    between = 8 * 2 / (10**2 * 11)
    within = [0.8 * 0.2 * 10 / 11 / lines for lines in (10, 90)]
    found = reliability([8, 72], [10, 90], PRIOR).to_list()
    assert found == pytest.approx([between / (between + noise) for noise in within])
    assert found == pytest.approx([0.5, 0.9])


def test_without_lines_there_is_no_reliability() -> None:
    assert reliability([0, 3], [0, 4]).to_list()[0] is None


def test_where_nobody_differs_even_many_lines_tell_nobody_apart() -> None:
    assert max(reliability([80] * 20, [100] * 20)) < 0.06


def test_the_benchmark_is_the_rate_of_the_best_with_a_tenth_of_all_lines() -> None:
    # 400 lines: the best with 40 of them. 2 of 2 counts as 3 of 4, below 27 of 30 (28 of 32) and 16 of 20 (17 of 22).
    rows = [(2, 2), (27, 30), (16, 20), (174, 348), (0, 0)]
    assert achievable_benchmark(*map(list, zip(*rows, strict=True))) == pytest.approx((27 + 16) / 50)


def test_of_no_lines_there_is_no_benchmark() -> None:
    assert achievable_benchmark([0], [0]) is None


@given(st.lists(st.integers(1, 50).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))), min_size=1))
def test_the_benchmark_is_reached_by_somebody(rows: list[tuple[int, int]]) -> None:
    best = achievable_benchmark(*map(list, zip(*rows, strict=True)))
    assert best is not None
    assert best <= max(n / d for n, d in rows) + 1e-12


@pytest.mark.parametrize(("rates", "topped_out"), [
    ([0.96 + n / 1000 for n in range(40)], False),  # alike, yet the 90th percentile stands clear of the 75th
    ([0.95] * 20 + [0.96] * 20, True),
    ([0.5 + n / 100 for n in range(40)], False),
    ([0.0, 0.0, 0.0], False),
    ([0.9], False),
    ([], False),
])  # fmt: skip
def test_what_is_high_and_alike_is_topped_out(rates: list[float], *, topped_out: bool) -> None:
    assert is_topped_out(pl.Series(rates, dtype=pl.Float64)) is topped_out


def test_the_outermost_twentieth_at_either_end_and_those_without_a_rate_do_not_count() -> None:
    rates = pl.Series([0.1, *[0.95] * 9, *[0.96] * 9, 1.0, None])
    assert is_topped_out(rates)
    assert not is_topped_out(pl.Series([0.1, 0.1, *rates[1:]]))
