"""How often: whole numbers per period, prescriber (or practice, pharmacy, region) and indicator, one per outcome.

Each distinct kind of line is asked once what every indicator makes of it; lines are then only added up.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_

import polars as pl

from formulary import Condition, Indicator, Population, PopulationLines, conform

from .distinct import looked_up
from .frames import OUTCOME_COUNTS, AttributedLines, Level, Outcome, OutcomeCounts, Start
from .period import Period

_ASKED_OF_A_KIND = ("outcome", "matched_atc", "matched_form", "agreement", "choice_rank", "start", "icpc")
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
    in_period = _in_period(period)
    counted = lines.with_columns(in_period.alias("period_no"), _kind().alias("kind")).filter(
        pl.col("period_no").is_not_null()
    )
    kinds = counted.group_by("kind").agg(pl.col(_ASKED_OF_A_KIND).first()).collect()
    told = pl.concat([_as_told_by(indicator, kinds) for indicator in indicators])
    classes = _classes(told)
    n_kinds = 1 + max(kinds["kind"].to_list(), default=0)
    by_kind = pl.Series("class", [0], pl.UInt32()).new_from_index(0, n_kinds).scatter(*classes.get_columns())
    key = ["period_no", *_WHO.values(), "formulary_version", "class"]
    totals = (
        counted.with_columns(looked_up("kind", by_kind.to_frame()))
        .group_by(key)
        .agg(pl.len().cast(pl.Int64()).alias("lines"))
        .collect()
        .with_columns(_period_name(period).alias("period"))
    )
    per_class = told.join(classes.unique("class"), on="kind").select("class", "indicator", "outcome")
    return OutcomeCounts(_per_level(totals, per_class, region))


def _kind() -> pl.Expr:
    """Return one number for what is asked of a line: its choice, outcome and start."""
    outcome, start = pl.col("outcome").to_physical(), pl.col("start").to_physical()
    return pl.col("choice_no") * (len(Outcome) * len(Start)) + outcome * len(Start) + start


def _in_period(period: Period | None) -> pl.Expr:
    """Return a number for each line's period, and null for lines outside it; 0 is a line without a day."""
    day = pl.col("dispensed_on")
    if period is None:
        return (day.dt.year().cast(pl.Int32()) * 4 + day.dt.quarter() - 1).fill_null(0)
    return pl.when(day.is_between(period.first, period.last)).then(pl.lit(1, pl.Int32()))


def _period_name(period: Period | None) -> pl.Expr:
    if period is not None:
        return pl.lit(period.name)
    number = pl.col("period_no")
    quarter = pl.concat_str(number // 4, pl.lit("-Q"), number % 4 + 1)
    return pl.when(number == 0).then(pl.lit("")).otherwise(quarter)


def _classes(told: pl.DataFrame) -> pl.DataFrame:
    """Return for each kind the class of kinds of which every indicator says the same: `kind`, `class`."""
    said = told.group_by("kind").agg(pl.col("outcome").cast(pl.String).sort_by("indicator").str.join(" "))
    return said.select("kind", (pl.col("outcome").rank("dense") - 1).cast(pl.UInt32()).alias("class"))


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
    if population.coded_indication:
        inside &= pl.col("icpc").is_not_null()
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
    counts = pl.concat(added).join(told, on="class").group_by(key).agg(pl.col("lines").sum()).sort(key)
    return conform(counts.lazy(), OUTCOME_COUNTS).collect()


def _at_level(totals: pl.DataFrame, level: Level, who: pl.Expr) -> pl.DataFrame:
    key = ["period", "id", "formulary_version", "class"]
    named = totals.with_columns(who.alias("id")).filter(pl.col("id").is_not_null())
    summed = named.group_by(key).agg(pl.col("lines").sum())
    return summed.select(pl.lit(level, pl.Enum(Level)).alias("level"), *key, "lines")
