"""Adherence beside what the region would reach with the same mix: by hand, and as it must always be."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import BREADTH, KEPT_LINES, breadth_corrected, facts_of, wilson_interval

ACID, STATIN = "A02BC01", "C10AA01"
Line = tuple[str, str, str]  # prescriber, ATC code, outcome


def corrected(*lines: Line, day: str = "2026-07-01") -> pl.DataFrame:
    rows = [{"prescriber_agb": who, "matched_atc": atc, "outcome": outcome} for who, atc, outcome in lines]
    frame = pl.DataFrame(rows, schema={name: KEPT_LINES[name] for name in ("prescriber_agb", "matched_atc", "outcome")})
    return breadth_corrected(facts_of(frame.lazy().with_columns(dispensed_on=pl.lit(day).str.to_date())))


def lines(who: str, atc: str, adherent: int, of: int) -> list[Line]:
    return [(who, atc, "ADHERENT" if n < adherent else "NON_ADHERENT") for n in range(of)]


def test_who_has_the_harder_mix_is_expected_less_of() -> None:
    # Acid inhibitors are followed 18 of 20 times, statins 8 of 40: of `a` 9 + 2 are expected, of `b` 9 + 6.
    found = corrected(*lines("a", ACID, 9, 10), *lines("a", STATIN, 4, 10), *lines("b", ACID, 9, 10),
                      *lines("b", STATIN, 4, 30))  # fmt: skip
    assert found.select("period", "id", "numerator", "denominator", "expected").rows() == [
        ("2026-Q3", "a", 13, 20, pytest.approx(11)),
        ("2026-Q3", "b", 13, 40, pytest.approx(15)),
    ]
    assert found["ratio"].to_list() == pytest.approx([13 / 11, 13 / 15])
    low, high = wilson_interval(13, 20)
    assert found.select("ratio_low", "ratio_high").row(0) == pytest.approx((low * 20 / 11, high * 20 / 11))


def test_medicines_of_one_therapeutic_group_are_one_task() -> None:
    found = corrected(("a", "A02BC01", "ADHERENT"), ("b", "A02BA02", "NON_ADHERENT"))
    assert found["expected"].to_list() == [0.5, 0.5]


def test_what_was_not_judged_or_has_no_prescriber_does_not_count() -> None:
    found = corrected(("a", ACID, "ADHERENT"), ("a", ACID, "EXCLUDED"), ("a", ACID, "UNIDENTIFIED"))
    assert found.select("numerator", "denominator").rows() == [(1, 1)]
    assert corrected().schema == BREADTH


def test_where_nothing_is_ever_adherent_there_is_no_ratio() -> None:
    assert corrected(("a", ACID, "NON_ADHERENT")).select("expected", "ratio").rows() == [(0.0, None)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from([ACID, STATIN, "N02BE01"]),
                          st.sampled_from(["ADHERENT", "NON_ADHERENT"])), min_size=1, max_size=30))  # fmt: skip
def test_all_together_are_as_adherent_as_expected(made: list[Line]) -> None:
    found = corrected(*made)
    assert found["expected"].sum() == pytest.approx(found["numerator"].sum())
