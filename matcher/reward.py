"""What each prescriber is owed, by which rule: the highest band whose threshold the whole counts reach."""

import polars as pl

from formulary import Level, Scheme, SchemePart, conform

from .enumerations import Grounds
from .frames import REWARDS, AdherenceScores, Rewards


def reward_prescribers(scores: AdherenceScores, scheme: Scheme) -> Rewards:
    """Return one row per prescriber, period and part of the scheme: the band reached, the amount and the grounds.

    Rates are compared as whole numbers, numerator x 100 against threshold x denominator, never divided. Below the
    minimum denominator a rate says too little: no reward.
    """
    prescribers = scores.filter(pl.col("level") == Level.PRESCRIBER)
    if scheme.provider_types:
        prescribers = prescribers.filter(pl.col("id").str.head(2).is_in(scheme.provider_types))
    parts = [_reward_part(prescribers, scheme.id, part) for part in scheme.parts]
    rewards = pl.concat(parts).sort("period", "id", "indicator")
    return Rewards(conform(rewards.lazy(), REWARDS).collect())


def _reward_part(scores: pl.DataFrame, scheme_id: str, part: SchemePart) -> pl.DataFrame:
    enough = pl.col("denominator") >= part.denominator_min
    # From the highest band down, so that the first that is reached is the one that pays.
    bands = sorted(part.bands, key=lambda band: -band.threshold_percent)
    reached = [
        (enough & (pl.col("numerator") * 100 >= band.threshold_percent * pl.col("denominator")), band) for band in bands
    ]
    grounds = (
        pl.when(~enough)
        .then(pl.lit(Grounds.TOO_FEW_LINES))
        .when(pl.any_horizontal(is_reached for is_reached, _ in reached))
        .then(pl.lit(Grounds.BAND_REACHED))
        .otherwise(pl.lit(Grounds.BELOW_BANDS))
    )
    return scores.filter(pl.col("indicator") == part.indicator).with_columns(
        pl.lit(scheme_id).alias("scheme"),
        pl.coalesce(*(pl.when(is_so).then(pl.lit(band.name)) for is_so, band in reached)).alias("band"),
        pl.coalesce(
            *(pl.when(is_so).then(pl.lit(band.threshold_percent, pl.Int64())) for is_so, band in reached)
        ).alias("threshold_percent"),
        pl.coalesce(
            *(pl.when(is_so).then(pl.lit(band.reward_cents, pl.Int64())) for is_so, band in reached),
            pl.lit(0, pl.Int64()),
        ).alias("reward_cents"),
        grounds.cast(pl.Enum(Grounds)).alias("grounds"),
    )
