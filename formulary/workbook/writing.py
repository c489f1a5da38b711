"""Write a rules folder as one workbook: the same folder gives the same bytes; no text becomes a formula or a link."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import _SENTENCES, Fault, RulesInvalid
from ..sentences import Language
from .cells import Value
from .folder_tables import Page, pages_of
from .naming import INDEX_SHEETS, described, sheet_name

if TYPE_CHECKING:
    import xlsxwriter  # type: ignore[import-untyped]

# The day of a workbook is not the day of its making: the same rules must give the same bytes.
_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001  a document property without a zone
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TEXT_MAX = 32_767
_WHOLE_MAX = 10**15  # a number in a sheet has 15 digits
_WIDTH_MIN, _WIDTH_MAX, _ROWS_MEASURED = 10, 60, 200
_EVERY_CELL = "A1:XFD1048576"


@dataclass(frozen=True)
class Written:
    """How many sheets were written, the files that are no table, and those whose bytes will come back different."""

    sheets: int
    left_out: tuple[str, ...]
    rewritten: tuple[str, ...]


class _Looks(NamedTuple):
    """The formats of cells."""

    header: "xlsxwriter.format.Format"
    text: "xlsxwriter.format.Format"
    day: "xlsxwriter.format.Format"
    title: "xlsxwriter.format.Format"


def write_workbook(folder: Path, out: Path, language: Language) -> Written:
    """Write every table of a rules folder to `out`, one a sheet after a first sheet that explains them.

    Raises RulesNotFound where this is no rules folder, and RulesInvalid with every fault that keeps a file from being
    a table. What the rules say is not judged: a draft with faults can be mended in the workbook.
    """
    found = pages_of(folder)
    faults = [*found.faults, *(fault for page in found.pages for fault in _too_long(page))]
    if faults:
        raise RulesInvalid("WORKBOOK_INVALID", folder.name, faults)
    names: list[str] = []
    for page in found.pages:
        names.append(sheet_name(page.target, [*names, *INDEX_SHEETS.values()]))
    import xlsxwriter  # here, because who only reads rules need not wait for it

    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"title": found.title, "created": _CREATED})
        looks = _looks(book)
        _write_index(
            book.add_worksheet(INDEX_SHEETS[language]), list(zip(names, found.pages, strict=True)), looks, language
        )
        for name, page in zip(names, found.pages, strict=True):
            _write_page(book.add_worksheet(name), page, looks)
    return Written(len(found.pages), found.left_out, found.rewritten)


def _looks(book: "xlsxwriter.Workbook") -> _Looks:
    return _Looks(
        header=book.add_format({"bold": True, "bottom": 1, "num_format": "@"}),
        # Typed into a cell of this format, 01 stays 01 and 2-1 does not become a day.
        text=book.add_format({"num_format": "@"}),
        day=book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        title=book.add_format({"bold": True, "font_size": 14}),
    )


def _write_index(
    sheet: "xlsxwriter.worksheet.Worksheet", named: list[tuple[str, Page]], looks: _Looks, language: Language
) -> None:
    sheet.write_string(0, 0, _SENTENCES.say("WORKBOOK_TITLE", language), looks.title)
    row = 2
    for line in _SENTENCES.say("WORKBOOK_GUIDE", language).splitlines():
        sheet.write_string(row, 0, line)
        row += 1
    for column, header in enumerate(_SENTENCES.say("WORKBOOK_INDEX", language).split("|")):
        sheet.write_string(row + 1, column, header, looks.header)
    for n, (name, page) in enumerate(named, row + 2):
        for column, text in enumerate((name, str(page.target), described(page.target, language))):
            sheet.write_string(n, column, text, looks.text)
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 40)
    sheet.set_column(2, 2, 70)


def _write_page(sheet: "xlsxwriter.worksheet.Worksheet", page: Page, looks: _Looks) -> None:
    sheet.freeze_panes(1, 0)
    # Codes are text on purpose; a green corner in every cell would only teach people to overlook such corners.
    sheet.ignore_errors({"number_stored_as_text": _EVERY_CELL})
    for column, header in enumerate(page.header):
        sheet.set_column(column, column, _width(page, column), looks.text if page.target.is_table else None)
        sheet.write_string(0, column, header, looks.header)
    for row, column, value in _filled(page):
        _write(sheet, (row, column), value, looks)


def _write(sheet: "xlsxwriter.worksheet.Worksheet", place: tuple[int, int], value: Value, looks: _Looks) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(*place, value)
    elif isinstance(value, date) and not isinstance(value, datetime):
        sheet.write_datetime(*place, datetime.combine(value, time()), looks.day)
    elif isinstance(value, int | float) and abs(value) < _WHOLE_MAX:
        sheet.write_number(*place, value)
    else:
        sheet.write_string(*place, str(value), looks.text)


def _filled(page: Page) -> Iterator[tuple[int, int, Value]]:
    for row, values in enumerate(page.rows, 1):
        for column, value in enumerate(values):
            if value != "":
                yield row, column, value


def _width(page: Page, column: int) -> int:
    texts: list[Any] = [page.header[column], *(values[column] for values in page.rows[:_ROWS_MEASURED])]
    return min(_WIDTH_MAX, max(_WIDTH_MIN, 2 + max(len(str(text)) for text in texts)))


def _too_long(page: Page) -> list[Fault]:
    return [
        Fault("CELL_TOO_LONG", page.target.file, row + 1, page.header[column], {"n": len(value), "most": _TEXT_MAX})
        for row, column, value in _filled(page)
        if isinstance(value, str) and len(value) > _TEXT_MAX
    ]
