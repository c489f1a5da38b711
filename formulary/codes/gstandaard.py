"""The 7+1 codes of the Dutch product standard: ZI (article), HPK (trade), PRK (prescription), GPK (generic).

The check: pad to 8 digits, weigh them 8, 7, ... 1; the sum is divisible by 11 (Z-Index, field ATKODE: modulo-11).
ZI numbers in two ranges are made locally and mean something else in every pharmacy: they are never matched.
"""

import re

import polars as pl

CODE_KINDS = ("zi", "hpk", "prk", "gpk")  # from the most to the least specific
LOCAL_ZI_RANGES = ((12_900_000, 12_999_999), (90_000_000, 99_999_999))
_HIGHEST = 99_999_999


def compact(text: str) -> int | None:
    """Return the code as a number, or nothing where the text is not one.

    >>> compact(" 0015468852"), compact("15.468.852"), compact("abc")
    (15468852, 15468852, None)
    """
    digits = re.sub(r"[\s.]", "", text)
    if not re.fullmatch(r"[0-9]{1,14}", digits):
        return None
    number = int(digits)
    return number if 0 < number <= _HIGHEST else None


def is_valid(code: int) -> bool:
    """Tell whether the check digit holds.

    >>> is_valid(15468852), is_valid(52272), is_valid(15468853)
    (True, True, False)
    """
    return 0 < code <= _HIGHEST and sum((8 - n) * int(digit) for n, digit in enumerate(f"{code:08d}")) % 11 == 0


def is_local(zi: int) -> bool:
    """Tell whether this ZI number is a pharmacy's own."""
    return any(first <= zi <= last for first, last in LOCAL_ZI_RANGES)


def with_check_digit(stem: int) -> int | None:
    """Return the code whose first seven digits are `stem`, or nothing where no digit makes it valid."""
    return next((stem * 10 + digit for digit in range(10) if is_valid(stem * 10 + digit)), None)


def compacted(column: pl.Expr) -> pl.Expr:
    """Return a text column's codes as Int32; what is not a code becomes null."""
    digits = column.str.replace_all(r"[\s.]", "").str.strip_chars_start("0")
    return pl.when(digits.str.len_bytes() <= 8).then(digits).cast(pl.Int32, strict=False)


def has_valid_check(column: pl.Expr) -> pl.Expr:
    """Return whether each Int32 code's check digit holds."""
    weighed = [(column // 10**power) % 10 * (power + 1) for power in range(8)]
    return (column > 0) & (column <= _HIGHEST) & (pl.sum_horizontal(weighed) % 11 == 0)


def has_local_range(column: pl.Expr) -> pl.Expr:
    """Return whether each Int32 ZI number is a pharmacy's own."""
    return pl.any_horizontal([column.is_between(first, last) for first, last in LOCAL_ZI_RANGES])
