"""ICPC-1-NL codes: a chapter letter, two digits, and optionally a sub-code (T90.02). 30 to 69 are process codes."""

import re

import polars as pl

_CODE = re.compile(r"([ABDFHKLNPRSTUWXYZ])([0-9]{2})(?:\.([0-9]{2}))?")


def is_valid(code: str) -> bool:
    """Tell whether this is a code.

    >>> is_valid("T90.02"), is_valid("R97"), is_valid("C01")
    (True, True, False)
    """
    return _CODE.fullmatch(code) is not None


def is_process(code: str) -> bool:
    """Tell whether this code names what was done instead of what someone has.

    >>> is_process("A50"), is_process("A01")
    (True, False)
    """
    return 30 <= int(code[1:3]) <= 69


def bounds(text: str) -> tuple[str, str] | None:
    """Return the first and last code that `K86`, `T90.02` or `K86-K87` covers, or nothing where it is neither.

    A code without a sub-code covers its sub-codes; both bounds then sort as text.

    >>> bounds("K86-K87"), bounds("T90.02"), bounds("K87-K86")
    (('K86', 'K87.99'), ('T90.02', 'T90.02'), None)
    """
    first, _, last = text.partition("-")
    last = last or first
    if not (is_valid(first) and is_valid(last)):
        return None
    end = last if "." in last else f"{last}.99"
    return (first, end) if first <= end and first[0] == end[0] else None


def compacted(column: pl.Expr) -> pl.Expr:
    """Return a text column's codes in capitals; what is not a code becomes null."""
    code = column.str.replace_all(" ", "", literal=True).str.to_uppercase()
    return pl.when(code.str.contains(r"^[ABDFHKLNPRSTUWXYZ][0-9]{2}(\.[0-9]{2})?$")).then(code)
