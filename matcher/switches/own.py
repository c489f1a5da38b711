"""Whose own a deviation is: the only lines of which a prescriber can be told to do otherwise."""

import polars as pl

from ..enumerations import AttributedTo, Outcome, Reason


def is_own_deviation() -> pl.Expr:
    """Tell of each line whether it is a deviation of the prescriber for which the formulary prefers something."""
    return is_own() & is_switch()


def is_own() -> pl.Expr:
    """Tell of each line whether it deviates and the prescriber chose it."""
    return (pl.col("outcome") == Outcome.NON_ADHERENT) & (pl.col("attributed_to") == AttributedTo.PRESCRIBER)


def is_switch() -> pl.Expr:
    """Tell of each line, or of each choice, whether the formulary prefers something that can be switched to.

    A medicine for another indication than the one coded is a switch only within its own anatomical main group (ATC,
    first level): from a blood pressure tablet to a laxative, it is the code that is odd and not the choice.
    """
    wanted = pl.concat_str(pl.lit("|"), pl.col("preferred_atc"))
    main_group = pl.concat_str(pl.lit("|"), pl.col("matched_atc").str.head(1))
    is_odd_code = (pl.col("reason") == Reason.OTHER_INDICATION) & ~wanted.str.contains(main_group, literal=True)
    return ~is_odd_code & pl.col("preferred_atc").is_not_null()
