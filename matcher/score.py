"""How adherent, how sure, and where among peers: rates from whole counts, per period, level, id and indicator."""

from enum import StrEnum

import polars as pl

from formulary import Indicator, Rulebook, Unit, conform

from .enumerations import Outcome
from .peers import with_peer_groups
from .statistics import percentile_ranks, wilson_limits
from .tables import ADHERENCE_SCORES, AdherenceScores, OutcomeCounts
from .told import looks_at_last


class Kind(StrEnum):
    """How an indicator adds up, from what is known most of to what is known least of.

    ADDED: a line more is one more; REPLACED: a line takes the place of another of its patient; CENTS: what a line
    cost; DOSES: what cannot be told of a line without a name.
    """

    ADDED = "ADDED"
    REPLACED = "REPLACED"
    CENTS = "CENTS"
    DOSES = "DOSES"


_KEY = ["period", "level", "id", "indicator"]
_PEERS = ["period", "level", "indicator", "peer_group"]


def score_adherence(counts: OutcomeCounts, rulebook: Rulebook) -> AdherenceScores:
    """Return numerator, denominator, rate, Wilson interval, bounds and place among peers.

    `lowest` and `highest` are the rates if every line that nobody could name had been non-adherent, or adherent; of
    daily doses there are none, because what has no name has no dose. Only what is counted one by one has an interval:
    cents and doses are no independent trials. Peers are all ids of one level, period, indicator and peer group
    (`with_peer_groups`) that have a denominator; with fewer than the region's `peers_min` there is no place. No
    denominator means no rate. Lines without a day belong to no period, and are in no score.
    """
    per_outcome = (
        counts.filter(pl.col("period") != "")
        .group_by(_KEY)
        .agg(
            *(_sum_of(outcome).alias(outcome.lower()) for outcome in Outcome),
            pl.col("formulary_version").drop_nulls().unique().sort().str.join(" ").alias("formulary_versions"),
        )
    )
    totals = per_outcome.with_columns(
        numerator=pl.col("adherent"), denominator=pl.col("adherent") + pl.col("non_adherent")
    ).with_columns(_kind(rulebook).alias("kind"))
    scored = totals.with_columns(*_rates(), *_bounds())
    # Whether a delivery is missing is found out from the lines, not from their counts.
    with_peers = with_peer_groups(scored, rulebook.circumstances.peer_groups)
    placed = with_peers.with_columns(
        *_places(rulebook.region.peers_min), pl.lit(value=False).alias("provisional")
    ).sort(_KEY)
    return AdherenceScores(conform(placed.lazy(), ADHERENCE_SCORES).collect())


def _sum_of(outcome: Outcome) -> pl.Expr:
    return pl.when(pl.col("outcome") == outcome).then("lines").otherwise(0).sum()


def _rates() -> list[pl.Expr]:
    numerator, denominator = pl.col("numerator"), pl.col("denominator")
    low, high = wilson_limits(numerator, denominator)
    is_trial = pl.col("kind").is_in([Kind.ADDED, Kind.REPLACED])
    return [
        pl.when(denominator > 0).then(numerator / denominator).alias("rate"),
        pl.when(is_trial).then(low).alias("interval_low"),
        pl.when(is_trial).then(high).alias("interval_high"),
    ]


def _bounds() -> list[pl.Expr]:
    numerator, denominator, unknown = pl.col("numerator"), pl.col("denominator"), pl.col("unidentified")
    # A line that becomes a patient's last one takes the place of another: that moves a rate more than one line more.
    replaces = (pl.col("kind") == Kind.REPLACED) & (denominator > 0)
    possible = pl.when(replaces).then(denominator).otherwise(denominator + unknown)
    fewest = pl.when(replaces).then((numerator - unknown).clip(0)).otherwise(numerator)
    most = pl.min_horizontal(numerator + unknown, possible)
    is_known = (pl.col("kind") != Kind.DOSES) & (possible > 0)
    return [
        pl.when(is_known).then(fewest / possible).alias("lowest"),
        pl.when(is_known).then(most / possible).alias("highest"),
    ]


def _kind(rulebook: Rulebook) -> pl.Expr:
    kinds = {each.id: str(_kind_of(each, rulebook)) for each in rulebook.indicators}
    return pl.col("indicator").replace_strict(kinds, return_dtype=pl.String())


def _kind_of(indicator: Indicator, rulebook: Rulebook) -> Kind:
    """Return how an indicator adds up; a composite as that of its parts which is known least of."""
    if indicator.composite:
        return max((_kind_of(rulebook.indicator(each), rulebook) for each in indicator.composite), key=list(Kind).index)
    if indicator.unit in (Unit.COST, Unit.DDD):
        return Kind.DOSES if indicator.unit is Unit.DDD or looks_at_last(indicator) else Kind.CENTS
    return Kind.REPLACED if looks_at_last(indicator) else Kind.ADDED


def _places(peers_min: int) -> list[pl.Expr]:
    peers = pl.col("rate").count().over(_PEERS).cast(pl.Int64())
    place = pl.col("rate").map_batches(percentile_ranks, return_dtype=pl.Float64()).over(_PEERS)
    return [peers.alias("peers"), pl.when(peers >= peers_min).then(place).alias("percentile")]
