"""A cleaned label cut into words, numbers, strengths and the signs between them; one pattern for one and for many."""

import re

import polars as pl

from ..vocabulary import rows_of
from .text import clean_text, clean_texts, on_all_cores

# Every repetition is bounded: "1/1/1/..." must cost no more than its length.
_NUMBER = r"[0-9]+(?:[.,][0-9]+){0,6}"
# Long units first: the first alternative that fits is taken, in Python and in polars alike.
_UNITS = sorted((re.escape(row["word"]) for row in rows_of("units") if row["word"] != "%"), key=len, reverse=True)
_UNIT = r"(?:(?:" + "|".join(unit.replace(r"\ ", " ?") for unit in _UNITS) + r")\b|%)"
STRENGTH = rf"{_NUMBER}(?: ?[/+] ?{_NUMBER}){{0,6}} ?{_UNIT}(?: ?[/+] ?(?:{_NUMBER} ?)?{_UNIT}){{0,6}}"
TOKEN = rf"{STRENGTH}|{_NUMBER}|[A-Z]+|[/+()]"
_TOKEN = re.compile(TOKEN)


def tokens_of(label: str) -> list[str]:
    """Return the tokens of one label in order; a strength with its units is one token."""
    return _TOKEN.findall(clean_text(label))


def tokens_in(labels: pl.Series) -> pl.Series:
    """Return the tokens of every label as lists, in the order of the column."""
    return on_all_cores(clean_texts(labels), pl.col("text").str.extract_all(TOKEN))
