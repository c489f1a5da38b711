"""Lines that ask for somebody's attention: what could not be understood, and what nobody could name.

They are taken out in the pass that writes the lines, so that nobody reads all lines again for the few that these are.
"""

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from .distinct import IN_ORDER
from .enumerations import Outcome
from .frames import KEPT_LINES

# Everything that may be told of a line that was not understood: where it is, what is wrong, and what is safe to repeat.
INVALID_LINES = pl.Schema(
    {
        name: KEPT_LINES[name]
        for name in (
            "source", "line_no", "outcome", "problem", "patient", "birth_year", "line_id", "reversal_of", "linked_to",
        )
    }
)  # fmt: skip
_WRITTEN = ("label", "zi", "hpk", "prk", "gpk", "atc")
_UNNAMED_KEY = (*_WRITTEN, "decision", "match_reason", "prescriber_agb")
# A row for each thing that nobody could name, as it was written, and prescriber: how many lines, and of how many cents.
UNNAMED = pl.Schema(
    {**{name: KEPT_LINES[name] for name in _UNNAMED_KEY}, "lines": pl.Int64(), "cost_cents": pl.Int128()}
)


class Troubled(NamedTuple):
    """Lines that were not understood (`INVALID_LINES`, in the order read), and what nobody could name (`UNNAMED`)."""

    invalid: pl.DataFrame
    unnamed: pl.DataFrame


def asked_of_trouble(lines: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Return the questions whose answers are `told_of_trouble`, to be asked together with others.

    Texts may be categories: to make texts of them here would be to make them of every line.
    """
    is_invalid = (pl.col("outcome") == Outcome.INVALID) | pl.col("problem").is_not_null()
    unnamed = lines.filter(pl.col("outcome") == Outcome.UNIDENTIFIED).group_by(_UNNAMED_KEY)
    # As wide as can be: the sum of a column of cents may pass what 64 bits hold, and would then wrap silently.
    summed = unnamed.agg(pl.len().cast(pl.Int64).alias("lines"), pl.col("cost_cents").cast(pl.Int128).sum())
    return [lines.filter(is_invalid).select(INVALID_LINES.names()), summed]


def told_of_trouble(answers: Sequence[pl.DataFrame]) -> Troubled:
    """Return the answers in words."""
    invalid, unnamed = answers
    return Troubled(invalid.cast(INVALID_LINES), unnamed.cast(UNNAMED))


def troubled_of(lines: pl.LazyFrame) -> Troubled:
    """Return what asks for attention of lines that are kept already."""
    return told_of_trouble(pl.collect_all(asked_of_trouble(lines), optimizations=IN_ORDER))
