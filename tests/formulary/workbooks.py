"""Small workbooks for tests: made cell by cell, or a good one with a part replaced by something hostile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from formulary import RulesInvalid
from formulary.workbook import SheetFault, Workbook

Rows = Sequence[Sequence[Any]]
Place = tuple[str, str | None, str | None]
TABLE: Rows = [["a", "b"], ["1", "2"], ["3", "4"]]
SHEET_1 = "xl/worksheets/sheet1.xml"
SPREADSHEETML = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REGION: Rows = [
    ["field", "value"],
    ["id", "streek"],
    ["name", "Streek"],
    ["invented", True],
    ["source", "verzonnen"],
    ["lookback_days", 365],
]


def workbook(path: Path, sheets: Mapping[str, Rows], touch: Callable[[Any, Any], None] | None = None) -> Path:
    """Write a workbook; `touch` may do more to (workbook, its last sheet)."""
    options = {"strings_to_formulas": False, "default_date_format": "dd-mm-yyyy"}
    with xlsxwriter.Workbook(path, options) as book:
        sheet = None
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row_no, row in enumerate(rows):
                for column, value in enumerate(row):
                    if value is not None and value != "":
                        sheet.write(row_no, column, _midnight(value))
        if touch is not None:
            touch(book, sheet)
    return path


def with_parts(source: Path, target: Path, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> Path:
    """Copy a workbook with some of its parts replaced, changed, or added."""
    with ZipFile(source) as old, ZipFile(target, "w") as new:
        for name in old.namelist():
            change = parts.get(name, old.read(name))
            new.writestr(name, change if isinstance(change, bytes) else change(old.read(name)))
        for name in parts.keys() - set(old.namelist()):
            change = parts[name]
            assert isinstance(change, bytes)
            new.writestr(name, change)
    return target


def _midnight(value: Any) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value


def read_all(path: Path) -> Workbook:
    rules = Workbook(path)
    for name in rules.files():
        rules.content(rules.path / name)
    return rules


def places(rules: Workbook) -> list[Place]:
    return [(fault.code, fault.sheet, fault.cell) for fault in rules.placed() if isinstance(fault, SheetFault)]


def faults_of(path: Path, sheets: Mapping[str, Rows], touch: Callable[[Any, Any], None] | None = None) -> list[Place]:
    return places(read_all(workbook(path / "rules.xlsx", sheets, touch)))


def sheet_xml(rows: str, root: str = f'worksheet xmlns="{SPREADSHEETML}"') -> bytes:
    name = root.partition(" ")[0]
    prefix = f"{name.partition(':')[0]}:" if ":" in name else ""
    return f"<{root}><{prefix}sheetData>{rows}</{prefix}sheetData></{name}>".encode()


def with_sheet(path: Path, xml: bytes) -> Path:
    """A workbook with one sheet, `catalogue`, of which this is the XML."""
    good = workbook(path / "good.xlsx", {"catalogue": TABLE})
    return with_parts(good, path / "rules.xlsx", {SHEET_1: xml})


def refusal(path: Path) -> str:
    with pytest.raises(RulesInvalid) as refused:
        read_all(path)
    return refused.value.code
