"""How every workbook of ours is written: safe texts, Dutch or English numbers and days, ready to read and to print.

A text is a text: it never becomes a formula, a link or a number, also not when somebody edits the cell. The same
sheets give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from formulary import Language

from .formula_text import is_formula

if TYPE_CHECKING:
    import xlsxwriter  # type: ignore[import-untyped]
    from xlsxwriter.format import Format  # type: ignore[import-untyped]
    from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]

Cell = str | int | float | Decimal | date | None

_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)  # a workbook names a time of making: no clock here
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TEXT_MAX = 32_767  # characters in a cell, by the format
_EXACT_BELOW = 10**15  # a number in a sheet has 15 digits; what is longer is written as text
_WIDTH_MIN, _WIDTH_MAX, _ROWS_MEASURED = 9, 60, 100
_A4, _AS_TEXT = 9, 49  # numbers of the format itself
_EVERY_CELL = "A1:XFD1048576"


class Kind(StrEnum):
    """What a column holds."""

    TEXT = "TEXT"
    WHOLE = "WHOLE"
    EUROS = "EUROS"
    SHARE = "SHARE"
    DAY = "DAY"


# The marks between thousands and before decimals follow the reader's own Excel; the order of a day does not.
_NUMBERS = {
    Language.NL: {Kind.WHOLE: "#,##0", Kind.EUROS: '"€" #,##0.00', Kind.SHARE: '0.0" "%', Kind.DAY: "dd-mm-yyyy"},
    Language.EN: {Kind.WHOLE: "#,##0", Kind.EUROS: '"€"#,##0.00', Kind.SHARE: "0.0%", Kind.DAY: "yyyy-mm-dd"},
}


@dataclass(frozen=True)
class Column:
    """A header and what stands under it; texts longer than `width` characters go on below each other."""

    header: str
    kind: Kind = Kind.TEXT
    width: int | None = None


@dataclass(frozen=True)
class Sheet:
    """One sheet: its tab, a title, sentences about it, and a table; `foot` is a last row outside the filter.

    Euros are given as exact `Decimal`, shares as numbers between 0 and 1, an unknown value as nothing; a `Decimal`
    among whole numbers keeps two decimals.
    """

    name: str
    title: str
    notes: Sequence[str]
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    foot: Sequence[Cell] = ()


class Looks:
    """The formats of a workbook: one for every kind of cell."""

    def __init__(self, book: "xlsxwriter.Workbook", language: Language) -> None:
        """Make them, in the manner of a language."""
        numbers = {Kind.TEXT: _AS_TEXT, **_NUMBERS[language]}
        wrapped = {"valign": "top", "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 15, "font_color": "#0B6B5D"})
        self.note = book.add_format({"font_color": "#4A5863"})
        self.header = book.add_format(
            {**wrapped, "bold": True, "bottom": 2, "bg_color": "#E7F0EE", "num_format": _AS_TEXT}
        )
        self.cells = {kind: book.add_format({"valign": "top", "num_format": told}) for kind, told in numbers.items()}
        self.decimals = book.add_format({"valign": "top", "num_format": "#,##0.00"})
        self.long_text = book.add_format({**wrapped, "num_format": _AS_TEXT})
        self.formula_text = book.add_format({**wrapped, "num_format": _AS_TEXT, "quote_prefix": True})
        total = {"bold": True, "top": 1, "valign": "top"}
        self.foot = {kind: book.add_format({**total, "num_format": told}) for kind, told in numbers.items()}


def write_book(out: Path | BytesIO, title: str, sheets: Sequence[Sheet], language: Language) -> None:
    """Write the sheets as one workbook; the same sheets give the same bytes."""
    import xlsxwriter  # here, because it takes long to load and few commands write a workbook

    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _CREATED, "title": title})
        looks = Looks(book, language)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, looks)


def write_pages(
    out: Path | BytesIO, title: str, pages: Mapping[str, Sequence[Sequence[Cell]]], widths: Sequence[int]
) -> None:
    """Write sheets that are no one table, row by row as they are to be read; amounts are `Decimal`."""
    import xlsxwriter  # here, as above

    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _CREATED, "title": title})
        looks = Looks(book, Language.NL)
        for name, rows in pages.items():
            written = book.add_worksheet(name)
            for place, width in enumerate(widths):
                written.set_column(place, place, width)
            for row, cells in enumerate(rows):
                for place, cell in enumerate(cells):
                    look = looks.cells[Kind.TEXT if isinstance(cell, str) else Kind.WHOLE]
                    _write(written, (row, place), None if cell == "" else cell, looks, look)


def _write_sheet(written: "Worksheet", sheet: Sheet, looks: Looks) -> None:
    _write_text(written, (0, 0), sheet.title, looks, looks.title)
    for row, note in enumerate(sheet.notes, 1):
        _write_text(written, (row, 0), note, looks, looks.note)
    head = len(sheet.notes) + 2
    for place, column in enumerate(sheet.columns):
        written.set_column(place, place, _width(sheet, place))
        _write_text(written, (head, place), column.header, looks, looks.header)
    for row, cells in enumerate(sheet.rows, head + 1):
        for place, cell in enumerate(cells):
            _write(written, (row, place), cell, looks, looks.cells[sheet.columns[place].kind])
    last = head + max(len(sheet.rows), 1)
    for place, cell in enumerate(sheet.foot):
        _write(written, (last + 1, place), cell, looks, looks.foot[sheet.columns[place].kind])
    written.autofilter(head, 0, last, len(sheet.columns) - 1)
    written.freeze_panes(head + 1, 1)
    _set_up_print(written, sheet, head)


def _set_up_print(written: "Worksheet", sheet: Sheet, head: int) -> None:
    written.set_paper(_A4)
    if sum(_width(sheet, place) for place in range(len(sheet.columns))) > 90:
        written.set_landscape()
    written.fit_to_pages(1, 0)
    written.repeat_rows(head)
    written.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    # An ampersand begins a code in a footer.
    written.set_footer(f"&L{sheet.title.replace('&', '&&')}&R&P / &N")
    # Codes are text on purpose; a green corner in every cell would only teach people to overlook such corners.
    written.ignore_errors({"number_stored_as_text": _EVERY_CELL})


def _write(written: "Worksheet", place: tuple[int, int], cell: Cell, looks: Looks, look: "Format") -> None:
    match cell:
        case None:
            written.write_blank(*place, None, look)
        case date():
            written.write_datetime(*place, datetime.combine(cell, time()), look)
        case Decimal() if look is looks.cells[Kind.WHOLE]:
            written.write_number(*place, cell, looks.decimals)
        case int() | float() | Decimal() if -_EXACT_BELOW < cell < _EXACT_BELOW:
            written.write_number(*place, cell, look)
        case _:
            _write_text(written, place, str(cell), looks, looks.long_text if look is looks.cells[Kind.TEXT] else look)


def _write_text(written: "Worksheet", place: tuple[int, int], text: str, looks: Looks, look: "Format") -> None:
    # The mark of a text stays when the cell is edited and entered again; without it `=` would begin a formula then.
    marked = looks.formula_text if is_formula(text) else look
    written.write_string(*place, text if len(text) <= _TEXT_MAX else text[: _TEXT_MAX - 1] + "…", marked)


def _width(sheet: Sheet, place: int) -> int:
    column = sheet.columns[place]
    if column.width is not None:
        return column.width
    shown = [row[place] for row in (*sheet.rows[:_ROWS_MEASURED], *([sheet.foot] if sheet.foot else []))]
    longest = max([len(column.header) + 3, *(len(str(cell)) for cell in shown if cell is not None)])
    return min(_WIDTH_MAX, max(_WIDTH_MIN, longest + 2))
