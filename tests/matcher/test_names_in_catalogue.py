"""A label that stands in the catalogue, whole or as its short name, is what the catalogue says it is."""

from datetime import date

import polars as pl
import pytest

from matcher.identifier import Identifier, identifier

from .catalogues import pharmacy_identifier

SHORT_NAMES = pl.DataFrame(
    [
        ("ASPIRINE FORTE TABLET 100MG", "ACETYLSALICYLZUUR 100MG TAB", "B01AC06", "100MG"),
        ("ACETYLSALICYLZUUR ACC TABLET 100MG", "ACETYLSALICYLZUUR 100MG TAB", "B01AC06", "100MG"),
        ("MOVICOLON DRANK 13,7G/25ML", "MACRO/ELEK 13,7G/25ML DRANK", "A06AD65", "13,7G/25ML"),
        ("IETS TABLET 1MG", "IETS OF WAT 1MG", "A02BC01", "1MG"),
        ("WAT TABLET 1MG", "IETS OF WAT 1MG", "C07AB02", "1MG"),
        ("PERINDO A 4MG", "PERINDO/AMLODIP TABL", "C09BB04", "4MG"),
        ("PERINDO B 8MG", "PERINDO/AMLODIP TABL", "C09BB04", "8MG"),
        ("ZALFBEREIDING FNA", "FNA ZALF", "D02AC00", ""),
    ],
    schema=["product_name", "label_name", "atc", "strength"],
    orient="row",
)


@pytest.fixture(scope="module")
def known() -> Identifier:
    return identifier(SHORT_NAMES)


@pytest.mark.parametrize(
    ("label", "atc", "product"),
    [
        ("ACETYLSALICYLZUUR 100MG TAB", "B01AC06", None),
        ("acetylsalicylzuur  100mg tab", "B01AC06", None),
        ("MACRO/ELEK 13,7G/25ML DRANK", "A06AD65", "MOVICOLON DRANK 13,7G/25ML"),
        ("PERINDO/AMLODIP TABL", "C09BB04", None),
        ("FNA ZALF", "D02AC00", "ZALFBEREIDING FNA"),
    ],
)
def test_a_short_name_of_one_code_is_matched(known: Identifier, label: str, atc: str, product: str | None) -> None:
    found = known(label)
    assert (found.match_method, found.matched_atc, found.matched_product) == ("EXACT_NAME", atc, product)


def test_what_the_products_of_a_short_name_share_is_settled(known: Identifier) -> None:
    found = known("ACETYLSALICYLZUUR 100MG TAB")
    assert (found.matched_form, found.matched_strength) == ("tablet", "100 mg")


def test_a_short_name_of_two_codes_is_for_a_person(known: Identifier) -> None:
    found = known("IETS OF WAT 1MG")
    assert (found.decision, found.runner_up) == ("REVIEW", "A02BC01 | C07AB02")


MOVED = pl.DataFrame(
    [
        ("IETS TABLET 1MG", "A02BC01", "15468852", None, date(2024, 12, 31)),
        ("WAT TABLET 1MG", "C07AB02", "15468852", date(2025, 1, 1), None),
        ("LOSEC CAPSULE 20MG", "A02BC01", "15468860", None, None),
    ],
    schema={
        "product_name": pl.String,
        "atc": pl.String,
        "zi": pl.String,
        "valid_from": pl.Date,
        "valid_until": pl.Date,
    },
    orient="row",
)


@pytest.mark.parametrize(
    ("day", "decision", "atc"),
    [
        (date(2024, 12, 31), "MATCHED", "A02BC01"),
        (date(2025, 1, 1), "MATCHED", "C07AB02"),
        (None, "REVIEW", None),
    ],
)
def test_a_code_that_moved_is_decided_by_the_day(day: date | None, decision: str, atc: str | None) -> None:
    found = identifier(MOVED)(None, day, zi="15468852")
    assert (found.decision, found.matched_atc) == (decision, atc)


