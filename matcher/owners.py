"""Scores with and without what was not the prescriber's choice, and who is excused far more often than peers."""

from dataclasses import replace

import polars as pl

from formulary import Excuse, Indicator, Level, PopulationLines, Rulebook, Unit, conform

from .distinct import looked_up_in
from .enumerations import AttributedTo, Outcome
from .facts import LineFacts
from .statistics import wilson_limits
from .tables import AdherenceScores, OutcomeCounts
from .told import ASKED_OF_A_CHOICE

# A row per period, level, id, indicator and owner of deviations. `lines` deviate and are the owner's, `excepted` of
# them are out of the rate; `rate_counted` is the rate if those counted, `rate_left_out` if none of the owner's did.
# `share` is that of the owner's lines in all that could count, `share_of_peers` the same of all ids of the level.
ATTRIBUTION = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "indicator": pl.String(),
        "attributed_to": pl.Enum(AttributedTo),
        "lines": pl.Int64(),
        "excepted": pl.Int64(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "rate": pl.Float64(),
        "rate_counted": pl.Float64(),
        "rate_left_out": pl.Float64(),
        "share": pl.Float64(),
        "share_of_peers": pl.Float64(),
        "far_above_peers": pl.Boolean(),
    }
)
_KEY = ["period", "level", "id", "indicator"]
_PEERS = ["period", "level", "indicator", "attributed_to"]
_SURE = 0.998  # three standard errors: of a thousand whom nothing sets apart, one is marked
_LINES_MIN = 5  # fewer lines are no habit


def with_own_deviations(rulebook: Rulebook) -> Rulebook:
    """Return the rule book with those indicators alone of which each deviation is one line's.

    Those that look at a patient's other lines are left out: take a line away, and another is the last.
    """
    return replace(
        rulebook, indicators=tuple(each for each in rulebook.indicators if _counts_each_line(each, rulebook))
    )


def by_owner(facts: LineFacts, choices: pl.DataFrame) -> tuple[LineFacts, pl.DataFrame]:
    """Return the deviations that are not the prescriber's and their choices, to be counted as all lines are.

    Choices are told apart by owner, who stands where otherwise the formulary version does. `choices` says what each
    `choice_no` of the lines is.
    """
    is_other = pl.col("attributed_to").is_not_null() & (pl.col("attributed_to") != AttributedTo.PRESCRIBER)
    owner = pl.col("attributed_to").to_physical().cast(pl.UInt32)
    others, number = facts.filter(is_other), pl.col("choice_no") * len(AttributedTo) + owner
    told_apart = others.select("choice_no", "attributed_to", number.alias("number")).unique().collect()
    version = pl.col("attributed_to").cast(pl.String).alias("formulary_version")
    named = told_apart.join(choices.select("choice_no", *ASKED_OF_A_CHOICE), on="choice_no").with_columns(version)
    # Numbered anew without gaps: kinds of lines are looked up by numbers made of these.
    numbered = named.drop("choice_no").sort("number").with_row_index("choice_no")
    anew = others.with_columns(number.alias("number")).with_columns(
        looked_up_in("number", numbered.select("number", "choice_no"))
    )
    return LineFacts(anew.drop("number")), numbered.drop("number")


def attribution_of(counts: OutcomeCounts, scores: AdherenceScores, rulebook: Rulebook) -> pl.DataFrame:
    """Return whose deviations were, with the score with and without them (`ATTRIBUTION`).

    `counts` are those of the lines `by_owner`, by the rule book `with_own_deviations`. What is nobody else's is the
    PRESCRIBER's.
    """
    asked = [each.id for each in rulebook.indicators]
    named = scores.filter(pl.col("indicator").is_in(asked)).select(
        *_KEY, "numerator", "denominator", pl.col("excepted").alias("all_excepted"), "rate"
    )
    others = _of_others(counts).join(named, on=_KEY)
    left = named.join(others.group_by(_KEY).agg(pl.col("lines").sum().alias("others")), on=_KEY, how="left")
    own = left.with_columns(
        (pl.col("denominator") - pl.col("numerator") + pl.col("all_excepted") - pl.col("others").fill_null(0)).alias(
            "lines"
        ),
        pl.lit(0, pl.Int64).alias("excepted"),
        pl.lit(AttributedTo.PRESCRIBER, pl.Enum(AttributedTo)).alias("attributed_to"),
    ).filter(pl.col("lines") > 0)
    told = pl.concat([others, own.drop("others")], how="diagonal").join(_of_peers(others, named), on=_PEERS, how="left")
    rated = told.with_columns(_rates()).with_columns(_far_above_peers())
    return conform(rated.sort(*_KEY, "attributed_to").lazy(), ATTRIBUTION).collect()


def _counts_each_line(indicator: Indicator, rulebook: Rulebook) -> bool:
    population = indicator.population
    if population is None or population.lines is PopulationLines.LAST or indicator.unit is not Unit.LINES:
        return False
    return not replace(rulebook, indicators=(indicator,)).patient_questions


def _of_others(counts: OutcomeCounts) -> pl.DataFrame:
    """Return the deviations that are not the prescriber's: `lines`, and how many of them are `excepted`."""
    deviating = counts.filter(pl.col("outcome").is_in([Outcome.NON_ADHERENT, Outcome.EXCEPTED]))
    excepted = pl.when(pl.col("outcome") == Outcome.EXCEPTED).then("lines").otherwise(0).sum().alias("excepted")
    owner = pl.col("formulary_version").cast(pl.Enum(AttributedTo)).alias("attributed_to")
    return deviating.group_by(*_KEY, owner).agg(pl.col("lines").sum(), excepted)


def _of_peers(others: pl.DataFrame, scores: pl.DataFrame) -> pl.DataFrame:
    """Return the share of each owner's lines in all that could count, of all ids of a level together."""
    could_count = (pl.col("denominator") + pl.col("all_excepted")).sum().alias("of_all")
    everyone = scores.group_by(_PEERS[:-1]).agg(could_count)
    together = others.group_by(_PEERS).agg(pl.col("lines").sum().alias("lines_of_all"))
    share = (pl.col("lines_of_all") / pl.col("of_all")).alias("share_of_peers")
    return together.join(everyone, on=_PEERS[:-1]).select(*_PEERS, share)


def _rates() -> list[pl.Expr]:
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    counted = denominator + pl.col("excepted")
    left = denominator - (pl.col("lines") - pl.col("excepted"))
    could_count = denominator + pl.col("all_excepted")
    return [
        pl.when(counted > 0).then(numerator / counted).alias("rate_counted"),
        pl.when(left > 0).then(numerator / left).alias("rate_left_out"),
        pl.when(could_count > 0).then(pl.col("lines") / could_count).alias("share"),
    ]


def _far_above_peers() -> pl.Expr:
    """Tell where an excuse is used so much more than by peers that chance does not explain it (Wilson, 99.8 %)."""
    low, _ = wilson_limits(pl.col("lines"), pl.col("denominator") + pl.col("all_excepted"), _SURE)
    is_excuse = pl.col("attributed_to").is_in([str(each) for each in Excuse])
    above = is_excuse & (pl.col("lines") >= _LINES_MIN) & (low > pl.col("share_of_peers"))
    return above.fill_null(value=False).alias("far_above_peers")
