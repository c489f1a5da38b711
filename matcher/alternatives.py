"""What a formulary would rather see: the first recommended choices of a group, an indication, or an ICPC code."""

import polars as pl

from formulary import Advice, atc

_LAST = 1_000_000  # an entry without a step or rank comes after those that have one


def preferred_by_group(entries: pl.DataFrame) -> pl.DataFrame:
    """Return one row per stretch and ATC group (level 4) that the formulary speaks of: `group_preferred` (and `_atc`).

    `is_group_suspended`: every chapter that speaks of the group is suspended.
    """
    grouped = entries.filter(~pl.col("by_grace")).with_columns(atc.group_of(pl.col("atc")).alias("group"))
    key = ["segment_no", "group"]
    spoken_of = grouped.group_by(key).agg(pl.col("is_suspended").all().alias("is_group_suspended"))
    return spoken_of.join(_first_choices(grouped, key, "group_preferred"), on=key, how="left")


def preferred_by_indication(entries: pl.DataFrame) -> pl.DataFrame:
    """Return one row per stretch and indication: `indication_preferred` (and `_atc`)."""
    return _first_choices(entries, ["segment_no", "indication"], "indication_preferred")


def preferred_by_code(choices: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Return one row per stretch and ICPC code of `choices` that the formulary speaks of: `code_preferred` (`_atc`).

    `speaks_of_code` also where every chapter that speaks of it is suspended; then nothing is preferred.
    """
    key = ["segment_no", "icpc"]
    codes = choices.select(key).drop_nulls().unique()
    covered = codes.join(entries.filter(~pl.col("by_grace")), on="segment_no").filter(
        pl.col("icpc").is_between("icpc_first", "icpc_last")
    )
    spoken_of = covered.select(*key, speaks_of_code=True).unique()
    return spoken_of.join(_first_choices(covered, key, "code_preferred"), on=key, how="left")


def _first_choices(entries: pl.DataFrame, key: list[str], name: str) -> pl.DataFrame:
    leads = (pl.col("advice") == Advice.RECOMMENDED) & ~pl.col("is_suspended") & ~pl.col("by_grace")
    place = pl.struct(pl.col("step").fill_null(1), pl.col("rank").fill_null(_LAST)).rank("dense").over(key)
    firsts = entries.filter(leads).filter(place == 1).select(*key, "substance", "atc").unique().sort(*key, "substance")
    return firsts.group_by(key, maintain_order=True).agg(
        pl.col("substance").unique(maintain_order=True).str.join(" / ").alias(name),
        pl.col("atc").unique().sort().str.join("|").alias(f"{name}_atc"),
    )
