"""Whose own a deviation is: the only lines of which a prescriber can be told to do otherwise."""

import polars as pl

from ..enumerations import AttributedTo, Outcome


def is_own_deviation() -> pl.Expr:
    """Tell of each line whether it is a deviation of the prescriber for which the formulary prefers something."""
    return (
        (pl.col("outcome") == Outcome.NON_ADHERENT)
        & (pl.col("attributed_to") == AttributedTo.PRESCRIBER)
        & pl.col("preferred_atc").is_not_null()
    )
