"""A chart puts everything where its number says, and leaves nothing out unseen."""

from typing import Any

import pytest

from service.report.charts import DOTS_MAX, Segment, Stands, caterpillar, stacked_bar, stands, thinned


def row(rate: float, low: float, high: float) -> dict[str, Any]:
    return {"id": f"{rate}", "rate": rate, "interval_low": low, "interval_high": high}


def test_a_bar_is_divided_by_the_counts_and_noughts_are_not_drawn() -> None:
    assert stacked_bar({"A": 3, "B": 0, "C": 1}) == (Segment("A", 0.0, 750.0), Segment("C", 750.0, 250.0))


def test_one_line_in_a_million_is_still_seen() -> None:
    assert stacked_bar({"A": 999_999, "B": 1})[1].width == 2.0


def test_nothing_counted_is_nothing_drawn() -> None:
    assert stacked_bar({"A": 0}) == ()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.5, 0.6, Stands.BELOW), (0.6, 0.8, Stands.AROUND), (0.75, 0.9, Stands.ABOVE), (0.7, 0.7, Stands.AROUND)],
)
def test_only_an_interval_wholly_beside_the_region_stands_apart(low: float, high: float, expected: Stands) -> None:
    assert stands(row(0.6, low, high), 0.7) is expected


def test_the_scale_holds_every_interval_in_round_steps() -> None:
    chart = caterpillar([row(0.6, 0.52, 0.68), row(0.9, 0.81, 0.97)], 0.75)
    assert [tick.percent for tick in chart.ticks] == [50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100]
    assert all(14 <= dot.top < dot.y < dot.bottom <= 336 for dot in chart.dots)
    assert chart.dots[0].y > chart.mean_y > chart.dots[1].y


def test_a_wide_scale_has_fewer_lines() -> None:
    chart = caterpillar([row(0.1, 0.0, 0.3), row(0.9, 0.7, 1.0)], 0.5)
    assert [tick.percent for tick in chart.ticks] == [0, 20, 40, 60, 80, 100]


def test_a_wide_scale_ends_above_what_is_drawn() -> None:
    chart = caterpillar([row(0.2, 0.15, 0.3), row(0.9, 0.7, 0.93)], 0.5)
    assert [tick.percent for tick in chart.ticks] == [0, 20, 40, 60, 80, 100]


def test_everyone_at_a_hundred_percent_still_has_a_scale() -> None:
    assert [tick.percent for tick in caterpillar([row(1.0, 1.0, 1.0)], 1.0).ticks] == [95, 100]


def test_many_prescribers_are_thinned_evenly_and_the_ends_stay() -> None:
    rows = [row(n / 1000, 0, 1) for n in range(1001)]
    shown = thinned(rows)
    assert (len(shown), shown[0]["rate"], shown[-1]["rate"]) == (DOTS_MAX, 0.0, 1.0)
    assert thinned(rows[:DOTS_MAX]) == rows[:DOTS_MAX]
