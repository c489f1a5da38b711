"""How often: whole numbers per period, prescriber (or practice, pharmacy, region) and indicator, one per outcome.

Each distinct kind of line is asked once what every indicator makes of it; lines are then only added up.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import polars as pl

from formulary import Condition, Indicator, Population, PopulationLines, conform

from .frames import OUTCOME_COUNTS, AttributedLines, Level, Outcome, OutcomeCounts, Start
from .period import Period, quarter_of

_KIND = ["outcome", "matched_atc", "matched_form", "agreement", "choice_rank", "start"]
_WHO = {Level.PRESCRIBER: "prescriber_agb", Level.PRACTICE: "practice_agb", Level.PHARMACY: "pharmacy_agb"}
_JUDGED = (Outcome.ADHERENT, Outcome.NON_ADHERENT)


def count_outcomes(
    lines: AttributedLines, indicators: Sequence[Indicator], region: str, period: Period | None
) -> OutcomeCounts:
    """Return the number of lines per period, level, id, indicator, formulary version and outcome.

    Without a period every calendar quarter in the lines is one. An indicator adds up to the lines read too:
    what is outside its population is EXCLUDED from it, and what nobody could name or understand stays
    UNIDENTIFIED and INVALID. A line without a day belongs to the period "".
    """
    name = quarter_of(pl.col("dispensed_on")) if period is None else period.name_of_days(pl.col("dispensed_on"))
    counted = lines.with_columns(name.alias("period"), *(pl.col(who) for who in _WHO.values()))
    counted = (
        counted.with_columns(pl.col("period").fill_null(""))
        if period is None
        else counted.filter(pl.col("period").is_not_null())
    )
    kinds = counted.select(_KIND).unique().sort(_KIND).collect().with_row_index("kind")
    key = ["period", *_WHO.values(), "formulary_version", "kind"]
    totals = (
        counted.join(kinds.lazy(), on=_KIND, how="left", nulls_equal=True)
        .group_by(key)
        .agg(pl.len().cast(pl.Int64()).alias("lines"))
        .collect()
    )
    told = pl.concat([_as_told_by(indicator, kinds) for indicator in indicators])
    return OutcomeCounts(_per_level(totals, told, region))


def _as_told_by(indicator: Indicator, kinds: pl.DataFrame) -> pl.DataFrame:
    """Return what one indicator makes of each kind of line: `kind`, `indicator`, `outcome`."""
    judged = pl.col("outcome").is_in(list(_JUDGED))
    meets = reduce(or_, [_meets(condition) for condition in indicator.conform])
    outcome = pl.Enum(Outcome)
    in_population = _in_population(indicator.population)
    told = (
        pl.when(judged & in_population & meets)
        .then(pl.lit(Outcome.ADHERENT, outcome))
        .when(judged & in_population)
        .then(pl.lit(Outcome.NON_ADHERENT, outcome))
        .when(judged | ((pl.col("outcome") == Outcome.EXCEPTED) & ~in_population))
        .then(pl.lit(Outcome.EXCLUDED, outcome))
        .otherwise("outcome")
    )
    return kinds.select("kind", pl.lit(indicator.id).alias("indicator"), told.alias("outcome"))


def _in_population(population: Population) -> pl.Expr:
    inside = pl.lit(value=True)
    if population.atc:
        inside &= _starts_with(population.atc)
    if population.atc_except:
        inside &= ~_starts_with(population.atc_except)
    if population.lines is PopulationLines.STARTS:
        inside &= pl.col("start") == Start.FIRST
    return inside.fill_null(value=False)


def _meets(condition: Condition) -> pl.Expr:
    met = pl.lit(value=True)
    if condition.formulary:
        met &= pl.col("outcome") == Outcome.ADHERENT
    if condition.agreement:
        met &= pl.col("agreement").cast(pl.String()).is_in([str(each) for each in condition.agreement])
    if condition.rank_max is not None:
        met &= pl.col("choice_rank") <= condition.rank_max
    if condition.atc:
        met &= _starts_with(condition.atc)
    if condition.form:
        met &= pl.col("matched_form").is_in([str(each) for each in condition.form])
    return met.fill_null(value=False)


def _starts_with(groups: list[str]) -> pl.Expr:
    return reduce(or_, [pl.col("matched_atc").str.starts_with(group) for group in groups])


def _per_level(totals: pl.DataFrame, told: pl.DataFrame, region: str) -> pl.DataFrame:
    levels = [(level, pl.col(who)) for level, who in _WHO.items()] + [(Level.REGION, pl.lit(region))]
    added = [_at_level(totals, level, who) for level, who in levels]
    key = ["period", "level", "id", "indicator", "formulary_version", "outcome"]
    counts = pl.concat(added).join(told, on="kind").group_by(key).agg(pl.col("lines").sum()).sort(key)
    return conform(counts.lazy(), OUTCOME_COUNTS).collect()


def _at_level(totals: pl.DataFrame, level: Level, who: pl.Expr) -> pl.DataFrame:
    named = totals.select("period", who.alias("id"), "formulary_version", "kind", "lines").filter(
        pl.col("id").is_not_null()
    )
    summed = named.group_by("period", "id", "formulary_version", "kind").agg(pl.col("lines").sum())
    return summed.select("period", pl.lit(level, pl.Enum(Level)).alias("level"), pl.exclude("period"))
