"""ATC codes (WHO): anatomical group, two digits, two letters, two digits; level 4 is the first five characters."""

import re

import polars as pl

PATTERN = r"^[A-Z][0-9]{2}[A-Z]{2}[0-9]{2}$"
_PREFIX = re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?")
GROUP_LENGTH = 5


def compact(text: str) -> str:
    """Return the code in capitals without spaces.

    >>> compact(" a02bc01 ")
    'A02BC01'
    """
    return text.replace(" ", "").upper()


def is_valid(code: str) -> bool:
    """Tell whether this is a full, seven-character code.

    >>> is_valid("A02BC01"), is_valid("A02BC"), is_valid("A02BC1")
    (True, False, False)
    """
    return re.fullmatch(PATTERN[1:-1], code) is not None


def is_group(code: str) -> bool:
    """Tell whether this is a code at any of the five levels.

    >>> is_group("A02BC"), is_group("A02BC01"), is_group("A0")
    (True, True, False)
    """
    return _PREFIX.fullmatch(code) is not None


def compacted(column: pl.Expr) -> pl.Expr:
    """Return a text column's codes in capitals without spaces; what is not a full code becomes null."""
    code = column.str.replace_all(" ", "", literal=True).str.to_uppercase()
    return pl.when(code.str.contains(PATTERN)).then(code)


def group_of(column: pl.Expr) -> pl.Expr:
    """Return each code's group at level 4."""
    return column.str.head(GROUP_LENGTH)
