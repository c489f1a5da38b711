"""The steps by which a part was worked out, told in the order in which they were taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from formulary import Certainty, Measure, PaidPer, Scheme, SchemePart

from ..enumerations import Grounds, RewardStep
from .earnings import POINT_PARTS, by_day, on_scale
from .measure import ON_INDICATOR

Pair = tuple[pl.Expr | int | None, pl.Expr | int | None]
_NONE: Pair = (None, None)
_TOO_FEW = (Grounds.TOO_FEW_LINES,)
_UNSURE = (*_TOO_FEW, Grounds.TOO_UNRELIABLE)
_ABSENT = (*_UNSURE, Grounds.TOO_FEW_MEETINGS)
_UNPAID = (*_ABSENT, Grounds.TOO_FEW_PEERS, Grounds.NO_BASELINE, Grounds.NO_SAVINGS)


@dataclass(frozen=True)
class Told:
    """One step: the pair it looked at, the pair it was held against, and the cents it makes; never after `unless`."""

    step: RewardStep
    value: Pair = _NONE
    limit: Pair = _NONE
    cents: pl.Expr | None = None
    unless: Sequence[Grounds] = ()
    where: pl.Expr | None = None


def steps_of(frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> pl.DataFrame:
    """Return the steps of a part: `payee_no`, `step_no` and what `REWARD_STEPS` holds of the arithmetic."""
    told = list(_told(scheme, part))
    grounds = pl.col("grounds")
    happens = [
        (~grounds.is_in([str(each) for each in one.unless])) & (pl.lit(value=True) if one.where is None else one.where)
        for one in told
    ]
    marked = frame.with_columns(each.cast(pl.Int32).alias(f"told_{n}") for n, each in enumerate(happens))
    rows = [_rows(marked, n, one) for n, one in enumerate(told)]
    return pl.concat(rows)


def _rows(marked: pl.DataFrame, n: int, one: Told) -> pl.DataFrame:
    names = ("value_numerator", "value_denominator", "limit_numerator", "limit_denominator")
    pairs = [_as_column(each).alias(name) for name, each in zip(names, (*one.value, *one.limit), strict=True)]
    return marked.filter(pl.col(f"told_{n}") == 1).select(
        "payee_no",
        pl.sum_horizontal(f"told_{k}" for k in range(n + 1)).cast(pl.Int32).alias("step_no"),
        pl.lit(str(one.step), pl.Enum(RewardStep)).alias("step"),
        *pairs,
        _as_column(one.cents).alias("cents"),
    )


def _as_column(each: pl.Expr | int | None) -> pl.Expr:
    return (each if isinstance(each, pl.Expr) else pl.lit(each, pl.Int64())).cast(pl.Int64)


def _told(scheme: Scheme, part: SchemePart) -> Iterator[Told]:
    yield from _of_score(part)
    yield from _of_measure(part)
    yield from _of_earnings(part)
    yield from _of_factors(scheme, part)


def _of_score(part: SchemePart) -> Iterator[Told]:
    d = pl.col("d")
    if part.measure in ON_INDICATOR:
        if part.measure is not Measure.SAVINGS:
            yield Told(RewardStep.SCORE, (pl.col("n"), d))
        yield Told(RewardStep.LINES, (d, 1), (part.denominator_min, 1))
    if part.reliability_min_percent is not None:
        reliable = (d, d + (part.reliability_lines or 0))
        yield Told(RewardStep.RELIABILITY, reliable, (part.reliability_min_percent, 100), unless=_TOO_FEW)
    if part.meetings_min is not None:
        yield Told(RewardStep.MEETINGS, (pl.col("attended"), 1), (part.meetings_min, 1), unless=_UNSURE)


def _of_measure(part: SchemePart) -> Iterator[Told]:
    value = (pl.col("value"), pl.col("of"))
    if part.certainty is Certainty.LOWER:
        yield Told(RewardStep.LOWER_BOUND, value, unless=_ABSENT)
    match part.measure:
        case Measure.PERCENTILE:
            yield Told(RewardStep.PERCENTILE, value, unless=_ABSENT)
        case Measure.DECILE:
            yield Told(RewardStep.DECILE, value, unless=_ABSENT)
        case Measure.ATTENDANCE:
            yield Told(RewardStep.MEETINGS, (pl.col("attended"), 1), (part.meetings, 1), unless=_ABSENT)
        case Measure.IMPROVEMENT:
            unless = (*_ABSENT, Grounds.NO_BASELINE)
            yield Told(RewardStep.BASELINE, (pl.col("base_n"), pl.col("base_d")), unless=unless)
            yield Told(RewardStep.IMPROVEMENT, value, unless=unless)
        case Measure.SAVINGS:
            yield Told(RewardStep.SAVINGS, value, unless=(*_ABSENT, Grounds.NO_BASELINE))
        case _:
            return


def _of_earnings(part: SchemePart) -> Iterator[Told]:
    value, cents = (pl.col("value"), pl.col("of")), _cents(part, pl.col("rounded_1"))
    if part.bands:
        yield from _of_bands(part, cents)
    elif part.scale is not None:
        limits = (part.scale.lower_percent, part.scale.upper_percent)
        yield Told(RewardStep.SCALE, on_scale(part), limits, cents, _UNPAID)
    elif part.fixed is not None:
        yield Told(RewardStep.FIXED, cents=cents, unless=_UNPAID)
    else:
        yield Told(RewardStep.SHARE, (value[0], 1), (part.share_percent, 100), cents, _UNPAID)


def _of_bands(part: SchemePart, cents: pl.Expr | None) -> Iterator[Told]:
    bands = sorted(part.bands, key=lambda band: band.threshold_percent)
    reached = pl.col("band").is_not_null()
    at = pl.col("threshold_percent").fill_null(bands[0].threshold_percent)
    value: Pair = (pl.col("value"), pl.col("of"))
    if part.certainty is Certainty.PROBABILITY:
        chances = [pl.when(pl.col("band") == n).then(pl.col(f"chance_{n}")).otherwise(None) for n in range(len(bands))]
        chance = pl.coalesce(*chances, pl.col("chance_0"))
        least: Pair = (part.probability_min_permille, 1000)
        yield Told(RewardStep.PROBABILITY, (chance, 1000), least, unless=_UNPAID)
    yield Told(RewardStep.BAND, value, (at, 100), cents, _UNPAID, reached)
    yield Told(RewardStep.NO_BAND, value, (at, 100), cents, _UNPAID, ~reached)


def _of_factors(scheme: Scheme, part: SchemePart) -> Iterator[Told]:
    def more(n: int) -> pl.Expr | None:
        return _cents(part, pl.col(f"rounded_{n}") - pl.col(f"rounded_{n - 1}"))

    if part.per is PaidPer.PATIENT:
        yield Told(RewardStep.ENROLLED, (pl.col("patients"), 1), cents=more(2), unless=_UNPAID)
    if part.weight_percent is not None:
        yield Told(RewardStep.WEIGHT, (part.weight_percent, 100), cents=more(3), unless=_UNPAID)
    if by_day(scheme, part):
        yield Told(RewardStep.DAYS, (pl.col("days"), pl.col("days_in_all")), cents=more(4), unless=_UNPAID)
    points, cents = pl.col("rounded_4"), pl.col("reward_cents")
    if part.in_points and scheme.point_cents is not None:
        value = (points, POINT_PARTS)
        yield Told(RewardStep.POINT_VALUE, value, (scheme.point_cents, 1), cents, _UNPAID)
    if part.in_points and scheme.budget_cents is not None:
        shared = (points, pl.col("points_in_all"))
        yield Told(RewardStep.BUDGET, shared, (scheme.budget_cents, 1), cents, _UNPAID)


def _cents(part: SchemePart, cents: pl.Expr) -> pl.Expr | None:
    # Points are worth nothing until all of them are known.
    return None if part.in_points else cents
