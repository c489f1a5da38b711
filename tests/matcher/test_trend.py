"""A course is told month by month; what is called a change is one, and what chance or the region did is not."""

from functools import cache

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Indicator, Unit
from matcher import CHANGES, MONTHLY_COUNTS, TREND, MonthlyCounts, Trend, trend_of
from matcher.statistics import cusum, cusum_of

MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
INDICATOR = Indicator.model_validate(
    {"id": "RATE", "name_nl": "x", "name_en": "x", "source": "x", "population": {}, "conform": [{"formulary": True}]}
)


def counts(*series: tuple[str, str, list[tuple[int, int]]]) -> MonthlyCounts:
    """Return the counts of a level and id, month by month from January 2025."""
    rows = [
        (MONTHS[at], level, id_, "RATE", n, d) for level, id_, pairs in series for at, (n, d) in enumerate(pairs) if d
    ]
    return MonthlyCounts(pl.DataFrame(rows, schema=MONTHLY_COUNTS, orient="row"))


def region(people: list[tuple[str, str, list[tuple[int, int]]]]) -> MonthlyCounts:
    """Return the counts of prescribers, and of the region that they are."""
    months = range(max(len(pairs) for _, _, pairs in people))
    whole = [tuple(sum(pairs[at][part] for _, _, pairs in people) for part in (0, 1)) for at in months]
    return counts(*people, ("region", "streek", [(n, d) for n, d in whole]))


def steady(n: int) -> list[tuple[str, str, list[tuple[int, int]]]]:
    """Return prescribers who write 80 of 100 each month."""
    return [("prescriber", f"010000{at:02}", [(80, 100)] * 12) for at in range(n)]


def trend(months: MonthlyCounts, unit: Unit = Unit.LINES) -> Trend:
    return trend_of(months, [INDICATOR.model_copy(update={"unit": unit})])


def test_who_leaves_its_own_level_changed_and_it_says_since_when() -> None:
    fell = ("prescriber", "01999999", [(80, 100)] * 8 + [(50, 100)] * 4)
    [row] = trend(region([*steady(20), fell])).changes.rows(named=True)
    assert (row["id"], row["change"], row["began"], row["seen_until"]) == ("01999999", "FELL", "2025-09", "2025-12")
    assert (row["numerator"], row["denominator"], row["rate"]) == (200, 400, 0.5)
    assert row["expected"] == pytest.approx(0.8, abs=0.02)


def test_a_rise_is_a_change_too() -> None:
    rose = ("prescriber", "01999999", [(50, 100)] * 8 + [(90, 100)] * 4)
    changes = trend(region([*steady(20), rose])).changes
    assert changes.select("id", "change", "began").rows() == [("01999999", "ROSE", "2025-09")]


def test_what_the_whole_region_did_is_nobody_s_own_change() -> None:
    everyone = [("prescriber", f"010000{at:02}", [(80, 100)] * 8 + [(60, 100)] * 4) for at in range(20)]
    changes = trend(region(everyone)).changes
    assert changes.filter(level="prescriber").is_empty()
    assert changes.select("level", "change", "began").rows() == [("region", "FELL", "2025-09")]


def test_what_is_expected_moves_with_the_region_from_ones_own_level() -> None:
    lower = ("prescriber", "01999999", [(50, 100)] * 6 + [(0, 100)] * 6)
    others = [("prescriber", f"010000{at:02}", [(800, 1000)] * 6 + [(900, 1000)] * 6) for at in range(200)]
    course = trend(region([*others, lower])).course.filter(id="01999999")
    # The odds of the region went from 4 to 9; those of one half, 1, become 2.25.
    assert course["expected"].to_list()[:6] == [None] * 6
    assert course["expected"].to_list()[6:] == pytest.approx([2.25 / 3.25] * 6, abs=0.01)


