"""Lines carry a number, and what is known of that number is looked up: with gaps or without, the same is found."""

import polars as pl
import pytest

from matcher import distinct
from matcher.distinct import looked_up_in

TABLE = pl.DataFrame({"number": [7, 2, 5], "told": ["g", "b", None], "size": [70, 20, 50]})


@pytest.mark.parametrize("filled_up_to", [0, 7, 8, 1 << 24])
@pytest.mark.parametrize(
    ("number", "told"),
    [
        (2, ("b", 20)),
        (7, ("g", 70)),
        (5, (None, 50)),
        (0, (None, None)),
        (3, (None, None)),
        (8, (None, None)),
        (10**12, (None, None)),
        (None, (None, None)),
    ],
)
def test_a_number_is_told_what_the_table_says_of_it(
    number: int | None, told: tuple[str | None, int | None], filled_up_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distinct, "_WITH_GAPS", filled_up_to)
    lines = pl.LazyFrame({"number": [number, 2]}, schema={"number": pl.UInt64})
    found = lines.with_columns(looked_up_in("number", TABLE)).collect()
    assert found.select("told", "size").rows() == [told, ("b", 20)]


@pytest.mark.parametrize("filled_up_to", [0, 1 << 24])
def test_a_table_without_rows_tells_nothing(filled_up_to: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distinct, "_WITH_GAPS", filled_up_to)
    lines = pl.LazyFrame({"number": [0, 2]}, schema={"number": pl.UInt64})
    assert lines.with_columns(looked_up_in("number", TABLE.head(0))).collect()["told"].to_list() == [None, None]
