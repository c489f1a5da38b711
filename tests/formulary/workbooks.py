"""Small workbooks for tests: made cell by cell, or a good one with a part replaced by something hostile."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import xlsxwriter  # type: ignore[import-untyped]

Rows = Sequence[Sequence[Any]]
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