def test_months_that_vary_as_they_always_did_are_no_change() -> None:
    up, down = [(95, 100), (65, 100)], [(65, 100), (95, 100)]
    restless = [("prescriber", f"010000{at:02}", (up if at % 2 else down) * 6) for at in range(20)]
    # As low for four months as it was before in every other: of lines that each stand alone, that would be a fall.
    wave = ("prescriber", "01999999", up * 4 + [(65, 100)] * 4)
    assert trend(region([*restless, wave])).changes.is_empty()
    assert not trend(
        region([*steady(20), ("prescriber", "01999999", [(80, 100)] * 8 + wave[2][8:])])
    ).changes.is_empty()


def test_few_months_are_shown_and_nothing_is_expected_of_them() -> None:
    found = trend(counts(("region", "streek", [(1, 2)] * 5)))
    assert found.course.select("rate", "expected").rows() == [(0.5, None)] * 5
    assert found.changes.is_empty()
    assert (found.course.schema, found.changes.schema) == (TREND, CHANGES)


def test_of_cost_there_is_a_course_and_no_expectation() -> None:
    changed = region([("prescriber", "01999999", [(80_000, 100_000)] * 8 + [(10_000, 100_000)] * 4)])
    found = trend(changed, Unit.COST)
    assert (found.course.height, found.course["expected"].null_count(), found.changes.height) == (24, 24, 0)


def test_who_was_not_there_before_has_no_level_of_its_own() -> None:
    late = ("prescriber", "01999999", [(0, 0)] * 6 + [(10, 100)] * 6)
    found = trend(region([*steady(20), late]))
    assert found.changes.filter(id="01999999").is_empty()
    assert found.course.filter(id="01999999")["expected"].null_count() == 6


def test_no_lines_no_course() -> None:
    assert trend(counts()).course.is_empty()


@cache
def _alerts(months_differ: float, changed: int) -> tuple[int, int]:
    """Return how many of 20 x 300 prescribers are called changed, and how many of those did not change."""
    chance, called, false = np.random.default_rng(5), 0, 0
    for _ in range(20):
        true, volume = chance.beta(32, 8, 300), np.maximum(chance.lognormal(3.5, 0.8, 300), 2)
        d = chance.poisson(np.repeat(volume[:, None], 12, axis=1))
        rates = np.repeat(true[:, None], 12, axis=1)
        rates[:changed, 8:] *= 0.6
        n = chance.binomial(d, np.clip(rates + chance.normal(0, months_differ, d.shape), 0.01, 0.99))
        people = [
            ("prescriber", f"{at:08}", list(zip(own.tolist(), of.tolist(), strict=True)))
            for at, (own, of) in enumerate(zip(n, d, strict=True))
        ]
        ids = trend(region(people)).changes.filter(level="prescriber")["id"].to_list()
        called, false = called + len(ids), false + sum(int(id_) >= changed for id_ in ids)
    return called, false


@pytest.mark.parametrize("months_differ", [0.0, 0.06])
def test_among_thousands_who_did_not_change_hardly_anybody_is_called_changed(months_differ: float) -> None:
    called, _ = _alerts(months_differ, 0)
    assert called <= 3


def test_most_who_fell_by_two_fifths_are_found_and_few_others() -> None:
    called, false = _alerts(0.06, 15)
    assert called - false >= 20 * 15 * 0.6
    assert false <= called * 0.1


def test_nobody_is_called_risen_and_fallen_at_once() -> None:
    both = ("prescriber", "01999999", [(50, 100)] * 6 + [(95, 100)] * 3 + [(5, 100)] * 3)
    changes = trend(region([*steady(20), both])).changes
    assert changes.select("level", "id", "indicator").is_unique().all()
    assert changes.height == 1


@given(st.lists(st.tuples(st.sampled_from("ab"), st.floats(-5, 5)), max_size=30))
def test_the_column_is_the_sum_that_never_falls_under_nought(each: list[tuple[str, float]]) -> None:
    frame = pl.DataFrame(each, schema={"who": pl.String, "said": pl.Float64}, orient="row")
    found = frame.with_columns(cusum_of(pl.col("said"), ["who"]).alias("sum"))
    for who in "ab":
        total, course = 0.0, []
        for key, said in each:
            if key == who:
                total = max(0.0, total + said)
                course.append(total)
        assert found.filter(who=who)["sum"].to_list() == pytest.approx(course, abs=1e-9)
    assert cusum([], [], [], 2.0) == []
