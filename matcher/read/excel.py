"""Read a workbook of lines: the sheet and row of the header are found, titles and totals left out and told.

The line number is the row in the sheet. A cell with an error in it, or a formula without an outcome, breaks its line.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from formulary import bsn

from ..enumerations import Problem
from ..errors import FileUnusable
from .door import Door
from .found import Found, Note
from .headers import Header, header_row, recognise
from .source import Source
from .workbook import Sheet, Workbook, kind_of, open_workbook

_HEADER_ROWS = 50  # a header may stand below titles, not below pages of them
_TOTAL_ROWS = 5
_TOTAL = r"(?i)^\s*((sub|eind|generaal|general|grand)?\s*totaa?l(en)?|som|sum|aantal (regels|afleveringen))\b"
_DAYS_1904 = 1_462  # from the day that Excel counts from to the one that older Macintosh workbooks count from
_NEEDED = ("dispensed_on", "prescriber_agb")
_AMOUNTS = ("quantity", "cost", "cost_cents")
_LOST_ZERO = r"^[1-9]\d{6}$"


class _Table(NamedTuple):
    """A sheet in which a header was found: on which row (from 0), and what it means."""

    sheet: Sheet
    row: int
    header: Header


def is_workbook(source: Source) -> bool:
    """Tell whether a file is a workbook of a kind that is read."""
    return kind_of(source) in ("xlsx", "xlsb", "ods", "xls")


def read_excel(source: Source) -> Found:
    """Return the lines of a workbook, or raise FileUnusable with what is wrong with it."""
    kind = kind_of(source) or "other"
    workbook = open_workbook(source, kind)
    table = _table(workbook, source)
    header, (sheet, row, _) = table.header, table
    cells = sheet.cells.with_row_index("\0row").slice(row + 1)
    numbered = cells.select((pl.col("\0row").cast(pl.Int64()) + 1).alias("line_no"), *_columns(table))
    is_blank = pl.all_horizontal(pl.col(name).is_null() for name in header.wanted)
    filled = numbered.filter(~is_blank)
    lines, totals = _without_totals(filled)
    damaged = _with_damage(lines, workbook, table)
    typed = _with_days(damaged, is_1904=workbook.looked is not None and workbook.looked.is_1904)
    notes = [*_notes_on(workbook, table, len(workbook.sheets)), *_notes_on_lines(lines, totals)]
    safe = Door(header, source.reading.key).passed(typed)
    n_blank = numbered.height - filled.height
    return Found(safe.lazy(), header, safe.height, n_blank, notes=tuple(notes))


def _table(workbook: Workbook, source: Source) -> _Table:
    """Return the one sheet with lines in it; what a reader cannot choose between is for the sender to say."""
    named = source.reading.sheet
    asked = [sheet for sheet in workbook.sheets if (sheet.is_visible if named is None else sheet.name == named)]
    if not asked:
        code = "SHEET_UNKNOWN" if named else "WORKBOOK_EMPTY"
        raise FileUnusable(code, source.name, sheet=named, sheets=_names(workbook.sheets))
    tables, refused = _tables(asked, source)
    if len(tables) > 1:
        raise FileUnusable("SHEETS_SEVERAL", source.name, sheets=_names([table.sheet for table in tables]))
    if not tables:
        hidden = [sheet for sheet in workbook.sheets if not sheet.is_visible] if named is None else []
        if hidden and _tables(hidden, source)[0]:
            raise FileUnusable("SHEET_HIDDEN", source.name, sheets=_names(hidden))
        raise refused[0] if refused else FileUnusable("WORKBOOK_EMPTY", source.name, sheets=_names(asked))
    return tables[0]


def _tables(sheets: Sequence[Sheet], source: Source) -> tuple[list[_Table], list[FileUnusable]]:
    """Return the sheets in which a header was found, and how those with something else in them are refused."""
    tables: list[_Table] = []
    refused: list[tuple[int, FileUnusable]] = []
    for sheet in sheets:
        rows = [[_plain(cell) for cell in row] for row in sheet.cells.head(_HEADER_ROWS).rows()]
        found = header_row(rows, source.reading.header_map)
        first = next((n for n, row in enumerate(rows) if any(row)), None)
        n = first if found is None else found
        if n is None:
            continue
        try:
            tables.append(_Table(sheet, n, recognise(rows[n], source.name, source.reading.header_map)))
        except FileUnusable as error:
            refused.append((found is None, error))
    # A header with something missing tells more than a sheet with no header at all.
    return tables, [error for _, error in sorted(refused, key=lambda each: each[0])]


def _columns(table: _Table) -> list[pl.Expr]:
    """Return what is read of a sheet, under our names: text without the midnight that Excel gives to a day."""
    names = [_plain(cell) for cell in table.sheet.cells.row(table.row)]
    places = {ours: str(names.index(theirs)) for ours, theirs in table.header.wanted.items()}
    return [_text(pl.col(place)).alias(ours) for ours, place in places.items()]


def _text(cell: pl.Expr) -> pl.Expr:
    text = cell.str.strip_chars().str.strip_suffix(" 00:00:00").str.replace_all("_x000D_", "", literal=True)
    return pl.when(text.str.len_bytes() > 0).then(text)


def _plain(cell: str | None) -> str:
    return re.sub(r"\s+", " ", cell or "").strip()


def _without_totals(lines: pl.DataFrame) -> tuple[pl.DataFrame, list[int]]:
    """Return the lines without the totals at their end, and the rows that these stand on.

    A total has no day and no prescriber, and either says that it is one or has nothing but amounts.
    """
    n_totals = 0
    for row in reversed(lines.tail(_TOTAL_ROWS).drop("line_no").rows(named=True)):
        if not _is_total({name: str(cell) for name, cell in row.items() if cell is not None}):
            break
        n_totals += 1
    kept = lines.head(lines.height - n_totals)
    return kept, lines.tail(n_totals)["line_no"].to_list()


def _is_total(row: dict[str, str]) -> bool:
    says_so = any(re.match(_TOTAL, cell) for cell in row.values())
    needed = [row[name] for name in _NEEDED if name in row]
    if any(not re.match(_TOTAL, cell) for cell in needed):
        return False
    return says_so or set(row) <= set(_AMOUNTS)


def _with_damage(lines: pl.DataFrame, workbook: Workbook, table: _Table) -> pl.DataFrame:
    faults = workbook.faults_in(table.sheet)
    if not faults or workbook.looked is None:
        return lines
    names = [_plain(cell) for cell in table.sheet.cells.row(table.row)]
    first = next(n for n, name in enumerate(names) if name)
    offset = workbook.looked.first_filled(table.sheet.part, table.row + 1) - first
    wanted = {names.index(theirs) + offset for theirs in table.header.columns.values()}
    rows = sorted({place.row for place in faults if place.column in wanted})
    problem = pl.lit(Problem.CELL_WITHOUT_VALUE, pl.Enum(Problem))
    return lines.with_columns(pl.when(pl.col("line_no").is_in(rows)).then(problem).alias("damage"))


def _with_days(lines: pl.DataFrame, *, is_1904: bool) -> pl.DataFrame:
    if not is_1904 or "dispensed_on" not in lines.columns:
        return lines
    day = pl.col("dispensed_on")
    counted = (day.cast(pl.Int32, strict=False) + _DAYS_1904).cast(pl.String)
    return lines.with_columns(pl.when(day.str.contains(r"^\d{5}$")).then(counted).otherwise(day).alias("dispensed_on"))


def _notes_on(workbook: Workbook, table: _Table, n_sheets: int) -> list[Note]:
    notes = []
    if n_sheets > 1 or table.row > 0:
        notes.append(Note("SHEET_READ", {"sheet": bsn.masked_text(table.sheet.name), "row": table.row + 1}))
    if workbook.looked is not None and workbook.looked.has_macros:
        notes.append(Note("MACROS_NOT_RUN"))
    return notes


def _notes_on_lines(lines: pl.DataFrame, totals: Sequence[int]) -> list[Note]:
    notes = [Note("TOTALS_LEFT_OUT", {"rows": ", ".join(map(str, totals))})] if totals else []
    n_short = int(lines["prescriber_agb"].str.contains(_LOST_ZERO).sum()) if "prescriber_agb" in lines.columns else 0
    return [*notes, Note("ZEROS_RESTORED", {"n": n_short})] if n_short else notes


def _names(sheets: Sequence[Sheet]) -> str:
    return ", ".join(f"'{bsn.masked_text(sheet.name)}'" for sheet in sheets)
