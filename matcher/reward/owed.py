"""What each payee is owed: each part of a scheme worked out for everyone at once, then the limits over them."""

from collections.abc import Mapping

import polars as pl

from formulary import RESERVED_PARTS, Level, RulesInvalid, Scheme, conform

from ..enumerations import Grounds, RewardStep
from ..tables import REWARD_STEPS, REWARDS, AdherenceScores, Rewarding, Rewards, RewardSteps
from .earnings import earned, shared_out, with_cents
from .facts import RewardFacts
from .limits import limited
from .measure import measured
from .payees import payees_of
from .steps import steps_of

_NO_FACTS = RewardFacts()
_STEPS_MAX = 32  # of one part; more than there are kinds of steps


def reward_prescribers(scores: AdherenceScores, scheme: Scheme, facts: RewardFacts = _NO_FACTS) -> Rewarding:
    """Return what each payee is owed per period and part, and the steps by which each amount was worked out.

    Everyone of the scheme's payee level is paid by the scores of each period in `scores`. Rates are compared as whole
    numbers, never divided; amounts are exact until they are rounded, half up, once. Raises RulesInvalid with
    everything that makes the scheme impossible to work out: patients that are missing, a practice that ended.
    """
    payees, frames = worked_out(scores, scheme, facts)
    return _rewarding(payees, frames, scheme)


def worked_out(
    scores: AdherenceScores, scheme: Scheme, facts: RewardFacts = _NO_FACTS
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Return the payees, and for each part of the scheme everything that was worked out, a row per payee.

    Raises as `reward_prescribers` does; no cap, floor or hold is in it yet.
    """
    payees, faults = payees_of(scores, scheme, facts)
    if faults:
        raise RulesInvalid("REWARDS_REFUSED", scheme.id, faults)
    payees = payees.with_row_index("payee_no")
    frames = [earned(measured(payees, scores, scheme, part, facts), scheme, part) for part in scheme.parts]
    frames = [with_cents(frame, scheme, part) for frame, part in zip(frames, scheme.parts, strict=True)]
    if scheme.budget_cents is not None:
        in_points = [n for n, part in enumerate(scheme.parts) if part.in_points]
        for n, frame in zip(in_points, shared_out([frames[n] for n in in_points], scheme), strict=True):
            frames[n] = frame
    return payees, frames


def _rewarding(payees: pl.DataFrame, frames: list[pl.DataFrame], scheme: Scheme) -> Rewarding:
    worked = [_named(frame, scheme, n) for n, frame in enumerate(frames)]
    rewards = pl.concat([_rewards(frame, scheme, n) for n, frame in enumerate(worked)])
    steps = pl.concat(
        [
            steps_of(frame, scheme, part).with_columns(_part(part.name, n))
            for n, (frame, part) in enumerate(zip(worked, scheme.parts, strict=True))
        ]
    )
    limits = limited(payees, rewards, scheme).with_columns(
        pl.col("part").replace_strict({name: n for n, name in enumerate(RESERVED_PARTS, len(frames))}).alias("part_no")
    )
    told = pl.concat([steps, _limit_steps(limits)], how="diagonal")
    owed = pl.concat([rewards, _limit_rewards(limits)], how="diagonal")
    return Rewarding(
        Rewards(_whole(owed, payees, scheme, REWARDS, _order())),
        RewardSteps(_whole(told, payees, scheme, REWARD_STEPS, _order(pl.col("step_no")))),
    )


def _named(frame: pl.DataFrame, scheme: Scheme, n: int) -> pl.DataFrame:
    """Return the frame with the name and threshold of the band that was reached instead of its number."""
    bands = sorted(scheme.parts[n].bands, key=lambda band: band.threshold_percent)
    percents = {number: band.threshold_percent for number, band in enumerate(bands)}
    names = {number: band.name for number, band in enumerate(bands)}
    return frame.with_columns(
        _looked_up("band", percents).cast(pl.Int64).alias("threshold_percent"),
        _looked_up("band", names).cast(pl.String).alias("band_name"),
    )


def _looked_up(name: str, known: Mapping[int, int | str]) -> pl.Expr:
    return pl.col(name).replace_strict(known) if known else pl.lit(None)


def _rewards(frame: pl.DataFrame, scheme: Scheme, n: int) -> pl.DataFrame:
    part = scheme.parts[n]
    has_counts = part.indicator is not None
    return frame.select(
        "payee_no",
        *_part(part.name, n),
        pl.lit(part.indicator, pl.String()).alias("indicator"),
        (pl.col("n") if has_counts else pl.lit(None, pl.Int64())).alias("numerator"),
        (pl.col("d") if has_counts else pl.lit(None, pl.Int64())).alias("denominator"),
        pl.col("band_name").alias("band"),
        "threshold_percent",
        "reward_cents",
        pl.col("grounds").cast(pl.Enum(Grounds)),
    )


def _part(name: str, number: int) -> tuple[pl.Expr, pl.Expr]:
    return pl.lit(name).alias("part"), pl.lit(number, pl.Int64()).alias("part_no")


def _limit_rewards(limits: pl.DataFrame) -> pl.DataFrame:
    grounds = pl.col("grounds").cast(pl.Enum(Grounds))
    return limits.select("payee_no", "part", "part_no", pl.col("cents").alias("reward_cents"), grounds)


def _limit_steps(limits: pl.DataFrame) -> pl.DataFrame:
    one = pl.lit(1, pl.Int64())
    return limits.select(
        "payee_no",
        pl.lit(1, pl.Int32()).alias("step_no"),
        pl.col("step").cast(pl.Enum(RewardStep)),
        pl.col("value").alias("value_numerator"),
        one.alias("value_denominator"),
        pl.col("limit").alias("limit_numerator"),
        pl.when(pl.col("limit").is_not_null()).then(one).alias("limit_denominator"),
        "cents",
        "part",
        "part_no",
    )


def _order(step: pl.Expr | None = None) -> pl.Expr:
    # One whole number to sort on, instead of five columns of text.
    place = (pl.col("payee_no").cast(pl.Int64) * 1000 + pl.col("part_no")) * _STEPS_MAX
    return place if step is None else place + step


def _whole(rows: pl.DataFrame, payees: pl.DataFrame, scheme: Scheme, schema: pl.Schema, order: pl.Expr) -> pl.DataFrame:
    """Return the rows in their order, with whose they are."""
    ordered = rows.sort(order)
    who = [payees[name].gather(ordered["payee_no"]).alias(name) for name in ("period", "id")]
    named = ordered.with_columns(
        *who,
        pl.lit(str(scheme.payee), pl.Enum(Level)).alias("level"),
        pl.lit(scheme.id).alias("scheme"),
    )
    return conform(named.lazy(), schema).collect()
