"""Every workbook: texts stay texts, numbers are numbers in the reader's manner, and it prints on A4."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import fastexcel
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formulary import Language
from service.formula_text import is_formula, safe_cell, safe_text
from service.spreadsheet import Cell, Column, Kind, Sheet, write_book, write_pages

NL, EN = Language.NL, Language.EN
FORMULAS = [
    "=1+1", "+31 6", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r=1", "\n=1",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20A1", "-", "-A1",
]  # fmt: skip
PLAIN = ["omeprazol", "-2", "-2,50", "-1.234,50", "1=1", "", " x", "a@b"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_acts_on_is_a_formula(text: str) -> None:
    assert (is_formula(text), safe_cell(text)) == (True, f"'{text}")


@pytest.mark.parametrize("text", PLAIN)
def test_numbers_below_nought_and_other_texts_are_none(text: str) -> None:
    assert (is_formula(text), safe_cell(text)) == (False, text)


@given(st.lists(st.text(alphabet="=+-@\t\r\n\uff1d\uff0b\uff0d\uff20 019.,aé'"), min_size=1))
def test_a_column_is_made_safe_as_each_of_its_cells(texts: list[str]) -> None:
    column = pl.DataFrame({"text": texts}).select(safe_text(pl.col("text")).alias("safe"))["safe"]
    assert column.to_list() == [safe_cell(text) for text in texts]


def sheet_of(*cells: Cell, kind: Kind = Kind.TEXT, **more: object) -> Sheet:
    """Return a sheet with one column, and these cells under each other."""
    told = {"name": "Blad", "title": "Titel", "notes": ["Een opmerking."], "foot": ()} | more
    return Sheet(columns=[Column("Kop", kind)], rows=[(cell,) for cell in cells], **told)  # type: ignore[arg-type]


def parts_of(*sheets: Sheet, language: Language = NL) -> dict[str, str]:
    """Return the parts of a workbook by name."""
    out = BytesIO()
    write_book(out, "Titel", sheets, language)
    with ZipFile(out) as book:
        return {name.rpartition("/")[2]: book.read(name).decode() for name in book.namelist()}


def shown(*sheets: Sheet) -> list[tuple[object, ...]]:
    """Return the rows of the first sheet from the header on, as a reader of workbooks gives them."""
    out = BytesIO()
    write_book(out, "Titel", sheets, NL)
    rows = fastexcel.read_excel(out.getvalue()).load_sheet(0, header_row=None).to_polars().rows()
    return rows[len(sheets[0].notes) + 2 :]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_passes_for_a_formula_is_the_same_text_in_the_sheet(text: str) -> None:
    parts = parts_of(sheet_of(text))
    assert "<f>" not in parts["sheet1.xml"]
    assert 'quotePrefix="1"' in parts["styles.xml"]
    assert shown(sheet_of(f"x{text}", text))[2][0] == text.replace("\r", "\n") or "\r" in text


def test_a_plain_text_needs_no_mark() -> None:
    assert not re.search(
        r'<c r="A\d+" s="(\d+)" t="s"><v>\d+</v></c>.*<f>', parts_of(sheet_of("omeprazol"))["sheet1.xml"]
    )


def test_links_stay_texts() -> None:
    assert "hyperlink" not in parts_of(sheet_of("https://voorbeeld.example/"))["sheet1.xml"]


@pytest.mark.parametrize(("language", "day"), [(NL, "dd-mm-yyyy"), (EN, "yyyy-mm-dd")])
def test_numbers_and_days_are_real_ones_in_the_manner_of_the_language(language: Language, day: str) -> None:
    columns = [Column("a", Kind.WHOLE), Column("b", Kind.EUROS), Column("c", Kind.SHARE), Column("d", Kind.DAY)]
    row = (1234, Decimal("12.50"), 0.8125, date(2026, 3, 1))
    parts = parts_of(Sheet("Blad", "Titel", [], columns, [row]), language=language)
    assert re.findall(r"<v>([^<]*)</v></c>", parts["sheet1.xml"])[-4:] == ["1234", "12.50", "0.8125", "46082"]
    for told in ("#,##0", day, "€"):
        assert told in parts["styles.xml"]


def test_an_amount_too_long_for_a_number_stays_exact_as_text() -> None:
    assert shown(sheet_of(Decimal("90071992547409931.23"), kind=Kind.EUROS))[1] == ("90071992547409931.23",)


def test_an_amount_among_whole_numbers_keeps_its_decimals() -> None:
    assert shown(sheet_of(3, Decimal("2.50"), kind=Kind.WHOLE))[1:] == [("3",), ("2.5",)]


def test_a_text_longer_than_a_cell_is_cut_and_shows_it() -> None:
    (text,) = shown(sheet_of("x" * 40_000))[1]
    assert (len(str(text)), str(text)[-1]) == (32_767, "…")


def test_headers_stay_in_sight_filter_and_come_back_on_every_page_of_a4() -> None:
    parts = parts_of(sheet_of("a", "b", foot=("samen",)))
    for told in (
        '<pane xSplit="1" ySplit="4" topLeftCell="B5"',
        '<autoFilter ref="A4:A6"/>',
        'paperSize="9"',
        'fitToHeight="0"',
        "&amp;P / &amp;N",
    ):
        assert told in parts["sheet1.xml"]
    assert 'Print_Titles" localSheetId="0">Blad!$4:$4<' in parts["workbook.xml"]


def test_a_wide_table_lies_on_its_side_and_a_narrow_one_stands() -> None:
    wide = Sheet("Blad", "Titel", [], [Column("Kop", width=60)] * 3, [])
    assert 'orientation="landscape"' in parts_of(wide)["sheet1.xml"]
    assert 'orientation="portrait"' in parts_of(sheet_of())["sheet1.xml"]


def test_the_same_sheets_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_book(tmp_path / name, "Titel", [sheet_of("=1", 2)], NL)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_pages_that_are_no_table_are_written_as_they_are_read() -> None:
    out = BytesIO()
    write_pages(out, "Titel", {"Blad": [["Kop"], [], ["=1", "", 3, Decimal("2.50")]]}, (20, 10))
    rows = fastexcel.read_excel(out.getvalue()).load_sheet(0, header_row=None).to_polars().rows()
    assert rows[-1] == ("=1", None, 3.0, 2.5)
