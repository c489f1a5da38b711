"""Floors, caps and holds: what is added to or taken from a payee, a practice or all together, as parts of their own."""

from collections.abc import Iterator

import polars as pl

from formulary import Level, Scheme

from ..enumerations import Grounds, RewardStep
from .exact import WIDE, allocated, whole

_JUDGED = (
    Grounds.BAND_REACHED, Grounds.BELOW_BANDS, Grounds.ON_SCALE, Grounds.BELOW_SCALE, Grounds.FIXED_AMOUNT,
    Grounds.SAVINGS_SHARED, Grounds.NO_SAVINGS)  # fmt: skip
_GROUNDS = {RewardStep.CAP: Grounds.CAP_APPLIED, RewardStep.FLOOR: Grounds.FLOOR_APPLIED}


def limited(payees: pl.DataFrame, rewards: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Return what each limit of the scheme does, in the order in which they work: floor before cap, small before all.

    Columns: `payee_no`, `part`, `step`, `value`, `limit`, `cents`, `grounds`; a row only where it does something. No
    floor is for whom no part could be judged. A cap or floor of several is shared in proportion, to the cent.
    """
    judged = rewards.group_by("payee_no").agg(
        pl.col("reward_cents").cast(WIDE).sum().alias("owed"),
        pl.col("grounds").cast(pl.String).is_in([str(each) for each in _JUDGED]).any().alias("is_judged"),
    )
    owed = payees.join(judged, on="payee_no", how="left", maintain_order="left").with_columns(
        pl.col("owed").fill_null(0), pl.col("is_judged").fill_null(value=False), alone=pl.col("payee_no")
    )
    done = []
    for part, step, group, cents in _limits(scheme):
        applied = _applied(owed, (part, step), group, cents)
        owed = _moved(owed, applied)
        done.append(applied)
    return pl.concat([*done, _held(owed)])


def _limits(scheme: Scheme) -> Iterator[tuple[str, RewardStep, str, int]]:
    for kind, group in (("", "alone"), ("practice_", f"of_{Level.PRACTICE}"), ("scheme_", "period")):
        for step in (RewardStep.FLOOR, RewardStep.CAP):
            name = f"{kind}{step.lower()}"
            cents = getattr(scheme, f"{name}_cents")
            if cents is not None:
                yield name.upper(), step, group, cents


def _applied(owed: pl.DataFrame, name: tuple[str, RewardStep], group: str, cents: int) -> pl.DataFrame:
    """Return what one limit does: to each payee alone, or shared over a group in proportion to what each is owed."""
    part, step = name
    # Prescribers of one practice in two periods are two groups.
    within = pl.concat_str("period", pl.col(group).cast(pl.String), separator=" ")
    grouped = owed.with_columns(within.alias("within")).drop_nulls("within")
    total = pl.col("owed").sum().over("within")
    if step is RewardStep.FLOOR and group == "alone":
        changed = grouped.with_columns(total=total).filter(pl.col("is_judged"), pl.col("owed") < cents)
        new = changed.with_columns(new=whole(cents))["new"]
    else:
        is_over = pl.col("total") > cents if step is RewardStep.CAP else pl.col("total") < cents
        changed = grouped.with_columns(total=total).filter(is_over, pl.col("total") > 0)
        new = allocated(changed.with_columns(weight="owed"), whole(cents), "within")
    moved = changed.with_columns(new.alias("new")).filter(pl.col("new") != pl.col("owed"))
    return moved.select(
        "payee_no",
        pl.lit(part).alias("part"),
        pl.lit(str(step)).alias("step"),
        pl.col("total").cast(pl.Int64).alias("value"),
        pl.lit(cents, pl.Int64()).alias("limit"),
        (pl.col("new") - pl.col("owed")).cast(pl.Int64).alias("cents"),
        pl.lit(str(_GROUNDS[step])).alias("grounds"),
    )


def _moved(owed: pl.DataFrame, applied: pl.DataFrame) -> pl.DataFrame:
    joined = owed.join(applied.select("payee_no", "cents"), on="payee_no", how="left", maintain_order="left")
    return joined.with_columns(owed=pl.col("owed") + pl.col("cents").fill_null(0).cast(WIDE)).drop("cents")


def _held(owed: pl.DataFrame) -> pl.DataFrame:
    held = owed.filter(pl.col("is_provisional"), pl.col("owed") != 0)
    return held.select(
        "payee_no",
        pl.lit("HOLD").alias("part"),
        pl.lit(str(RewardStep.HOLD)).alias("step"),
        pl.col("owed").cast(pl.Int64).alias("value"),
        pl.lit(None, pl.Int64()).alias("limit"),
        (0 - pl.col("owed")).cast(pl.Int64).alias("cents"),
        pl.lit(str(Grounds.PROVISIONAL)).alias("grounds"),
    )
