"""Workbooks as pharmacies have them, and workbooks made to do harm: what is read, what is told, what is refused."""

import io
import json
import subprocess
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from matcher import FileUnusable, LinesRead, Reading, read_lines
from matcher.read import workbook_guard
from matcher.read.workbook_child import main
from tests.matcher.books import HEAD, LINE, Cell, altered, ods, with_rows, xlsx
from tests.worlds import KEY

SHEET = "xl/worksheets/sheet1.xml"


def _read(folder: Path, content: bytes, sheet: str | None = None) -> LinesRead:
    path = folder / "lines.xlsx"
    path.write_bytes(content)
    return read_lines([path], Reading(folder / "work", KEY, sheet=sheet))


def _lines(folder: Path, rows: Sequence[Sequence[Cell]], *, is_1904: bool = False) -> list[dict[str, Any]]:
    return _read(folder, xlsx({"Blad1": rows}, date_1904=is_1904)).lines.collect().rows(named=True)


def _notes(read: LinesRead) -> dict[str, Any]:
    return {note.code: dict(note.values) for note in read.files[0].notes}


def test_an_export_reads_as_it_looks(tmp_path: Path) -> None:
    line = _lines(tmp_path, [HEAD, LINE])[0]
    told = {name: line[name] for name in ("line_no", "line_id", "dispensed_on", "prescriber_agb", "atc", "quantity")}
    assert list(told.values()) == [2, "1", "2026-01-05", "1012345", "A02BC01", "30"]


TITLED = [
    ("Afleveringen januari 2026",),
    (),
    (None, *HEAD),
    (None, *LINE),
    (),
    (None, *LINE),
    (None, None, None, "Totaal", None, 60),
]


def test_titles_above_and_totals_below_are_no_lines(tmp_path: Path) -> None:
    read = _read(tmp_path, xlsx({"Blad1": TITLED}))
    assert read.lines.collect()["line_no"].to_list() == [4, 6]
    assert (read.files[0].lines, read.files[0].blank_lines) == (2, 1)


def test_what_was_left_out_and_restored_is_told(tmp_path: Path) -> None:
    assert _notes(_read(tmp_path, xlsx({"Blad1": TITLED}))) == {
        "SHEET_READ": {"sheet": "Blad1", "row": 3},
        "TOTALS_LEFT_OUT": {"rows": "7"},
        "ZEROS_RESTORED": {"n": 2},
    }


@pytest.mark.parametrize(
    ("last", "n_lines"),
    [
        ((None, None, None, None, 60), 1),  # nothing but an amount
        (("Totaal", None, None, None, 60), 1),
        (("Aantal regels: 1",), 1),
        (("Subtotaal",), 1),
        (("Totaal", date(2026, 1, 6), 1012345, "A02BC01", 60), 2),  # a day and a prescriber: a line
        ((None, None, None, "A02BC01", 60), 2),  # a line that lacks something goes back to its sender
        ((2, None, 1012345, "A02BC01", 60), 2),
    ],
)
def test_only_what_can_be_no_line_is_a_total(tmp_path: Path, last: Sequence[Cell], n_lines: int) -> None:
    assert len(_lines(tmp_path, [HEAD, LINE, last])) == n_lines


@pytest.mark.parametrize("is_1904", [False, True])
@pytest.mark.parametrize("day", [date(2026, 1, 5), "05-01-2026", "2026-01-05"])
def test_days_are_days_however_they_are_kept(tmp_path: Path, day: Cell, *, is_1904: bool) -> None:
    line = _lines(tmp_path, [HEAD, (1, day, 1012345, "A02BC01", 30)], is_1904=is_1904)[0]
    assert line["dispensed_on"] in ("2026-01-05", "05-01-2026")


@pytest.mark.parametrize(("is_1904", "number"), [(False, 46027), (True, 46027 - 1462)])
def test_a_day_that_lost_its_format_is_counted_from_the_right_day(tmp_path: Path, is_1904: bool, number: int) -> None:
    line = _lines(tmp_path, [HEAD, (1, number, 1012345, "A02BC01", 30)], is_1904=is_1904)[0]
    assert line["dispensed_on"] == "46027"


def _cells(*cells: str) -> str:
    sound = ['<c r="A2"><v>1</v></c>', '<c r="B2"><v>46027</v></c>', '<c r="C2"><v>1012345</v></c>',
             '<c r="D2" t="inlineStr"><is><t>A02BC01</t></is></c>', '<c r="E2"><v>30</v></c>']  # fmt: skip
    row = "".join(next((cell for cell in cells if cell[6:8] == each[6:8]), each) for each in sound)
    return f'<row r="2">{row}</row>'


