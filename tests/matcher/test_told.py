"""What indicators make of kinds of lines: few kinds, and of every kind the same answer as of each of its lines."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matcher.frames import ATTRIBUTED_LINES, with_texts
from matcher.told import ASKED_OF_A_CHOICE, Limits, classes_of, told_by_indicators
from tests.spec.small_region import SmallRegion

AGES = "population = { age_min = 18, age_max = 69 }\nconform = [{ quantity_max = 30 }]"
OLDER = "population = { age_min = 70 }\nconform = [{ quantity_max = 90 }]"
FORMULARY = "population = {}\nconform = [{ formulary = true }]"

ASKED_OF_A_KIND = ("outcome", "start", *ASKED_OF_A_CHOICE, "age_passed", "quantity_passed", "provider_type")


@pytest.fixture
def region(tmp_path: Path) -> SmallRegion:
    return SmallRegion(tmp_path)


def kinds(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return kinds of lines of which each row says only what the test is about."""
    usual = {
        "outcome": "ADHERENT",
        "start": "FIRST",
        "matched_atc": "A02BC02",
        "quantity_passed": 0,
        "provider_type": 0,
    }
    known = with_texts(ATTRIBUTED_LINES)
    schema = {name: known.get(name, pl.Int32()) for name in (*ASKED_OF_A_KIND, "formulary_version")}
    told = [{**usual, "age_passed": -1, "formulary_version": "2026", **row} for row in rows]
    return pl.DataFrame(told, schema=schema).with_row_index("kind").with_columns(pl.col("kind").cast(pl.UInt64))


def told(region: SmallRegion, *rows: dict[str, Any]) -> list[str]:
    """Return what the one indicator of a region tells of each kind; "-" where it tells nothing."""
    asked = kinds(*rows)
    found = asked.select("kind").join(told_by_indicators(region.load(), asked), on="kind", how="left")
    return found.sort("kind")["outcome"].cast(pl.String).fill_null("-").to_list()


def passed(limits: Limits, **lines: list[Any]) -> pl.DataFrame:
    columns: dict[str, Any] = {
        "dispensed_on": pl.Date,
        "birth_year": pl.Int16,
        "quantity": pl.Decimal(18, 3),
        "prescriber_agb": pl.String,
    }
    frame = pl.DataFrame({name: lines.get(name) for name in columns if name in lines})
    missing = [pl.lit(None, dtype).alias(name) for name, dtype in columns.items() if name not in lines]
    return frame.with_columns(*missing).select(limits.columns())


def test_the_limits_are_those_that_indicators_name(region: SmallRegion) -> None:
    limits = Limits.of(region.indicators(a=AGES, b=OLDER).load())
    assert (limits.ages, limits.quantities, limits.provider_types) == ((18, 70), (30, 90), ())


def test_an_age_is_asked_only_as_far_as_limits_are_passed(region: SmallRegion) -> None:
    limits = Limits.of(region.indicators(a=AGES).load())
    days = pl.Series(["2026-07-01"] * 5).str.to_date().to_list()
    found = passed(limits, dispensed_on=days, birth_year=[2009, 2008, 1957, 1956, None])
    assert found["age_passed"].to_list() == [0, 1, 1, 2, -1]


def test_an_unknown_quantity_passes_every_limit(region: SmallRegion) -> None:
    limits = Limits.of(region.indicators(a=AGES, b=OLDER).load())
    quantity = pl.Series(["30", "30.5", "90", "91", None]).cast(pl.Decimal(18, 3))
    assert passed(limits, quantity=quantity.to_list())["quantity_passed"].to_list() == [0, 1, 1, 2, 2]


def test_a_line_without_a_prescriber_is_of_no_kind_of_prescriber() -> None:
    found = passed(Limits((), (), ("01", "03")), prescriber_agb=["01000001", "03000001", "12000001", None])
    assert found["provider_type"].to_list() == [1, 2, 0, 0]


