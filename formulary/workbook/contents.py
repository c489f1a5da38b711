"""What a sheet says: a table as canonical CSV, or part of a TOML document; and in which cell each thing stands.

Canonical CSV is UTF-8, divided by commas, each line ended by a line feed, quoted only where needed, no blank lines.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from .cells import Problem, Sheet, Value, letters
from .nested import nested

FIELD_HEADERS = {("field", "value"), ("veld", "waarde")}
_COMMA_DECIMAL = re.compile(r"-?[0-9]+,[0-9]+")
# 1.000 may be a thousand with a Dutch point; 1.5 and 12.25 can only be decimals.
_POINT_DECIMAL = re.compile(r"-?[0-9]+\.(?![0-9]{3}$)[0-9]+")


@dataclass
class Places:
    """Where things stand in a sheet: the row of each line, list place or id; the column or cell of each field."""

    sheet: str
    rows: dict[int, int] = field(default_factory=dict)
    columns: dict[tuple[str, ...], str] = field(default_factory=dict)
    cells: dict[tuple[str, ...], str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A sheet with a header: the header, and each row with its number in the sheet; blank cells are empty."""

    header: list[str]
    rows: list[tuple[int, list[Value]]]
    places: Places


def table_of(sheet: Sheet) -> Table:
    """Return a sheet as a table; cells without a header above them become problems of the sheet."""
    ordered = sorted(sheet.rows.items())
    first_row, first = ordered[0] if ordered else (1, {})
    width = max(first, default=0)
    header = [text_of(first.get(column, "")) for column in range(1, width + 1)]
    _note_headers(sheet, header, first_row)
    rows = []
    for row_no, cells in ordered[1:]:
        beside = min((column for column in cells if column > width), default=None)
        if beside is not None:
            sheet.problems.append(Problem("CELL_OUTSIDE", f"{letters(beside)}{row_no}", {}))
        rows.append((row_no, [cells.get(column, "") for column in range(1, width + 1)]))
    columns = {_steps(name): letters(n) for n, name in enumerate(header, 1)}
    return Table(header, rows, Places(sheet.name, {n: row for n, (row, _) in enumerate(rows, 1)}, columns))


def csv_of(sheet: Sheet) -> tuple[bytes, Places]:
    """Return a sheet as canonical CSV, and where its lines stand; decimals written in two ways become a problem."""
    table = table_of(sheet)
    rows = [(row_no, [text_of(value) for value in values]) for row_no, values in table.rows]
    _note_decimals(sheet, [values for _, values in rows], [row_no for row_no, _ in rows])
    line, lines = 1 + _breaks(table.header), {}
    for row_no, values in rows:
        line += 1 + _breaks(values)
        lines[line] = row_no
    written = csv_bytes([table.header, *(values for _, values in rows)] if table.header else [])
    return written, Places(sheet.name, lines, table.places.columns)


def csv_bytes(rows: Iterable[Sequence[str]]) -> bytes:
    """Return rows as canonical CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def fields_of(sheet: Sheet) -> tuple[dict[str, Any], Places]:
    """Return a sheet of fields and values as a document; fields that do not fit become problems of the sheet."""
    table = table_of(sheet)
    places = Places(sheet.name)
    if tuple(name.casefold() for name in table.header) not in FIELD_HEADERS:
        sheet.problems.append(Problem("SHEET_HEADER", "A1", {}))
        return {}, places
    named = [(row_no, text_of(name), value) for row_no, (name, value) in table.rows if name != ""]
    content, unfit = nested((name, value) for _, name, value in named)
    for row_no, name, _ in named:
        places.cells[_steps(name)] = f"B{row_no}"
        if name in unfit:
            sheet.problems.append(Problem("FIELD_INVALID", f"A{row_no}", {"value": name}))
    return content, places


def list_of(sheet: Sheet) -> tuple[list[dict[str, Any]], Places]:
    """Return a sheet with a row for each table of a list; a cell that is blank is a field that is not given."""
    table = table_of(sheet)
    found = []
    for row_no, values in table.rows:
        given = [(name, value) for name, value in zip(table.header, values, strict=True) if value != ""]
        content, unfit = nested(given)
        found.append(content)
        table.places.ids.setdefault(str(content.get("id")), row_no)
        for name in unfit:
            cell = f"{letters(table.header.index(name) + 1)}{row_no}"
            sheet.problems.append(Problem("FIELD_INVALID", cell, {"value": name}))
    return found, table.places


def text_of(value: Value) -> str:
    """Return a value as the tables of a rules folder write it: days as yyyy-mm-dd, decimals with a point."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else repr(value)


def _steps(name: str) -> tuple[str, ...]:
    """Return a field's name as the faults of documents spell it, whatever marks its lists."""
    return tuple(re.findall(r'[^.\[\]{}"]+', name))


def _note_headers(sheet: Sheet, header: list[str], row_no: int) -> None:
    for n, name in enumerate(header, 1):
        if not name.strip():
            sheet.problems.append(Problem("COLUMN_NAMELESS", f"{letters(n)}{row_no}", {}))


def _note_decimals(sheet: Sheet, rows: list[list[str]], row_nos: list[int]) -> None:
    for n, column in enumerate(zip(*rows, strict=True), 1):
        points = [row_no for row_no, text in zip(row_nos, column, strict=True) if _POINT_DECIMAL.fullmatch(text)]
        commas = next((text for text in column if _COMMA_DECIMAL.fullmatch(text)), None)
        if points and commas is not None:
            sheet.problems.append(Problem("DECIMALS_MIXED", f"{letters(n)}{points[0]}", {"value": commas}))


def _breaks(values: list[str]) -> int:
    return sum(value.count("\n") for value in values)
