"""A medicine is unavailable when all of it was short: by its substance, all its products, or all their articles."""

from datetime import date
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import CATALOGUE, SHORTAGES
from formulary.documents import Succession, SuccessionKind
from formulary.unavailable import unavailable
from tests.formulary.small_region import region

# Two products (PRK 1900007 with two articles, 1900013 with one) of one substance.
CATALOGUE_ROWS = """
    product_name  | atc     | zi       | prk     | valid_from | valid_until
    PANTO 20 A    | A02BC02 | 11000007 | 1900005 |            |
    PANTO 20 B    | A02BC02 | 11000015 | 1900005 |            |
    PANTO 40 A    | A02BC02 | 11000023 | 1900013 |            |
    OMEPRAZOL 20  | A02BC01 | 11000104 | 1900102 |            |
"""
HEAD = "atc | prk | zi | valid_from | valid_until | source\n"
MARCH, APRIL = (date(2026, 3, 1), date(2026, 3, 31)), (date(2026, 4, 1), date(2026, 4, 30))


def found(tmp_path: Path, *rows: str, catalogue: str = CATALOGUE_ROWS, **more: str) -> list[tuple[object, ...]]:
    """Return code and days of all that is unavailable under these rows of shortages."""
    shortages = HEAD + "\n".join(f"{row} | verzonnen" for row in rows)
    around = region(tmp_path, catalogue=catalogue, shortages=shortages, **more).circumstances
    return [(atc or prk, first, last) for atc, prk, _, first, last in around.unavailable.iter_rows()]


def test_without_shortages_everything_can_be_had(tmp_path: Path) -> None:
    assert region(tmp_path).circumstances.unavailable.rows() == []


def test_one_article_short_makes_nothing_unavailable(tmp_path: Path) -> None:
    assert found(tmp_path, "A02BC02 | | 11000007 | 2026-03-01 | 2026-03-31") == []


def test_all_articles_of_a_product_make_it_unavailable_on_the_days_of_both(tmp_path: Path) -> None:
    rows = ("A02BC02 | | 11000007 | 2026-03-01 | 2026-04-30", "A02BC02 | | 11000015 | 2026-04-01 | 2026-05-31")
    assert found(tmp_path, *rows) == [(1900005, *APRIL)]


def test_all_products_make_the_substance_unavailable(tmp_path: Path) -> None:
    rows = ("A02BC02 | 1900005 | | 2026-03-01 | 2026-03-31", "A02BC02 | | 11000023 | 2026-03-01 | 2026-03-31")
    assert found(tmp_path, *rows) == [(1900005, *MARCH), (1900013, *MARCH), ("A02BC02", *MARCH)]


def test_a_substance_that_is_short_takes_its_products_along(tmp_path: Path) -> None:
    rows = found(tmp_path, "A02BC02 | | | 2026-03-01 | 2026-03-31")
    assert rows == [(1900005, *MARCH), (1900013, *MARCH), ("A02BC02", *MARCH)]


def test_a_substance_that_the_product_list_does_not_know_is_short_as_published(tmp_path: Path) -> None:
    assert found(tmp_path, "A02BC09 | | | 2026-03-01 |") == [("A02BC09", date(2026, 3, 1), None)]


def test_an_article_off_the_market_need_not_be_short(tmp_path: Path) -> None:
    ended = CATALOGUE_ROWS.replace("11000015 | 1900005 |            |", "11000015 | 1900005 |            | 2026-03-15")
    rows = found(tmp_path, "A02BC02 | | 11000007 | 2026-03-01 | 2026-03-31", catalogue=ended)
    assert rows == [(1900005, date(2026, 3, 16), date(2026, 3, 31))]


def test_of_what_is_not_on_the_market_nothing_is_short(tmp_path: Path) -> None:
    later = CATALOGUE_ROWS.replace("11000104 | 1900102 |            |", "11000104 | 1900102 | 2026-04-01 |")
    assert found(tmp_path, "A02BC01 | | 11000104 | 2026-03-01 | 2026-03-31", catalogue=later) == []


