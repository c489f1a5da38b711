"""How adherent, how sure, and where among peers: rates from whole counts, per period, level, id and indicator."""

import polars as pl

from formulary import conform

from .enumerations import Outcome
from .peers import with_peer_groups
from .statistics import percentile_ranks, wilson_limits
from .tables import ADHERENCE_SCORES, AdherenceScores, OutcomeCounts

_KEY = ["period", "level", "id", "indicator"]
_PEERS = ["period", "level", "indicator", "peer_group"]


def score_adherence(counts: OutcomeCounts, peers_min: int, peer_groups: pl.DataFrame) -> AdherenceScores:
    """Return numerator, denominator, rate, Wilson interval, bounds and place among peers.

    `lowest` and `highest` are the rates if every unidentified line had been non-adherent, or adherent. Peers are
    all ids of one level, period, indicator and peer group (`with_peer_groups`) that have a denominator; with fewer
    than `peers_min` there is no place. No denominator means no rate. Lines without a day belong to no period, and are
    in no score.
    """
    per_outcome = (
        counts.filter(pl.col("period") != "")
        .group_by(_KEY)
        .agg(
            *(_sum_of(outcome).alias(outcome.lower()) for outcome in Outcome),
            pl.col("formulary_version").drop_nulls().unique().sort().str.join(" ").alias("formulary_versions"),
        )
    )
    scored = per_outcome.with_columns(
        numerator=pl.col("adherent"), denominator=pl.col("adherent") + pl.col("non_adherent")
    ).with_columns(*_rates())
    # Whether a delivery is missing is found out from the lines, not from their counts.
    with_peers = with_peer_groups(scored, peer_groups)
    placed = with_peers.with_columns(*_places(peers_min), pl.lit(value=False).alias("provisional")).sort(_KEY)
    return AdherenceScores(conform(placed.lazy(), ADHERENCE_SCORES).collect())


def _sum_of(outcome: Outcome) -> pl.Expr:
    return pl.when(pl.col("outcome") == outcome).then("lines").otherwise(0).sum()


def _rates() -> list[pl.Expr]:
    numerator, denominator, unknown = pl.col("numerator"), pl.col("denominator"), pl.col("unidentified")
    possible = denominator + unknown
    low, high = wilson_limits(numerator, denominator)
    return [
        pl.when(denominator > 0).then(numerator / denominator).alias("rate"),
        pl.when(possible > 0).then(numerator / possible).alias("lowest"),
        pl.when(possible > 0).then((numerator + unknown) / possible).alias("highest"),
        low.alias("interval_low"),
        high.alias("interval_high"),
    ]


def _places(peers_min: int) -> list[pl.Expr]:
    peers = pl.col("rate").count().over(_PEERS).cast(pl.Int64())
    place = pl.col("rate").map_batches(percentile_ranks, return_dtype=pl.Float64()).over(_PEERS)
    return [peers.alias("peers"), pl.when(peers >= peers_min).then(place).alias("percentile")]
