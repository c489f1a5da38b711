"""Totals are placed by the membership of their stretch of days, and nothing is lost or doubled on the way up."""

from datetime import date
from typing import Any

import polars as pl
import pytest

from formulary import MEMBERSHIPS
from matcher.levels import at_every_level, epoch_of_day

MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)
ONE_OF_A_KIND = {"period_no": pl.lit(1), "class": pl.lit(0), "cost_cents": pl.lit(50)}
TOTALS: dict[str, Any] = {"prescriber_agb": pl.String, "practice_agb": pl.String, "pharmacy_agb": pl.String}


def held(*rows: tuple[str, str, str, date, date | None]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=MEMBERSHIPS, orient="row")


def epochs(memberships: pl.DataFrame, *days: date | None) -> list[int]:
    frame = pl.DataFrame({"dispensed_on": days}, schema={"dispensed_on": pl.Date})
    return frame.with_columns(epoch_of_day(memberships).alias("epoch"))["epoch"].to_list()


def added(memberships: pl.DataFrame, *rows: tuple[Any, ...]) -> dict[str, dict[str, int]]:
    """Return lines per level and id; each row is prescriber, practice and pharmacy of the line, day and lines."""
    schema = {**TOTALS, "dispensed_on": pl.Date, "lines": pl.Int64}
    lines = pl.DataFrame(rows, schema=schema, orient="row").select(pl.exclude("lines").repeat_by("lines").explode())
    classed = lines.with_columns(epoch_of_day(memberships).alias("epoch"), **ONE_OF_A_KIND)
    found = at_every_level(classed.lazy(), memberships, "streek").sort("level", "id")
    return {
        str(level): dict(zip(each["id"], each["lines"], strict=True))
        for (level,), each in found.group_by("level", maintain_order=True)
    }


def test_a_stretch_begins_where_someone_comes_or_goes() -> None:
    memberships = held(("prescriber", "a", "P", MAY, date(2026, 5, 31)), ("prescriber", "a", "Q", JULY, None))
    days = [date(2026, 4, 30), MAY, date(2026, 5, 31), JUNE, date(2026, 6, 30), JULY]
    assert epochs(memberships, *days) == [0, 1, 1, 2, 2, 3]


def test_without_memberships_all_days_are_one_stretch() -> None:
    assert epochs(held(), MAY, JULY, None) == [0, 0, 0]


def test_a_line_without_a_day_belongs_to_the_first_stretch_and_to_no_practice_yet() -> None:
    memberships = held(("prescriber", "a", "P", MAY, None))
    assert epochs(memberships, None) == [0]
    assert "practice" not in added(memberships, ("a", None, None, None, 3))


def test_each_level_has_the_lines_below_it() -> None:
    memberships = held(
        ("prescriber", "a", "P", MAY, None),
        ("prescriber", "b", "P", MAY, None),
        ("practice", "P", "G", MAY, None),
        ("group", "G", "OOST", MAY, None),
    )
    assert added(memberships, ("a", None, "x", MAY, 2), ("b", None, "x", JUNE, 3)) == {
        "prescriber": {"a": 2, "b": 3},
        "practice": {"P": 5},
        "group": {"G": 5},
        "subregion": {"OOST": 5},
        "pharmacy": {"x": 5},
        "region": {"streek": 5},
    }


def test_of_two_places_at_once_the_one_begun_last_counts_and_no_line_counts_twice() -> None:
    memberships = held(("prescriber", "a", "P", MAY, None), ("prescriber", "a", "Q", JUNE, None))
    assert added(memberships, ("a", None, None, MAY, 1), ("a", None, None, JULY, 1))["practice"] == {"P": 1, "Q": 1}


def test_two_places_begun_on_one_day_are_settled_by_name() -> None:
    rows = [("prescriber", "a", "P", MAY, None), ("prescriber", "a", "Q", MAY, None)]
    line = ("a", None, None, JUNE, 1)
    assert added(held(*rows), line)["practice"] == added(held(*rows[::-1]), line)["practice"] == {"Q": 1}


@pytest.mark.parametrize(("practice", "found"), [("R", {"R": 1}), (None, {})])
def test_who_is_in_no_practice_counts_for_that_of_the_line(practice: str | None, found: dict[str, int]) -> None:
    assert added(held(), ("a", practice, None, MAY, 1)).get("practice", {}) == found


def test_a_group_of_another_day_is_not_that_of_the_line() -> None:
    memberships = held(
        ("prescriber", "a", "P", MAY, None),
        ("practice", "P", "G", MAY, date(2026, 5, 31)),
        ("practice", "P", "H", JUNE, None),
    )
    assert added(memberships, ("a", None, None, MAY, 1), ("a", None, None, JULY, 4))["group"] == {"G": 1, "H": 4}


def test_a_line_without_a_prescriber_still_counts_for_the_pharmacy_and_the_region() -> None:
    found = added(held(), (None, None, "x", MAY, 1))
    assert found == {"pharmacy": {"x": 1}, "region": {"streek": 1}}


def test_what_else_divides_the_totals_stays() -> None:
    lines = pl.DataFrame({**dict.fromkeys(TOTALS, "a"), "epoch": [0, 0, 0], "class": [0, 1, 1]})
    counted = lines.lazy().with_columns(pl.col("epoch").cast(pl.Int32), period_no=1, cost_cents=50)
    regional = at_every_level(counted, held(), "streek").filter(level="region").sort("class")
    assert regional.select("class", "lines", "cents").rows() == [(0, 1, 50), (1, 2, 100)]


def test_a_code_that_is_a_number_gets_its_zeros_back() -> None:
    line = pl.DataFrame({"prescriber_agb": [1_000_001], "practice_agb": [None], "pharmacy_agb": [2_000_002]})
    found = at_every_level(line.lazy().with_columns(pl.lit(0, pl.Int32).alias("epoch"), **ONE_OF_A_KIND), held(), "r")
    assert set(found["id"]) == {"01000001", "02000002", "r"}
