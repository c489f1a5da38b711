"""Strangers' texts in cells: what a spreadsheet would take for a formula is kept from being one.

A label or a name may begin with a character that Excel, LibreOffice or Google Sheets acts on when the file is opened.
In CSV a quote goes before such a text; in a workbook the cell itself says that it is text (`spreadsheet.py`).
Source: OWASP, CSV injection.
"""

import re

import polars as pl

# Full-width signs are made plain by Asian versions of Excel; a tab or line end lets what follows begin a cell.
_STARTS_ONE = r"^[=+@\t\r\n\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}]"
_STARTS_ONE_HERE = re.compile("^[=+@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_MINUS, _NEGATIVE_NUMBER = "-", r"-[0-9]+(?:[.,][0-9]+)*"


def is_formula(text: str) -> bool:
    """Tell whether a spreadsheet may take this text for a formula; a negative number is none.

    >>> is_formula("=1+1"), is_formula("-2+3+cmd|' /C calc'!A0"), is_formula("-2,50"), is_formula("OMEPRAZOL 20MG")
    (True, True, False, False)
    """
    negative = text.startswith(_MINUS) and not re.fullmatch(_NEGATIVE_NUMBER, text)
    return negative or _STARTS_ONE_HERE.match(text) is not None


def safe_cell(text: str) -> str:
    """Return a text for a cell of a CSV file: with a quote before it where it may pass for a formula.

    >>> safe_cell("@SUM(A1)"), safe_cell("omeprazol")
    ("'@SUM(A1)", 'omeprazol')
    """
    return f"'{text}" if is_formula(text) else text


def safe_text(text: pl.Expr) -> pl.Expr:
    """Return a column of texts as `safe_cell` writes each."""
    negative = text.str.starts_with(_MINUS) & ~text.str.contains(rf"^{_NEGATIVE_NUMBER}$")
    return pl.when(negative | text.str.contains(_STARTS_ONE)).then(pl.lit("'") + text).otherwise(text)
