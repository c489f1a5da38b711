"""`rejects.xlsx`: the rejected lines for whoever works in Excel, wrong cells coloured and explained in a comment."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from matcher import PRODUCT_COLUMNS, Problem

_SHEET = "rejects"
# The day that stands in the file as its making: the same lines give the same bytes.
_MADE = datetime(2000, 1, 1, tzinfo=UTC)
_WIDTH, _WIDTH_OF_SENTENCE = 16, 60
# Which of our columns a problem is about; of any other the row as a whole is wrong, and its explanation is coloured.
_ABOUT: dict[str, tuple[str, ...]] = {
    Problem.NO_DATE: ("dispensed_on",),
    Problem.BAD_DATE: ("dispensed_on",),
    Problem.NO_PRESCRIBER: ("prescriber_agb",),
    Problem.BAD_PRESCRIBER: ("prescriber_agb",),
    Problem.NO_PRODUCT: PRODUCT_COLUMNS,
    Problem.BAD_QUANTITY: ("quantity",),
    Problem.NEGATIVE_QUANTITY: ("quantity", "reversal_of"),
    Problem.BAD_COST: ("cost", "cost_cents"),
    Problem.DUPLICATE_LINE_ID: ("line_id",),
}


def write_rejects_book(file: Path, rejected: pl.DataFrame, headers: dict[str, str]) -> None:
    """Write rejected lines as a workbook; `headers` are the sender's own, by our column.

    `rejected` begins with source, line_no, problem and the sentence that explains it. Every cell is text: nothing in
    it is a formula, a link or a number that loses its zeros.
    """
    import xlsxwriter  # type: ignore[import-untyped]  # here, because it takes long to load

    properties = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(file), properties) as book:
        book.set_properties({"created": _MADE})
        sheet = book.add_worksheet(_SHEET)
        text, wrong, head = (
            book.add_format({"num_format": "@", **more})
            for more in ({}, {"bg_color": "#FFD7D0", "border": 1}, {"bold": True, "bottom": 1})
        )
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, rejected.height, rejected.width - 1)
        sheet.set_column(0, rejected.width - 1, _WIDTH, text)
        sheet.set_column(3, 3, _WIDTH_OF_SENTENCE, text)
        sheet.write_row(0, 0, rejected.columns, head)
        for n, row in enumerate(rejected.rows(), 1):
            marked = _marked(row[2], rejected.columns, headers)
            for column, cell in enumerate(row):
                sheet.write(n, column, "" if cell is None else str(cell), wrong if column in marked else text)
            for column in marked:
                sheet.write_comment(n, column, row[3])


def _marked(problem: str, columns: list[str], headers: dict[str, str]) -> list[int]:
    """Return the places of the cells that a problem is about."""
    named = [headers[ours] for ours in _ABOUT.get(problem, ()) if ours in headers]
    return [columns.index(name) for name in named] or [3]
