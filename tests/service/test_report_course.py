"""The course of the region is drawn where its months and numbers say, with the days on which rules changed."""

from datetime import date
from typing import Any

import pytest

from service.report.course import Mark, course_of


def rows(first: int, *pairs: tuple[int, int] | None) -> list[dict[str, Any]]:
    """Return rows of the months from `first` of 2025; a month of which nothing is known has none."""
    return [
        {"month": f"{2025 + (first + at - 1) // 12}-{(first + at - 1) % 12 + 1:02}", "numerator": pair[0],
         "denominator": pair[1], "rate": pair[0] / pair[1]}
        for at, pair in enumerate(pairs) if pair
    ]  # fmt: skip


def test_every_month_is_as_wide_and_one_that_is_missing_keeps_its_place() -> None:
    chart = course_of(rows(11, (80, 100), (80, 100), None, (80, 100)), [])
    assert chart is not None
    width = (1000 - 54 - 12) / 4
    assert [point.x for point in chart.points] == pytest.approx([54 + width * at for at in (0.5, 1.5, 3.5)])


def test_the_band_goes_round_the_line() -> None:
    chart = course_of(rows(1, (60, 100), (90, 100)), [])
    assert chart is not None
    assert all(point.top < point.y < point.bottom for point in chart.points)
    assert chart.points[0].y > chart.points[1].y
    assert (len(chart.line.split()), len(chart.band.split())) == (2, 4)


def test_a_day_on_which_rules_changed_stands_between_its_months() -> None:
    marks = [Mark(date(2026, 1, 1), "2026"), Mark(date(2026, 1, 1), "regeling"), Mark(date(2026, 2, 15), "v2")]
    chart = course_of(rows(12, (1, 2), (1, 2), (1, 2)), marks)
    assert chart is not None
    month = (1000 - 54 - 12) / 3
    assert [(mark.name, mark.row) for mark in chart.marks] == [("2026, regeling", 0), ("v2", 1)]
    assert [mark.x for mark in chart.marks] == pytest.approx([54 + month, 54 + 2.5 * month])


def test_what_began_before_or_with_the_first_month_or_after_the_last_is_not_drawn() -> None:
    days = [date(2025, 1, 1), date(2024, 6, 1), date(2025, 3, 1)]
    chart = course_of(rows(1, (1, 2), (1, 2)), [Mark(day, "x") for day in days])
    assert chart is not None
    assert chart.marks == ()


def test_of_many_months_only_some_are_written_out() -> None:
    chart = course_of(rows(1, *[(1, 2)] * 30), [])
    assert chart is not None
    assert [point.row["month"] for point in chart.points if point.is_labelled][:3] == ["2025-01", "2025-04", "2025-07"]


@pytest.mark.parametrize("few", [[], rows(1, (1, 2))])
def test_one_month_is_no_course(few: list[dict[str, Any]]) -> None:
    assert course_of(few, []) is None
