"""Read the cells of one sheet: values with their place; formulas, merged cells and what is hidden become problems."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .archive import Archive
from .xml_parts import read_part, unescaped

Value = str | int | float | bool | date

# Far beyond any rule book, far within what a machine holds: one cell in the last row of a sheet may not be a bomb.
_ROWS_MAX, _COLUMNS_MAX, _CELLS_MAX = 300_000, 500, 3_000_000
_TOLD_MAX = 20
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Problem(NamedTuple):
    """Something in a sheet that cannot be read as a table, at a cell or (with none) of the sheet as a whole."""

    code: str
    cell: str | None
    values: dict[str, object]


@dataclass
class Sheet:
    """The cells of a sheet that hold something, by row and column (both counting from 1), and its problems."""

    name: str
    rows: dict[int, dict[int, Value]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class Values(NamedTuple):
    """What the values of cells refer to: shared texts, which styles are dates, and the day that dates count from."""

    strings: list[str]
    date_styles: set[int]
    day_zero: date


def read_sheet(archive: Archive, part: str, name: str, values: Values) -> Sheet:
    """Return the cells of one sheet; what may not be in it is in its problems."""
    reader = _SheetReader(archive, Sheet(name), values)
    read_part(archive, part, reader)
    return reader.finished()


def letters(column: int) -> str:
    """Return how a column is named.

    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def place_of(reference: str) -> tuple[int, int] | None:
    """Return row and column of a cell, or nothing where this is no cell.

    >>> place_of("G14"), place_of("AA1"), place_of("14")
    ((14, 7), (1, 27), None)
    """
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        return None
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found[2]), column


class _SheetReader:
    """Follows the XML of a sheet from row to row."""

    def __init__(self, archive: Archive, sheet: Sheet, values: Values) -> None:
        self._archive, self._sheet, self._values = archive, sheet, values
        self._row = self._column = self._cells = 0
        self._type, self._style = "n", 0
        self._pieces: list[str] = []
        self._is_value = self._is_phonetic = False
        self._hidden_rows: list[int] = []
        self._hidden_columns: list[tuple[int, int]] = []
        self._told: Counter[str] = Counter()

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take note of an element that opens."""
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t"}:
            self._is_value = not self._is_phonetic
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._problem("FORMULA", self._reference())
        elif name == "rPh":
            self._is_phonetic = True
        elif name == "mergeCell":
            self._problem("MERGED_CELLS", attributes.get("ref"))
        elif name == "col" and _is_true(attributes.get("hidden")):
            self._hidden_columns.append((int(attributes["min"]), int(attributes["max"])))

    def end(self, name: str) -> None:
        """Take note of an element that closes."""
        if name in {"v", "t"}:
            self._is_value = False
        elif name == "rPh":
            self._is_phonetic = False
        elif name == "c" and self._pieces:
            self._end_cell()

    def text(self, text: str) -> None:
        """Take in text within an element."""
        if self._is_value:
            self._pieces.append(text)

    def finished(self) -> Sheet:
        """Return the sheet, once what is hidden and what was told too often have become problems."""
        for row in self._hidden_rows:
            if row in self._sheet.rows:
                self._problem("HIDDEN_ROW", f"A{row}", row=row)
        filled = {column for row in self._sheet.rows.values() for column in row}
        for first, last in self._hidden_columns:
            for column in sorted(column for column in filled if first <= column <= last):
                self._problem("HIDDEN_COLUMN", f"{letters(column)}1", column=letters(column))
        for code, times in self._told.items():
            if times > _TOLD_MAX:
                self._sheet.problems.append(Problem("AND_MORE", None, {"n": times - _TOLD_MAX, "code": code}))
        return self._sheet

    def _start_row(self, attributes: Mapping[str, str]) -> None:
        self._row = int(attributes.get("r", self._row + 1))
        self._column = 0
        if _is_true(attributes.get("hidden")):
            self._hidden_rows.append(self._row)

    def _start_cell(self, attributes: Mapping[str, str]) -> None:
        place = place_of(attributes["r"]) if "r" in attributes else (self._row, self._column + 1)
        if place is None:
            raise self._archive.unreadable(attributes["r"])
        self._row, self._column = place
        self._cells += 1
        if self._row > _ROWS_MAX or self._column > _COLUMNS_MAX or self._cells > _CELLS_MAX:
            raise self._archive.refused(
                "SHEET_TOO_LARGE",
                sheet=self._sheet.name,
                cell=self._reference(),
                rows=_ROWS_MAX,
                columns=_COLUMNS_MAX,
            )
        self._type, self._style = attributes.get("t", "n"), int(attributes.get("s", 0))
        self._pieces = []

    def _end_cell(self) -> None:
        value = self._value_of("".join(self._pieces))
        if value is not None and value != "":
            self._sheet.rows.setdefault(self._row, {})[self._column] = value

    def _value_of(self, raw: str) -> Value | None:
        if self._type == "s":
            return self._string(raw)
        if self._type in {"inlineStr", "str"}:
            return unescaped(raw)
        if self._type == "b":
            return raw.strip() == "1"
        if self._type == "e":
            self._problem("CELL_ERROR", self._reference(), value=raw)
            return None
        return date.fromisoformat(raw[:10]) if self._type == "d" else self._number(float(raw))

    def _string(self, raw: str) -> str:
        number = int(raw)
        if not 0 <= number < len(self._values.strings):
            raise self._archive.unreadable(self._reference())
        return self._values.strings[number]

    def _number(self, number: float) -> Value | None:
        whole = int(number) if number.is_integer() else None
        if self._style not in self._values.date_styles:
            return number if whole is None else whole
        try:
            day = self._values.day_zero + timedelta(days=int(number))
        except OverflowError:
            self._problem("NOT_A_DATE", self._reference(), value=whole)
            return None
        if whole is not None:
            return day
        return datetime(day.year, day.month, day.day) + timedelta(days=number % 1)  # noqa: DTZ001  a sheet knows no zone

    def _reference(self) -> str:
        return f"{letters(self._column)}{self._row}"

    def _problem(self, code: str, cell: str | None, **values: object) -> None:
        self._told[code] += 1
        if self._told[code] <= _TOLD_MAX:
            self._sheet.problems.append(Problem(code, cell, values))


def _is_true(text: str | None) -> bool:
    return text in {"1", "true"}
