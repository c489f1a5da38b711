"""Citizen service numbers: recognised so that they are never written, never to be stored.

The eleven-test: nine digits weighed 9, 8, ... 2 and -1; the sum is divisible by 11.
"""

import re

import polars as pl

_STANDING_ALONE = r"\b[0-9]{9}\b"
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
    return re.sub(_STANDING_ALONE, lambda found: MASK if is_valid(found[0]) else found[0], text)


def masked(column: pl.Expr) -> pl.Expr:
    """Return a text column with citizen service numbers replaced; only distinct texts are looked at."""
    return column.map_batches(_mask_batch, return_dtype=pl.String(), is_elementwise=True)


def _mask_batch(texts: pl.Series) -> pl.Series:
    distinct = texts.unique()
    suspects = distinct.filter(distinct.str.contains(_STANDING_ALONE)).to_list()
    return texts.replace(suspects, [masked_text(text) for text in suspects]) if suspects else texts