def test_a_frame_uses_the_day_where_a_code_moved() -> None:
    days = [date(2024, 12, 31), date(2025, 1, 1), None]
    lines = pl.DataFrame({"zi": [15468852] * 3, "dispensed_on": days})
    assert identifier(MOVED).identify_frame(lines)["matched_atc"].to_list() == ["A02BC01", "C07AB02", None]


def test_a_day_outside_every_period_decides_nothing() -> None:
    ended = MOVED.with_columns(valid_until=pl.lit(date(2024, 12, 31))).head(2)
    assert identifier(ended)(None, date(2026, 1, 1), zi="15468852").decision == "REVIEW"


def test_a_day_may_be_text() -> None:
    lines = pl.DataFrame({"zi": ["15468852"] * 3, "dispensed_on": ["31-12-2024", "2025-01-01", "onbekend"]})
    assert identifier(MOVED).identify_frame(lines)["matched_atc"].to_list() == ["A02BC01", "C07AB02", None]


def test_an_article_number_that_was_given_to_another_product_of_the_same_substance_is_decided_by_the_day() -> None:
    same = MOVED.with_columns(pl.lit("A02BC01").alias("atc"))
    found = [identifier(same)(None, day, zi="15468852").matched_product for day in (date(2024, 12, 31), None)]
    assert found == ["IETS TABLET 1MG", None]


def test_a_wide_code_that_covers_many_products_of_one_medicine_needs_no_day() -> None:
    same = MOVED.with_columns(pl.lit("A02BC01").alias("atc")).rename({"zi": "gpk"})
    assert identifier(same).dated_codes == {}


def test_days_between_two_changes_are_one_stretch() -> None:
    days = pl.DataFrame({"dispensed_on": [date(2020, 1, 1), date(2024, 12, 31), date(2025, 1, 1), date(2026, 5, 5)]})
    told = days.select(identifier(MOVED).stretch_of())["dispensed_on"].to_list()
    assert told == [date.min, date.min, date(2025, 1, 1), date(2025, 1, 1)]


def test_only_codes_that_moved_need_the_day() -> None:
    assert identifier(MOVED).dated_codes == {"zi": {15468852}}


@pytest.mark.parametrize(
    "label", ["Cozaar p", "COZAAR P TABLET 50MG", "Cozaar pl 50mg tabl", "COZAAR PLU TABLET FO 50MG"]
)
def test_a_brand_cut_off_within_a_longer_brand_is_for_a_person(label: str) -> None:
    found = pharmacy_identifier()(label)
    assert (found.decision, found.reason) == ("REVIEW", "BRAND_EXTENDED")


@pytest.mark.parametrize(
    ("label", "zi", "runner_up", "score"),
    [
        ("PREDNISO TABLET 5MG", None, "H02AB06 | H02AB07", 1.0),
        ("METOPRLOL TABLET 75MG", None, "C07AB02", 0.9),
        ("METOPROLOL TABLET 75MG", None, "C07AB02", 1.0),
        ("METOPROLOL TABLET 50MG", "15468852", "C07AB02", 0.9998),
        ("OMEPRAZOL CAPSULE MSR 20MG", None, None, None),
    ],
)
def test_a_runner_up_tells_how_close_it_is(label: str, zi: str | None, runner_up: str | None, score: float) -> None:
    found = pharmacy_identifier()(label, zi=zi) if zi else pharmacy_identifier()(label)
    assert (found.runner_up, found.runner_up_score) == (runner_up, score)


@pytest.mark.parametrize(
    ("label", "product"),
    [
        ("PREDNISO TABLET 5MG", "PREDNISOLON PCH TABLET 5MG"),  # prednison, the other that it may be, is not listed
        ("PREDNISO TABLET 6MG", None),
        ("METOPRLOL TABLET 75MG", None),
        ("METOPRLOL TABLET 50MG", None),  # matched: nothing is left to propose
    ],
)
def test_a_person_is_shown_the_product_that_fits_where_a_name_is_unsure(label: str, product: str | None) -> None:
    found = pharmacy_identifier()(label)
    assert (found.runner_up_product, found.matched_product is None) == (product, found.decision == "REVIEW")
