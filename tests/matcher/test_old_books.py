"""Workbooks of the older kinds, .xls and .xlsb: read as an .xlsx of the same rows, damaged ones read or refused."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from matcher import FileUnusable, Reading, read_lines
from matcher.clean import clean_lines
from tests.matcher.books import HEAD, LINE, Cell, xlsx
from tests.matcher.old_books import NOT_AVAILABLE, xls, xlsb
from tests.worlds import KEY

KINDS = {"xls": xls, "xlsb": xlsb}
ROWS: list[tuple[Cell, ...]] = [
    ("Afleveringen januari 2026",),
    HEAD,
    LINE,
    (2, date(2026, 1, 31), "01012345", "C10AA01", 2.5),
    (3, "31-01-2026", 1012345, "C10AA01", None),
    ("Totaal", None, None, None, 62.5),
]


def _clean(folder: Path, name: str, content: bytes) -> pl.DataFrame:
    path = folder / name
    path.write_bytes(content)
    read = read_lines([path], Reading(folder / f"{name}-work", KEY))
    return clean_lines(read.lines, KEY).lines.drop("source").collect()


@pytest.mark.parametrize("kind", KINDS)
def test_an_older_workbook_says_what_an_xlsx_of_the_same_rows_says(tmp_path: Path, kind: str) -> None:
    lines = _clean(tmp_path, f"lines.{kind}", KINDS[kind](ROWS))
    assert lines["dispensed_on"].to_list() == [date(2026, 1, 5), date(2026, 1, 31), date(2026, 1, 31)]
    assert lines.equals(_clean(tmp_path, "lines.xlsx", xlsx({"Blad1": ROWS})))


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_told_by_the_content_and_not_by_the_name(tmp_path: Path, kind: str) -> None:
    assert _clean(tmp_path, "lines.csv", KINDS[kind](ROWS)).height == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_cell_with_an_error_is_an_empty_cell(tmp_path: Path, kind: str) -> None:
    rows = [*ROWS[:3], (4, date(2026, 1, 5), 1012345, NOT_AVAILABLE, 30)]
    assert _clean(tmp_path, f"lines.{kind}", KINDS[kind](rows))["problem"].to_list() == [None, "NO_PRODUCT"]


@pytest.mark.parametrize("percent", [10, 50, 90, 99])
@pytest.mark.parametrize("kind", KINDS)
def test_one_that_is_cut_off_is_refused(tmp_path: Path, kind: str, percent: int) -> None:
    content = KINDS[kind]([HEAD, *[LINE] * 300])
    with pytest.raises(FileUnusable):
        _clean(tmp_path, f"lines.{kind}", content[: len(content) * percent // 100])


@pytest.mark.parametrize("place", range(0, 100, 12))
@pytest.mark.parametrize("kind", KINDS)
def test_one_with_bits_flipped_is_read_or_refused(tmp_path: Path, kind: str, place: int) -> None:
    content = bytearray(KINDS[kind](ROWS))
    content[len(content) * place // 100] ^= 0xFF
    try:
        n_lines = _clean(tmp_path, f"lines.{kind}", bytes(content)).height
    except FileUnusable:
        return
    assert 1 <= n_lines <= 4
