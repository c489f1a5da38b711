"""UZOVI numbers (Vektis): which health insurer; four digits."""

import polars as pl


def is_valid(code: str) -> bool:
    """Tell whether this is an UZOVI number.

    >>> is_valid("9664"), is_valid("964")
    (True, False)
    """
    return len(code) == 4 and code.isascii() and code.isdigit()


def compacted(column: pl.Expr) -> pl.Expr:
    """Return a text column's numbers as four digits, lost zeros restored; what is not one becomes null."""
    code = column.str.strip_chars()
    return pl.when(code.str.contains(r"^[0-9]{1,4}$")).then(code.str.zfill(4))
