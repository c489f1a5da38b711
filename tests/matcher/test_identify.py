"""Many lines are identified by their distinct evidence; where a code has a history, the day is part of it."""

from datetime import date

import polars as pl
import pytest

from matcher import RAW_LINES, RawLines, identifier
from matcher.clean import clean_lines
from matcher.identify import identify_products

FORMER = "LOSEC CAPSULE MSR 20MG"
PRESENT = "ZANTAC TABLET 150MG"
CATALOGUE = pl.DataFrame(
    {
        "product_name": [FORMER, PRESENT, "PANTOPRAZOL TABLET MSR 20MG"],
        "atc": ["A02BC01", "A02BA02", "A02BC02"],
        "zi": ["15468852", "15468852", "15468860"],
        "valid_from": [None, date(2026, 7, 1), None],
        "valid_until": [date(2026, 6, 30), None, None],
    },
    schema_overrides={"valid_from": pl.Date, "valid_until": pl.Date},
)


@pytest.fixture(scope="module")
def identified() -> pl.DataFrame:
    asked = [
        ("2026-01-05", "15468852"),
        ("2026-07-01", "15468852"),
        ("2026-06-30", "0015468852"),
        ("2026-02-02", "15468860"),
        ("2026-08-08", "15468860"),
        ("2026-12-31", "15468852"),
        ("gisteren", "15468852"),
        ("2026-03-03", None),
    ]
    lines = [
        {"source": "a", "line_no": n, "dispensed_on": day, "prescriber_agb": "01000001", "zi": zi}
        for n, (day, zi) in enumerate(asked, 1)
    ]
    clean = clean_lines(RawLines(pl.DataFrame(lines, schema=RAW_LINES).lazy()), b"k" * 32)
    return identify_products(*clean, identifier(CATALOGUE), {}).lines.collect()


def test_a_code_with_a_history_names_what_it_named_on_the_day_of_the_line(identified: pl.DataFrame) -> None:
    told = identified.select("line_no", "matched_atc").rows()
    assert told == [
        (1, "A02BC01"),
        (2, "A02BA02"),
        (3, "A02BC01"),
        (4, "A02BC02"),
        (5, "A02BC02"),
        (6, "A02BA02"),
        (7, None),
        (8, None),
    ]


def test_two_products_of_one_code_are_judged_apart(identified: pl.DataFrame) -> None:
    numbers = identified["product_no"].to_list()
    assert numbers[0] == numbers[2] != numbers[1] == numbers[5]
