"""What each prescriber is owed, by which rule: the highest band whose threshold the whole counts reach."""

import polars as pl

from formulary import Level, Scheme, SchemePart, conform

from .enumerations import Grounds, RewardStep
from .frames import REWARD_STEPS, REWARDS, AdherenceScores, Rewarding, Rewards, RewardSteps

_PAYEE = ["period", "level", "id", "scheme", "part"]


def reward_prescribers(scores: AdherenceScores, scheme: Scheme) -> Rewarding:
    """Return one row per payee, period and part of the scheme, and the steps by which each was worked out.

    Rates are compared as whole numbers, numerator x 100 against threshold x denominator, never divided. Below the
    minimum denominator a rate says too little: no reward.
    """
    prescribers = scores.filter(pl.col("level") == Level.PRESCRIBER)
    if scheme.provider_types:
        prescribers = prescribers.filter(pl.col("id").str.head(2).is_in(scheme.provider_types))
    worked = [_reward_part(prescribers, scheme.id, part) for part in scheme.parts]
    rewards = pl.concat([rewards for rewards, _ in worked]).sort(_PAYEE)
    steps = pl.concat([steps for _, steps in worked]).sort(*_PAYEE, "step_no")
    return Rewarding(Rewards(rewards), RewardSteps(steps))


def _reward_part(scores: pl.DataFrame, scheme_id: str, part: SchemePart) -> tuple[pl.DataFrame, pl.DataFrame]:
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
    rewarded = scores.filter(pl.col("indicator") == part.indicator).with_columns(
        pl.lit(scheme_id).alias("scheme"),
        pl.lit(part.indicator).alias("part"),
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
    rewards = conform(rewarded.lazy(), REWARDS).collect()
    return rewards, _steps(rewards, part, bands[-1].threshold_percent)


def _steps(rewards: pl.DataFrame, part: SchemePart, lowest_percent: int) -> pl.DataFrame:
    enough = pl.col("grounds") != Grounds.TOO_FEW_LINES
    reached = pl.col("grounds") == Grounds.BAND_REACHED
    whole, percent = pl.lit(1, pl.Int64()), pl.lit(100, pl.Int64())
    threshold = pl.coalesce("threshold_percent", pl.lit(lowest_percent, pl.Int64()))
    minimum = pl.lit(part.denominator_min, pl.Int64())
    nothing = pl.lit(None, pl.Int64())
    band = pl.when(reached).then(pl.lit(RewardStep.BAND)).otherwise(pl.lit(RewardStep.NO_BAND))
    score, sizes = ("numerator", "denominator"), (pl.col("denominator"), whole)
    told = [
        _step(rewards, 1, pl.lit(RewardStep.SCORE), _pairs(score, (nothing, nothing)), nothing),
        _step(rewards, 2, pl.lit(RewardStep.LINES), _pairs(sizes, (minimum, whole)), nothing),
        _step(rewards.filter(enough), 3, band, _pairs(score, (threshold, percent)), pl.col("reward_cents")),
    ]
    return pl.concat(told)


def _pairs(value: tuple[str | pl.Expr, str | pl.Expr], limit: tuple[pl.Expr, pl.Expr]) -> list[pl.Expr]:
    columns = [pl.col(each) if isinstance(each, str) else each for each in (*value, *limit)]
    names = [f"{kind}_{side}" for kind in ("value", "limit") for side in ("numerator", "denominator")]
    return [column.alias(name) for column, name in zip(columns, names, strict=True)]


def _step(rewards: pl.DataFrame, step_no: int, step: pl.Expr, pairs: list[pl.Expr], cents: pl.Expr) -> pl.DataFrame:
    stepped = rewards.select(
        *_PAYEE,
        pl.lit(step_no, pl.Int32()).alias("step_no"),
        step.cast(pl.Enum(RewardStep)).alias("step"),
        *pairs,
        cents.alias("cents"),
    )
    return conform(stepped.lazy(), REWARD_STEPS).collect()