@pytest.mark.parametrize("outcome", ["INVALID", "EXCLUDED"])
def test_of_what_was_not_judged_an_indicator_tells_nothing(region: SmallRegion, outcome: str) -> None:
    assert told(region.indicators(a=FORMULARY), {"outcome": outcome}) == ["-"]


@pytest.mark.parametrize(
    ("atc", "outcome", "expected"),
    [
        ("A02BC02", "ADHERENT", "ADHERENT"),
        ("A02BC02", "NON_ADHERENT", "NON_ADHERENT"),
        ("A02BC02", "EXCEPTED", "EXCEPTED"),
        ("N02CC01", "ADHERENT", "-"),
        ("N02CC01", "EXCEPTED", "-"),
        # What a code says of a line that nobody could name is no knowledge: it may be anything.
        ("N02CC01", "UNIDENTIFIED", "UNIDENTIFIED"),
        (None, "ADHERENT", "-"),
    ],
)
def test_outside_its_population_an_indicator_tells_nothing(
    region: SmallRegion, atc: str | None, outcome: str, expected: str
) -> None:
    region.indicators(a='population = { atc = ["A02BC"] }\nconform = [{ formulary = true }]')
    assert told(region, {"matched_atc": atc, "outcome": outcome}) == [expected]


def test_an_indicator_may_call_conform_what_the_formulary_does_not(region: SmallRegion) -> None:
    region.indicators(a='population = {}\nconform = [{ atc = ["A02BC02"] }]')
    assert told(region, {"outcome": "NON_ADHERENT"}) == ["ADHERENT"]


def test_a_start_that_is_not_certain_is_no_start(region: SmallRegion) -> None:
    region.indicators(a='population = { lines = "STARTS" }\nconform = [{ formulary = true }]')
    rows = [{"start": start} for start in ("FIRST", "REPEAT", "UNKNOWN")]
    assert told(region, *rows) == ["ADHERENT", "-", "-"]


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ("rank_max = 1", {"choice_rank": None}),
        ('form = ["tablet"]', {"matched_form": None}),
        ('device = ["aerosol"]', {"matched_device": None}),
        ('agreement = ["INDICATION"]', {"agreement": None}),
        ('strength_max = "40 mg"', {"matched_strength": None}),
        ('strength_max = "40 mg"', {"matched_strength": "20/10 mg"}),
    ],
)
def test_what_is_not_known_meets_no_condition(region: SmallRegion, condition: str, facts: dict[str, Any]) -> None:
    region.indicators(a="population = {}\nconform = [{ " + condition + " }]")
    assert told(region, facts) == ["NON_ADHERENT"]


@pytest.mark.parametrize(("rank", "expected"), [(1, "ADHERENT"), (2, "ADHERENT"), (3, "NON_ADHERENT")])
def test_a_place_up_to_the_limit_is_conform(region: SmallRegion, rank: int, expected: str) -> None:
    region.indicators(a="population = {}\nconform = [{ rank_max = 2 }]")
    assert told(region, {"choice_rank": rank}) == [expected]


def test_kinds_of_which_every_indicator_says_the_same_are_one_class(region: SmallRegion) -> None:
    region.indicators(a=FORMULARY, b='population = { atc = ["A02BC"] }\nconform = [{ formulary = true }]')
    rows: list[dict[str, Any]] = [{}, {"choice_rank": 3}, {"matched_atc": "N02CC01"}, {"outcome": "NON_ADHERENT"}]
    asked = kinds(*rows)
    classes = classes_of(asked, told_by_indicators(region.load(), asked))["class"].to_list()
    assert (classes[0] == classes[1], len(set(classes))) == (True, 3)


def test_kinds_of_two_versions_are_never_one_class(region: SmallRegion) -> None:
    asked = kinds({}, {"formulary_version": "2025"}, {"formulary_version": None})
    assert classes_of(asked, told_by_indicators(region.load(), asked))["class"].n_unique() == 3


def test_without_indicators_nothing_is_told(region: SmallRegion) -> None:
    assert told(region.write("indicators.toml", ""), {}) == ["-"]
