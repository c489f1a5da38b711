"""What a formulary would rather see: the first recommended choices of a group, an indication, or an ICPC code."""

import polars as pl

from formulary import Advice, atc

_LAST = 1_000_000  # an entry without a step or rank comes after those that have one


def preferred_by_group(entries: pl.DataFrame) -> pl.DataFrame:
    """Return one row per version and ATC group (level 4): `speaks_of_group` and `preferred_in_group`."""
    grouped = entries.with_columns(atc.group_of(pl.col("atc")).alias("group"))
    firsts = _first_choices(grouped, ["formulary_version", "group"], "preferred_in_group")
    spoken_of = grouped.select("formulary_version", "group", speaks_of_group=True).unique()
    return spoken_of.join(firsts, on=["formulary_version", "group"], how="left")


def preferred_by_indication(entries: pl.DataFrame) -> pl.DataFrame:
    """Return one row per version and indication: `preferred_for_indication`."""
    return _first_choices(entries, ["formulary_version", "indication"], "preferred_for_indication")


def preferred_by_code(choices: pl.DataFrame, entries: pl.DataFrame) -> pl.DataFrame:
    """Return one row per version and ICPC code of `choices` that the formulary speaks about: `preferred_for_code`."""
    codes = choices.select("formulary_version", "icpc").drop_nulls().unique()
    covered = codes.join(entries, on="formulary_version").filter(pl.col("icpc").is_between("icpc_first", "icpc_last"))
    return _first_choices(covered, ["formulary_version", "icpc"], "preferred_for_code")


def _first_choices(entries: pl.DataFrame, key: list[str], name: str) -> pl.DataFrame:
    place = pl.struct(pl.col("step").fill_null(1), pl.col("rank").fill_null(_LAST))
    ranked = entries.filter(pl.col("advice") == Advice.RECOMMENDED).with_columns(
        place.rank("dense").over(key).alias("place")
    )
    firsts = ranked.filter(pl.col("place") == 1).select(*key, "substance").unique().sort(*key, "substance")
    return firsts.group_by(key, maintain_order=True).agg(pl.col("substance").str.join(" / ").alias(name))
