"""A catalogue remembers: former codes and names keep the days on which they held."""

from datetime import date

import polars as pl
import pytest

from formulary import CATALOGUE
from formulary.importers import DeliveryInvalid, with_history


def catalogue(*rows: tuple[str, int | None, int | None, str | None, str | None]) -> pl.DataFrame:
    """(name, zi, prk, valid from, valid until); everything else empty."""
    columns = ("product_name", "zi", "prk", "valid_from", "valid_until")
    frame = pl.DataFrame(
        rows,
        schema=dict.fromkeys(columns[:1], pl.String)
        | {
            "zi": pl.Int32,
            "prk": pl.Int32,
            "valid_from": pl.String,
            "valid_until": pl.String,
        },
        orient="row",
    ).with_columns(pl.col("valid_from", "valid_until").str.to_date())
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in CATALOGUE.items() if name not in frame.columns]
    return frame.with_columns(absent).select(CATALOGUE.names())


def shown(frame: pl.DataFrame) -> list[tuple[object, ...]]:
    columns = ("product_name", "zi", "prk", "valid_from", "valid_until")
    return [tuple(None if each is None else str(each) for each in row) for row in frame.select(columns).rows()]


JULY = date(2026, 7, 1)


def test_a_product_that_did_not_change_keeps_its_first_day() -> None:
    previous = catalogue(("A", 1, 10, "2026-01-01", None), ("B", 2, 20, None, None))
    now = catalogue(("A", 1, 10, None, None), ("B", 2, 20, None, None))
    assert shown(with_history(now, previous, JULY)) == [
        ("A", "1", "10", "2026-01-01", None),
        ("B", "2", "20", None, None),
    ]


def test_a_changed_code_begins_and_the_former_one_ends_the_day_before() -> None:
    previous, now = catalogue(("A", 1, 10, None, None)), catalogue(("A", 1, 11, None, None))
    assert shown(with_history(now, previous, JULY)) == [
        ("A", "1", "11", "2026-07-01", None),
        ("A", "1", "10", None, "2026-06-30"),
    ]


def test_a_new_product_begins_and_a_withdrawn_one_can_still_be_found() -> None:
    previous, now = catalogue(("A", 1, 10, None, None)), catalogue(("B", 2, 20, None, None))
    assert shown(with_history(now, previous, JULY)) == [
        ("B", "2", "20", "2026-07-01", None),
        ("A", "1", "10", None, "2026-06-30"),
    ]


def test_former_codes_of_former_deliveries_stay() -> None:
    previous = catalogue(("A", 1, 11, "2026-03-01", None), ("A", 1, 10, None, "2026-02-28"))
    now = catalogue(("A", 1, 12, None, None))
    assert shown(with_history(now, previous, JULY)) == [
        ("A", "1", "12", "2026-07-01", None),
        ("A", "1", "11", "2026-03-01", "2026-06-30"),
        ("A", "1", "10", None, "2026-02-28"),
    ]


def test_reading_a_mended_delivery_again_on_its_day_leaves_no_trace_of_the_mistake() -> None:
    previous = catalogue(("A", 1, 99, "2026-07-01", None), ("A", 1, 10, None, "2026-06-30"))
    now = catalogue(("A", 1, 11, None, None))
    assert shown(with_history(now, previous, JULY)) == [
        ("A", "1", "11", "2026-07-01", None),
        ("A", "1", "10", None, "2026-06-30"),
    ]


def test_a_list_that_keeps_its_own_history_is_not_doubled() -> None:
    both = catalogue(("A", 1, 11, "2026-03-01", None), ("A", 1, 10, None, "2026-02-28"))
    assert shown(with_history(both, both, JULY)) == shown(both)


def test_an_older_delivery_after_a_newer_one_is_refused() -> None:
    previous = catalogue(("A", 1, 10, "2026-08-01", None))
    with pytest.raises(DeliveryInvalid) as refused:
        with_history(catalogue(("A", 1, 10, None, None)), previous, JULY)
    assert refused.value.code == "PREVIOUS_IS_LATER"