@pytest.mark.parametrize(
    ("cell", "damage"),
    [
        ('<c r="B2" t="e"><v>#N/A</v></c>', "CELL_WITHOUT_VALUE"),
        ('<c r="E2"><f>1+1</f></c>', "CELL_WITHOUT_VALUE"),
        ('<c r="E2"><f>1+1</f><v></v></c>', "CELL_WITHOUT_VALUE"),
        ('<c r="E2"><f>1+1</f><v>2</v></c>', None),
        ('<c r="E2" t="str"><f>""</f><v></v></c>', None),
    ],
)
def test_an_error_or_a_formula_without_outcome_breaks_its_line(tmp_path: Path, cell: str, damage: str | None) -> None:
    line = _read(tmp_path, with_rows(_cells(cell))).lines.collect().row(0, named=True)
    assert (line["damage"], line["atc"]) == (damage, "A02BC01")


def test_an_error_in_a_column_that_is_not_ours_breaks_nothing(tmp_path: Path) -> None:
    rows = _cells().replace("</row>", '<c r="F2" t="e"><v>#N/A</v></c></row>')
    assert _read(tmp_path, with_rows(rows)).lines.collect()["damage"].to_list() == [None]


def test_columns_that_are_empty_on_the_left_do_not_shift_what_is_broken(tmp_path: Path) -> None:
    content = xlsx({"Blad1": [(None, *HEAD), (None, *LINE)]})
    broken = altered(
        content, SHEET, lambda text: text.replace(b'<c r="F2"><v>30</v></c>', b'<c r="F2" t="e"><v>#REF!</v></c>')
    )
    assert _read(tmp_path, broken).lines.collect()["damage"].to_list() == ["CELL_WITHOUT_VALUE"]


# Which sheet --------------------------------------------------------------------------------------------------------

TWO = {"jan": [HEAD, LINE], "feb": [HEAD, LINE, LINE]}


def test_the_sheet_with_lines_is_found_among_others(tmp_path: Path) -> None:
    read = _read(tmp_path, xlsx({"Voorblad": [("Rapport",)], "Leeg": [], "Regels": [HEAD, LINE]}))
    assert _notes(read)["SHEET_READ"] == {"sheet": "Regels", "row": 1}


def test_of_several_sheets_with_lines_the_sender_chooses_one(tmp_path: Path) -> None:
    with pytest.raises(FileUnusable, match=r"'jan', 'feb'\. Choose one with --sheet"):
        _read(tmp_path, xlsx(TWO))
    (tmp_path / "b").mkdir()
    assert _read(tmp_path / "b", xlsx(TWO), "feb").files[0].lines == 2


def test_a_hidden_sheet_is_read_only_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert _read(tmp_path / "a", xlsx(TWO, hidden=["jan"])).files[0].lines == 2
    with pytest.raises(FileUnusable, match="only a hidden sheet"):
        _read(tmp_path, xlsx({"x": [("Rapport",)], "jan": [HEAD, LINE]}, hidden=["jan"]))
    (tmp_path / "b").mkdir()
    assert _read(tmp_path / "b", xlsx(TWO, hidden=["jan"]), "jan").files[0].lines == 1


# Other kinds --------------------------------------------------------------------------------------------------------


def test_open_document_sheets_are_read(tmp_path: Path) -> None:
    lines = _read(tmp_path, ods([("Titel",), HEAD, LINE])).lines.collect()
    assert lines.select("line_no", "dispensed_on", "prescriber_agb", "quantity").row(0) == (
        3,
        "2026-01-05",
        "1012345",
        "30",
    )


def test_what_the_other_process_tells_is_every_sheet_with_its_cells() -> None:
    told = io.BytesIO()
    main(io.BytesIO(xlsx({"a": [("x", "y")], "b": []}, hidden=["b"])), told)
    head, _, content = told.getvalue().partition(b"\n")
    assert head.startswith(b'{"name": "a", "is_visible": true')
    assert pl.read_ipc(io.BytesIO(content[: json.loads(head)["bytes"]])).rows() == [("x", "y")]


def test_a_reader_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object, timeout: float, **__: object) -> None:
        raise subprocess.TimeoutExpired("reader", timeout)

    monkeypatch.setattr(subprocess, "run", never)
    with pytest.raises(FileUnusable, match="too large"):
        _read(tmp_path, ods([HEAD, LINE]))


# ruff: noqa: E501  a refusal a line
# Made to do harm ----------------------------------------------------------------------------------------------------


def _inserted(text: str) -> bytes:
    return altered(
        xlsx({"Blad1": [HEAD, LINE]}), SHEET, lambda old: old.replace(b"<worksheet", text.encode() + b"<worksheet", 1)
    )


def _long_text() -> bytes:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(3, 40_003))
    return altered(with_rows(rows), "xl/sharedStrings.xml", lambda old: old.replace(b"Regelnummer", b"x" * 40_000))


def _unplaced(row: str, empty: str) -> str:
    cell = '<c t="n"><v>1</v></c>'
    return f"{row}{cell * 9_000}</row>{empty * 30_000}{row}{cell}</row>"