def test_stretches_that_touch_are_one(tmp_path: Path) -> None:
    rows = ("A02BC01 | | 11000104 | 2026-03-01 | 2026-03-31", "A02BC01 | | 11000104 | 2026-04-01 |")
    assert found(tmp_path, *rows) == [(1900102, MARCH[0], None), ("A02BC01", MARCH[0], None)]


def test_a_prescription_by_the_former_number_of_a_product_is_short_too(tmp_path: Path) -> None:
    moved = "kind | former | successor | since | source\nPRK | 1900005 | 1900102 | 2020-01-01 | proef"
    rows = found(tmp_path, "A02BC01 | 1900102 | | 2026-03-01 | 2026-03-31", succession=moved)
    assert (1900005, *MARCH) in rows


DAYS = [date(2026, 3, day) for day in range(1, 8)]
ARTICLES = [(11000007, 1900005), (11000015, 1900005), (11000023, 1900013)]
STRETCHES = st.tuples(st.sampled_from(DAYS), st.one_of(st.none(), st.sampled_from(DAYS))).map(
    lambda days: (days[0], days[1] and max(days))  # type: ignore[type-var]
)


@given(
    st.lists(STRETCHES, min_size=3, max_size=3),
    st.lists(st.tuples(st.sampled_from(["atc", "prk", "zi"]), st.sampled_from(ARTICLES), STRETCHES), max_size=5),
)
def test_by_every_day_a_medicine_is_unavailable_just_where_all_that_is_offered_is_short(
    offered: list[tuple[date, date | None]], short: list[tuple[str, tuple[int, int], tuple[date, date | None]]]
) -> None:
    rows = [
        {"product_name": "P", "atc": "A02BC02", "zi": zi, "prk": prk, "valid_from": first, "valid_until": last}
        for (zi, prk), (first, last) in zip(ARTICLES, offered, strict=True)
    ]
    published = [
        ("A02BC02", prk if kind == "prk" else None, zi if kind == "zi" else None, *days)
        for kind, (zi, prk), days in short
    ]
    frame = pl.DataFrame(published, schema=SHORTAGES, orient="row")
    told = unavailable(frame, pl.DataFrame(rows, schema=CATALOGUE), ()).rows()

    def holds(days: tuple[date, date | None], day: date) -> bool:
        return days[0] <= day and (days[1] is None or day <= days[1])

    def is_short(zi: int, prk: int, day: date) -> bool:
        return any(
            holds((first, last), day) and (z in (None, zi) and p in (None, prk)) for _, p, z, first, last in published
        )

    for day, prks in product(DAYS, [{1900005}, {1900013}, {1900005, 1900013}]):
        on = [pair for pair, days in zip(ARTICLES, offered, strict=True) if holds(days, day) and pair[1] in prks]
        name = ("A02BC02", None) if len(prks) == 2 else (None, *prks)
        as_published = any(
            holds((first, last), day) and z is None and (p is None if len(prks) == 2 else p in prks)
            for _, p, z, first, last in published
        )
        expected = as_published or (bool(on) and all(is_short(*pair, day) for pair in on))
        assert expected == any((atc, prk) == name and holds((first, last), day) for atc, prk, _, first, last in told)


@pytest.mark.parametrize("name", ["atc", "prk", "zi", "valid_from", "valid_until"])
def test_the_frame_has_the_columns_of_shortages(tmp_path: Path, name: str) -> None:
    assert region(tmp_path).circumstances.unavailable.schema[name] == SHORTAGES[name]


def test_a_former_atc_code_is_one_medicine_with_its_successor() -> None:
    moved = Succession(
        kind=SuccessionKind.ATC, former="N03AX16", successor="N02BF02", since=date(2023, 1, 1), source="proef"
    )
    article = pl.DataFrame([{"product_name": "P", "atc": "N03AX16", "zi": 11000007}], schema=CATALOGUE)
    short = pl.DataFrame([("N02BF02", None, 11000007, *MARCH)], schema=SHORTAGES, orient="row")
    assert unavailable(short, article, (moved,)).rows() == [("N02BF02", None, None, *MARCH)]
