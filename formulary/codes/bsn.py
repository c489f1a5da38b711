"""Citizen service numbers: recognised so that they are never written, never to be stored.

The eleven-test: nine digits weighed 9, 8, ... 2 and -1; the sum is divisible by 11.
"""

import re

import polars as pl

# Nine digits in a row, also with points, dashes or spaces between them and glued to letters.
_NINE_DIGITS = r"[0-9](?:[. -]?[0-9]){8}"
_STANDING_ALONE = rf"(?<![0-9]){_NINE_DIGITS}(?![0-9])"
MASK = "[bsn]"


def is_valid(text: str) -> bool:
    """Tell whether this text is a number that passes the eleven-test.

    >>> is_valid("111222333"), is_valid("111222334"), is_valid("000000000")
    (True, False, False)
    """
    if not re.fullmatch(r"[0-9]{9}", text) or text == "000000000":
        return False
    return sum(int(digit) * weight for digit, weight in zip(text, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)) % 11 == 0


def masked_text(text: str) -> str:
    """Return the text with every number in it that passes the eleven-test replaced by `[bsn]`.

    >>> masked_text("voor 111222333 thuis")
    'voor [bsn] thuis'
    """
    return re.sub(_STANDING_ALONE, lambda found: MASK if is_valid(re.sub(r"[. -]", "", found[0])) else found[0], text)


def masked(column: pl.Expr) -> pl.Expr:
    """Return a text column with citizen service numbers replaced; only distinct texts are looked at."""
    return column.map_batches(_mask_batch, return_dtype=pl.String(), is_elementwise=True)


def _mask_batch(texts: pl.Series) -> pl.Series:
    distinct = texts.unique()
    suspects = distinct.filter(distinct.str.contains(_NINE_DIGITS)).to_list()
    return texts.replace(suspects, [masked_text(text) for text in suspects]) if suspects else texts


def has_valid_test(column: pl.Expr) -> pl.Expr:
    """Return whether each text is nine digits that pass the eleven-test; nothing for other texts."""
    number = pl.when(column.str.contains(r"^[0-9]{9}$")).then(column).cast(pl.Int64, strict=False)
    weighed = [(number // 10**power) % 10 * (power + 1 if power else -1) for power in range(9)]
    return (pl.sum_horizontal(weighed, ignore_nulls=False) % 11 == 0) & (number > 0)
