"""The funnel plot: every rate by its number of lines, limits that narrow, and few lines drawn towards the peers."""

from typing import Any

import pytest

from service.report.charts import DOTS_MAX, Stands
from service.report.funnel import Funnel, funnel


def rows(*counts: tuple[int, int]) -> list[dict[str, Any]]:
    return [
        {"id": str(n), "numerator": each, "denominator": of, "rate": each / of if of else None}
        for n, (each, of) in enumerate(counts)
    ]


def plot(*counts: tuple[int, int], mean: float = 0.8) -> Funnel:
    found = funnel(rows(*counts), mean)
    assert found is not None
    return found


# Thirty that hardly differ from 80 %, one far below it and one far above.
ALIKE = [(80 + n % 5 - 2, 100) for n in range(30)]


def test_who_is_outside_the_outer_limits_is_told_by_side_and_counted() -> None:
    found = plot(*ALIKE, (50, 100), (100, 100))
    assert {dot.row["id"]: dot.stands for dot in found.dots if dot.stands is not Stands.AROUND} == {
        "30": Stands.BELOW, "31": Stands.ABOVE}  # fmt: skip
    assert (found.counts[Stands.ABOVE], found.counts[Stands.AROUND], found.counts[Stands.BELOW]) == (1, 30, 1)


def test_more_lines_stand_further_right_and_higher_rates_higher() -> None:
    few, many, most = plot((6, 10), (80, 100), (180, 200)).dots
    assert few.x < many.x < most.x
    assert few.y > many.y > most.y


def test_few_lines_are_drawn_further_towards_the_peers_than_many() -> None:
    found = plot((4, 10), (400, 1000), *[(n, 100) for n in (70, 75, 80, 85, 90)])
    few, many = found.dots[:2]
    assert few.shrunken > many.shrunken > 0.4


def test_the_limits_narrow_as_lines_add_up_and_the_outer_lie_outside_all_in_the_picture() -> None:
    found = plot(*ALIKE, (850, 1000))
    heights = [
        {float(x): float(y) for x, y in (point.split(",") for point in curve.points.split())} for curve in found.curves
    ]
    assert [curve.kind for curve in found.curves] == ["warn", "warn", "alarm", "alarm"]
    lower, _, outer, upper = heights
    assert list(lower.values()) == sorted(lower.values(), reverse=True)
    assert all(outer[x] > lower[x] for x in outer)
    bottom, top = found.ticks[0].y, found.ticks[-1].y
    assert len(outer) > 10
    assert all(top <= y <= bottom for y in (*outer.values(), *upper.values()))


@pytest.mark.parametrize(("counts", "mean"), [
    ([(8, 10), (9, 10)], 0.8), ([(10, 10)] * 5, 1.0), ([(0, 10)] * 5, 0.0), ([(0, 0)] * 5, 0.8),
])  # fmt: skip
def test_of_too_few_or_of_no_spread_nothing_is_drawn(counts: list[tuple[int, int]], mean: float) -> None:
    assert funnel(rows(*counts), mean) is None


def test_many_are_thinned_but_never_those_outside() -> None:
    found = plot(*ALIKE * 20, (10, 100))
    assert (len(found.dots), found.dots[0].row["id"]) == (DOTS_MAX + 1, "600")
    assert found.counts[Stands.AROUND] == 600


@pytest.mark.parametrize(
    ("most", "ticks"), [(9, [0, 2, 4, 6, 8]), (100, [0, 20, 40, 60, 80, 100]), (29, [0, 5, 10, 15, 20, 25])]
)
def test_the_scale_of_lines_has_round_numbers(most: int, ticks: list[int]) -> None:
    assert [tick.lines for tick in plot((most // 2, most), (most, most), (1, most)).lines_ticks] == ticks


def test_the_same_rows_give_the_same_plot() -> None:
    assert plot(*ALIKE, (50, 100)) == plot(*ALIKE, (50, 100))
