"""Write dispensing lines as a workbook, as a pharmacy exports it: Dutch headers, days and numbers as Excel has them.

A code of digits is a number in it, so that it loses its zeros, as it does in real exports; there is a title above the
headers and a total below the lines. What is no day or no number stays the text that it is.
"""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]

from .demo_claims import WRITTEN_DAYS

_HEADERS = {
    "line_id": "Regelnummer",
    "dispensed_on": "Afleverdatum",
    "prescriber_agb": "Voorschrijver AGB",
    "prescriber_specialism": "Specialisme",
    "pharmacy_agb": "Apotheek AGB",
    "practice_agb": "Praktijk AGB",
    "patient": "Patiëntnummer",
    "birth_year": "Geboortejaar",
    "sex": "Geslacht",
    "insurer_uzovi": "UZOVI",
    "zi": "ZI-nummer",
    "hpk": "HPK-code",
    "prk": "PRK-code",
    "gpk": "GPK-code",
    "atc": "ATC-code",
    "label": "Etiket",
    "quantity": "Aantal",
    "cost": "Bedrag",
    "cost_cents": "Bedrag in centen",
    "icpc": "ICPC",
    "first_issue": "Eerste uitgifte",
    "remark": "Opmerking",
    "reversal_of": "Credit van",
}
_CODES = (
    "prescriber_agb",
    "pharmacy_agb",
    "practice_agb",
    "prescriber_specialism",
    "insurer_uzovi",
    "zi",
    "cost_cents",
)
_DECIMALS = ("quantity", "cost")
_TITLE, _TOTAL = "Afleveringen van een verzonnen apotheek", "Totaal"
_HEADER_ROW = 2
_MADE = datetime(2026, 1, 1)  # noqa: DTZ001  a workbook keeps no zone; the same lines make the same file
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(lines: pl.DataFrame, out: Path) -> Path:
    """Write lines under our own column names, as text, as an .xlsx and return its path; empty columns are left out."""
    filled = [name for name in _HEADERS if name in lines.columns and lines[name].null_count() < lines.height]
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        book.set_properties({"created": _MADE})
        sheet, day = book.add_worksheet("Afleveringen"), book.add_format({"num_format": "dd-mm-yyyy"})
        sheet.write_string(0, 0, _TITLE)
        sheet.write_row(_HEADER_ROW, 0, [_HEADERS[name] for name in filled])
        for place, name in enumerate(filled):
            cells, style = _cells(lines, name), day if name == "dispensed_on" else None
            sheet.write_column(_HEADER_ROW + 1, place, cells, style)
        sheet.write_string(
            _HEADER_ROW + 1 + lines.height, filled.index("quantity") if "quantity" in filled else 0, _TOTAL
        )
    return out


def _cells(lines: pl.DataFrame, name: str) -> Sequence[date | float | str | None]:
    """Return what Excel would hold of a column: a day or a number where the text is one."""
    text = pl.col(name)
    if name == "dispensed_on":
        typed = pl.coalesce(text.str.to_date(each, strict=False) for each in WRITTEN_DAYS)
    elif name in _CODES:
        typed = pl.when(text.str.contains(r"^\d{1,15}$")).then(text).cast(pl.Int64)
    elif name in _DECIMALS:
        typed = (
            pl.when(text.str.contains(r"^-?\d{1,9}([.,]\d{1,3})?$"))
            .then(text.str.replace(",", ".", literal=True))
            .cast(pl.Float64)
        )
    else:
        return lines[name].to_list()
    both = lines.select(typed.alias("typed"), text.alias("text"))
    return [each if each is not None else written for each, written in both.rows()]
