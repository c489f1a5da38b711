"""Who belongs where on a day: from prescriber to practice, group, sub-region and region; never as it is today."""

from datetime import date, timedelta
from itertools import pairwise

import polars as pl
import polars.selectors as cs

from formulary import Level

WHO = ("prescriber_agb", "practice_agb", "pharmacy_agb")
_CLASS = ("period_no", "class")
_UPWARDS = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.SUBREGION)


def epoch_of_day(memberships: pl.DataFrame) -> pl.Expr:
    """Return the number of the stretch of days, within which nobody changed place, that each day is in."""
    days = [(pl.col("dispensed_on") >= day).fill_null(value=False).cast(pl.Int32) for day in _change_days(memberships)]
    return pl.sum_horizontal(pl.lit(0, pl.Int32), *days)


def added_up(lines: pl.LazyFrame) -> list[pl.LazyFrame]:
    """Return how many lines there are, and of how many cents, by who prescribed them and by who dispensed them.

    `lines` names prescriber, practice and pharmacy (`WHO`) by their AGB codes, as text, category or number, and has
    the `period_no`, the `epoch` of its day, its `class` and `cost_cents`. Neither is worked out yet, so that many can
    be asked in one look at the lines.
    """
    amounts = [pl.len().cast(pl.Int64).alias("lines"), pl.col("cost_cents").sum().alias("cents")]
    return [
        lines.group_by(*_CLASS, "epoch", "prescriber_agb", "practice_agb").agg(amounts),
        lines.group_by(*_CLASS, "pharmacy_agb").agg(amounts),
    ]


def at_every_level(lines: pl.LazyFrame, memberships: pl.DataFrame, region: str) -> pl.DataFrame:
    """Return how many lines there are, and of how many cents, per period, level, id and class (`levelled`)."""
    prescribed, dispensed = pl.collect_all(added_up(lines))
    return levelled(prescribed, dispensed, memberships, region)


def levelled(prescribed: pl.DataFrame, dispensed: pl.DataFrame, memberships: pl.DataFrame, region: str) -> pl.DataFrame:
    """Return the amounts of lines `added_up` at every level: `period_no`, `level`, `id`, `class`, `lines`, `cents`.

    Where the structure says which practice a prescriber was in, it goes before the line.
    """
    everywhere = placed(_named(prescribed), memberships)
    who = {
        Level.PRESCRIBER: pl.col("prescriber_agb"),
        Level.PRACTICE: pl.col("practice"),
        Level.GROUP: pl.col("group"),
        Level.SUBREGION: pl.col("subregion"),
        Level.REGION: pl.lit(region),
    }
    levels = [_at_level(everywhere, level, id_) for level, id_ in who.items()]
    return pl.concat([*levels, _at_level(_named(dispensed), Level.PHARMACY, pl.col("pharmacy_agb"))])


def _named(totals: pl.DataFrame) -> pl.DataFrame:
    codes = cs.by_name(*WHO, require_all=False)
    return totals.with_columns((codes & cs.integer()).cast(pl.String).str.zfill(8)).with_columns(codes.cast(pl.String))


def _at_level(totals: pl.DataFrame, level: Level, id_: pl.Expr) -> pl.DataFrame:
    named = totals.with_columns(id_.alias("id")).filter(pl.col("id").is_not_null())
    added = named.group_by("id", *_CLASS).agg(pl.col("lines", "cents").sum())
    return added.select("period_no", pl.lit(level, pl.Enum(Level)).alias("level"), "id", "class", "lines", "cents")


def placed(totals: pl.DataFrame, memberships: pl.DataFrame) -> pl.DataFrame:
    """Return the totals with practice, group and subregion as they were in each epoch."""
    epochs = _epochs(memberships)
    found = totals.with_columns(pl.col("prescriber_agb").alias(Level.PRESCRIBER))
    for lower, upper in pairwise(_UPWARDS):
        held = _held(memberships.filter(pl.col("level") == lower), epochs)
        found = found.join(
            held.rename({"id": lower, "part_of": upper}), on=[lower, "epoch"], how="left", maintain_order="left"
        )
        if upper is Level.PRACTICE:
            found = found.with_columns(pl.coalesce(upper, "practice_agb").alias(upper))
    return found


def _held(memberships: pl.DataFrame, epochs: pl.DataFrame) -> pl.DataFrame:
    """Return which memberships held in which epoch, one place an epoch: the one begun last where two overlap."""
    crossed = memberships.join(epochs, how="cross").filter(
        pl.col("valid_from") <= pl.col("day"),
        pl.col("valid_until").is_null() | (pl.col("valid_until") >= pl.col("day")),
    )
    last_begun = crossed.sort("valid_from", "part_of").unique(["id", "epoch"], keep="last", maintain_order=True)
    return last_begun.select("id", "epoch", "part_of")


def _epochs(memberships: pl.DataFrame) -> pl.DataFrame:
    days = [date.min, *_change_days(memberships)]
    return pl.DataFrame({"epoch": range(len(days)), "day": days}, schema={"epoch": pl.Int32, "day": pl.Date})


def _change_days(memberships: pl.DataFrame) -> list[date]:
    begins = memberships["valid_from"].to_list()
    ends = [day + timedelta(days=1) for day in memberships["valid_until"].drop_nulls()]
    return sorted({*begins, *ends})