MANY_CELLS = (
    '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="string" '
    'table:number-columns-repeated="16384"><text:p>x</text:p></table:table-cell></table:table-row>'
)
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a cell in the last row and column": (lambda: with_rows('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "too large"),
    "a cell far off, oddly written": (lambda: with_rows("<row\tr='999999'><c r = 'XFD999999'><v>1</v></c></row>"), "too large"),
    "a cell far off in small letters": (lambda: with_rows('<row r="2"><c r="a2"><v>1</v></c><c r="xfd999999"><v>1</v></c></row>'), "too large"),
    "rows and cells that do not say where they are": (lambda: with_rows(_unplaced("<row>", "<row/>")), "too large"),
    "rows that say it in another attribute": (lambda: with_rows(_unplaced("""<row x=" r='1'">""", """<row x=" r='1'"/>""")), "too large"),
    "cells one after the other behind a far one": (lambda: with_rows(f'<row r="9"><c r="A9"/><c r="ZZ9"/>{"<c/>" * 9_000}</row><row r="900000"><c r="A900000"><v>1</v></c></row>'), "too large"),
    "a sheet of letters of two bytes": (lambda: altered(xlsx({"a": [HEAD, LINE]}), SHEET, lambda old: old.decode().encode("utf-16")), "damaged"),
    "entities far down": (lambda: _inserted(f'<!--{"x" * ((1 << 22) - 67)}--><!DOCTYPE a [<!ENTITY b "c">]>'), "damaged"),
    "a wide row": (lambda: with_rows('<row r="90000"><c r="XFD90000"><v>1</v></c></row>'), "too large"),
    "a long text a thousand times": (_long_text, "too large"),
    "one text of 90 MB": (lambda: with_rows(f'<row r="2"><c t="inlineStr"><is><t>{"x" * 90_000_000}</t></is></c></row>'), "too large"),
    "entities": (lambda: _inserted('<!DOCTYPE a [<!ENTITY b "c">]>'), "damaged"),
    "a password": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "an old workbook cut off": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
    "cut off": (lambda: xlsx({"Blad1": [HEAD, LINE]})[:-400], "damaged or incomplete"),
    "no sheet": (lambda: altered(xlsx({"a": [HEAD]}), "xl/workbook.xml", lambda old: old.replace(b"sheet ", b"shet ")), "not a single"),
    "no lines": (lambda: xlsx({"a": [], "b": []}), "not a single line"),
    "a sheet that is not there": (lambda: altered(xlsx({"a": [HEAD]}), "xl/_rels/workbook.xml.rels", lambda old: old.replace(b"sheet1", b"sheet9")), "damaged"),
    "XML that is none": (lambda: altered(xlsx({"a": [HEAD]}), "xl/workbook.xml", lambda old: old[:200]), "damaged"),
    "nothing but a header": (lambda: xlsx({"a": [HEAD]}), "header only"),
    "no prescriber": (lambda: xlsx({"a": [("Datum", "ATC"), ("x", "y")], "b": [("z",)]}), r"required column missing: voorschrijver \(prescriber_agb\)"),
    "open document without end": (lambda: ods([HEAD, LINE])[:-200], "damaged or incomplete"),
    "open document of a billion cells": (lambda: ods([HEAD, LINE], MANY_CELLS), "damaged|too large"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_workbook_that_cannot_or_may_not_be_read_is_refused(tmp_path: Path, name: str) -> None:
    make, sentence = REFUSED[name]
    with pytest.raises(FileUnusable, match=sentence):
        _read(tmp_path, make())


def test_a_workbook_of_many_cells_close_together_is_no_bomb(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(workbook_guard, "_CELLS_MAX", 100)  # the quick bound is above it, the exact number below
    assert len(_lines(tmp_path, [HEAD, LINE])) == 1


def test_rows_and_cells_need_not_say_where_they_are(tmp_path: Path) -> None:
    row = "".join(f'<c t="str"><v>{cell}</v></c>' for cell in ("7", "2026-01-05", "01012345", "A02BC01", "30"))
    line = _read(tmp_path, with_rows(f"<row>{row}</row>")).lines.collect().row(0, named=True)
    assert (line["line_no"], line["line_id"], line["atc"]) == (2, "7", "A02BC01")


def test_macros_are_not_run_and_that_is_told(tmp_path: Path) -> None:
    content = io.BytesIO(xlsx({"Blad1": [HEAD, LINE]}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"x")
    assert "MACROS_NOT_RUN" in _notes(_read(tmp_path, content.getvalue()))


def test_patients_are_pseudonyms_once_they_are_read(tmp_path: Path) -> None:
    rows = [(*HEAD, "BSN", "Geboortedatum", "Etiket"), (*LINE, 111222333, date(1961, 3, 12), "ZALF VOOR 111222333")]
    line = _lines(tmp_path, rows)[0]
    assert (line["patient"][:3], line["birth_year"], line["label"]) == ("ps-", "1961", "ZALF VOOR [bsn]")
