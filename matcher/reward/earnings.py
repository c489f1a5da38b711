"""What a value earns: bands, a sliding scale, a fixed amount or a share; then patients, weight, days, points.

An amount stays an exact pair (`amount` over `parts_of`) until it is rounded, once, to whole cents or to thousandths
of a point. What a step adds in cents is the difference it makes to the rounded amount, so that the steps add up.
"""

import polars as pl

from formulary import Certainty, PaidPer, Scheme, SchemePart, TakingPart

from ..enumerations import Grounds
from .chance import probabilities_permille
from .exact import WIDE, allocated, half_up, whole

POINT_PARTS = 1000  # points are counted in thousandths


def earned(frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> pl.DataFrame:
    """Return the frame of a part with `band`, `threshold_percent`, its amounts after each step, and its grounds.

    `rounded_1` to `rounded_4` are the rounded amounts after what is earned, patients, weight and days.
    """
    unit = POINT_PARTS if part.in_points else 1
    banded = _banded(frame, part) if part.bands else frame.with_columns(band=pl.lit(None, pl.Int32()))
    first = _first_amount(part, unit)
    is_paid = pl.col("grounds").is_null()
    paid = [pl.when(is_paid).then(each).otherwise(other) for each, other in zip(first, (0, 1), strict=True)]
    started = banded.with_columns(paid[0].cast(WIDE).alias("amount"), paid[1].cast(WIDE).alias("parts_of"))
    multiplied = _multiplied(started, scheme, part)
    return multiplied.with_columns(grounds=pl.coalesce("grounds", _grounds(part)))


def with_cents(frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> pl.DataFrame:
    """Return the frame with `reward_cents` where the part pays cents, or points of a known value; else nought."""
    last = pl.col("rounded_4")
    if not part.in_points:
        return frame.with_columns(reward_cents=last.cast(pl.Int64))
    value = half_up(last * (scheme.point_cents or 0), whole(POINT_PARTS))
    return frame.with_columns(reward_cents=value.cast(pl.Int64))


def shared_out(frames: list[pl.DataFrame], scheme: Scheme) -> list[pl.DataFrame]:
    """Return the frames of the parts that earn points, the budget shared over all their points in each period."""
    weights = pl.concat([frame.select("period", weight="rounded_4") for frame in frames])
    cents = allocated(weights, whole(scheme.budget_cents or 0), "period").cast(pl.Int64)
    total = weights.select(pl.col("weight").sum().over("period"))["weight"]
    shared, at = [], 0
    for frame in frames:
        own = slice(at, at + frame.height)
        shared.append(frame.with_columns(cents[own].alias("reward_cents"), total[own].alias("points_in_all")))
        at += frame.height
    return shared


def _banded(frame: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    """Return the frame with the number of the highest band reached, counted from the lowest, or none."""
    bands = sorted(part.bands, key=lambda band: band.threshold_percent)
    if part.certainty is Certainty.PROBABILITY:
        chances = [probabilities_permille(frame, band.threshold_percent) for band in bands]
        frame = frame.with_columns(each.alias(f"chance_{n}") for n, each in enumerate(chances))
        reached = [pl.col(f"chance_{n}") >= part.probability_min_permille for n in range(len(bands))]
    else:
        reached = [pl.col("value") * 100 >= pl.col("of") * band.threshold_percent for band in bands]
    # From the highest band down, so that the first that is reached is the one that pays.
    highest = pl.coalesce(*(pl.when(reached[n]).then(pl.lit(n, pl.Int32())) for n in reversed(range(len(bands)))))
    return frame.with_columns(band=pl.when(pl.col("grounds").is_null()).then(highest))


def _first_amount(part: SchemePart, unit: int) -> tuple[pl.Expr, pl.Expr]:
    if part.bands:
        amounts = [band.amount * unit for band in sorted(part.bands, key=lambda band: band.threshold_percent)]
        listed = pl.coalesce(*(pl.when(pl.col("band") == n).then(whole(each)) for n, each in enumerate(amounts)))
        return listed.fill_null(0), whole(1)
    if part.scale is not None:
        share, of = on_scale(part)
        return whole(part.scale.amount * unit) * share, of
    if part.fixed is not None:
        return whole(part.fixed.amount * unit), whole(1)
    return pl.col("value") * (part.share_percent or 0), whole(100)


def on_scale(part: SchemePart) -> tuple[pl.Expr, pl.Expr]:
    """Return the share of a sliding scale that a value earns, as a pair between 0 and 1."""
    assert part.scale is not None
    lower, upper = part.scale.lower_percent, part.scale.upper_percent
    of = pl.max_horizontal(pl.col("of"), 1) * (upper - lower)
    return (pl.col("value") * 100 - pl.col("of") * lower).clip(0, of), of


def _multiplied(frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> pl.DataFrame:
    patients = pl.col("patients").cast(WIDE) if part.per is PaidPer.PATIENT else whole(1)
    factors = [
        (whole(1), whole(1)),
        (patients, whole(1)),
        (whole(part.weight_percent or 100), whole(100)),
        (pl.col("days").cast(WIDE), pl.col("days_in_all").cast(WIDE)) if by_day(scheme, part) else (whole(1), whole(1)),
    ]
    for n, (times, over) in enumerate(factors, 1):
        frame = frame.with_columns(amount=pl.col("amount") * times, parts_of=pl.col("parts_of") * over)
        frame = frame.with_columns(half_up(pl.col("amount"), pl.col("parts_of")).alias(f"rounded_{n}"))
    return frame


def by_day(scheme: Scheme, part: SchemePart) -> bool:
    """Tell whether days of taking part count in this part; a tariff per patient has counted its quarters already."""
    return scheme.taking_part is TakingPart.BY_DAY and part.per is not PaidPer.PATIENT


def _grounds(part: SchemePart) -> pl.Expr:
    if part.bands:
        reached = pl.col("band").is_not_null()
        return pl.when(reached).then(pl.lit(str(Grounds.BAND_REACHED))).otherwise(pl.lit(str(Grounds.BELOW_BANDS)))
    if part.scale is not None:
        on_it = pl.col("value") * 100 > pl.col("of") * part.scale.lower_percent
        return pl.when(on_it).then(pl.lit(str(Grounds.ON_SCALE))).otherwise(pl.lit(str(Grounds.BELOW_SCALE)))
    if part.fixed is not None:
        return pl.lit(str(Grounds.FIXED_AMOUNT))
    return pl.lit(str(Grounds.SAVINGS_SHARED))
