"""AGB codes (Vektis): who provides care. Two digits for the kind of provider, six for the number; no check digit."""

import re

import polars as pl

PATTERN = r"^[0-9]{8}$"
SPECIALIST = "03"
_CAN_BE_RESTORED = r"^[1-9][0-9]{6}$"  # a spreadsheet drops one leading zero, never more: no kind is 00


def compact(text: str) -> str:
    """Return the code as eight digits, with the zero that a spreadsheet dropped put back.

    >>> compact("1012345"), compact("01-012345"), compact("ABC123")
    ('01012345', '01012345', 'ABC123')
    """
    code = re.sub(r"[\s.-]", "", text)
    return "0" + code if re.fullmatch(_CAN_BE_RESTORED[1:-1], code) else code


def is_valid(code: str) -> bool:
    """Tell whether this is an AGB code.

    >>> is_valid("01012345"), is_valid("1012345"), is_valid("00012345")
    (True, False, False)
    """
    return re.fullmatch(PATTERN[1:-1], code) is not None and not code.startswith("00")


def compacted(column: pl.Expr) -> pl.Expr:
    """Return a text column's codes as eight digits, lost zeros restored; what is not a code becomes null."""
    code = column.str.replace_all(r"[\s.-]", "")
    code = pl.when(code.str.contains(_CAN_BE_RESTORED)).then(pl.lit("0") + code).otherwise(code)
    return pl.when(code.str.contains(PATTERN) & ~code.str.starts_with("00")).then(code)
