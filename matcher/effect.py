"""What other rules do to the same lines: pure questions to two assessments of them, none about a patient.

Every answer is sorted on a total order, so that the same lines and rules give the same report.
"""

from dataclasses import dataclass
from datetime import date

import polars as pl

from formulary import Rulebook

from .assess import Assessment, Workplace, assess
from .distinct import IN_ORDER
from .enumerations import Outcome
from .frames import KeptLines, RawLines
from .period import Period
from .tables import REWARDS, AdherenceScores, Rewards

# All days as one period: a rule that is put in force always is compared over all the lines there are.
EVERY_DAY = Period("ALL", date.min, date.max)

_SCORE_KEY = ["level", "id", "indicator"]
_REWARD_KEY = ["level", "id", "part"]
_JUDGED = ("outcome", "reason", "entry_id")
_MOVED_LINES = ["outcome_before", "reason_before", "outcome_after", "reason_after"]
_COUNTED = ("lines", "prescribers")
_LINES = pl.len().cast(pl.Int64()).alias("lines")


@dataclass(frozen=True)
class Effect:
    """What moves between two assessments of the same lines, before and after.

    `outcomes` has a row per outcome with the lines `before` and `after`; `lines` one per entry and move with how
    many `lines` of how many `prescribers` (`entry_id` is empty where no entry speaks of the substance itself);
    `causes` the same moves added up per prescriber and entry; `scores` one per level, id and indicator whose whole
    counts differ, with `points_per_mille`, the difference of the rates in tenths of a percentage point; `rewards`
    one per payee and part of a scheme whose cents differ; `reward_cents` the totals of all rewards, before and after.
    """

    outcomes: pl.DataFrame
    lines: pl.DataFrame
    causes: pl.DataFrame
    scores: pl.DataFrame
    rewards: pl.DataFrame
    reward_cents: tuple[int, int]


def rejudged(raw: RawLines, rulebook: Rulebook, workplace: Workplace) -> Assessment:
    """Return what a rule book makes of lines, all days taken as one period and rewarded by its newest scheme.

    Hand in `in_force_always(rulebook)` to see what a version would have made of lines of before its first day.
    """
    newest = max(rulebook.schemes, key=lambda scheme: (scheme.in_force_from, scheme.id), default=None)
    # What it would have paid for these lines, whenever they were: as if it had been in force on every day.
    always = {"in_force_from": EVERY_DAY.first, "in_force_until": None}
    return assess(raw, rulebook, EVERY_DAY, workplace, newest and newest.model_copy(update=always))


def effect_of(before: Assessment, after: Assessment, substances: pl.DataFrame) -> Effect:
    """Return what moves from one assessment to the other; both must be of the same lines, in the same order.

    `substances` (`SUBSTANCES`) names the substances. Lines outside every period count in `lines`, not in `scores`.
    """
    both = _side_by_side(before.lines, after.lines)
    moved = both.filter(_differs("outcome") | _differs("reason")).collect(optimizations=IN_ORDER)
    return Effect(
        outcomes=_outcomes(both),
        lines=_moved_lines(moved, substances),
        causes=_causes(moved, substances),
        scores=_moved_scores(before.scores, after.scores),
        rewards=_moved_rewards(before.rewards, after.rewards),
        reward_cents=(_total_cents(before.rewards), _total_cents(after.rewards)),
    )


def _side_by_side(before: KeptLines, after: KeptLines) -> pl.LazyFrame:
    """Return each line once, with what was said of it before and after."""
    old = before.select(pl.col(_JUDGED).name.suffix("_before"))
    new = after.select("prescriber_agb", "matched_atc", "matched_product", pl.col(_JUDGED).name.suffix("_after"))
    # Both took the same path in the order read, so that rows belong together by place; a key might not be unique.
    both = pl.concat([old, new], how="horizontal")
    return both.with_columns(pl.coalesce("entry_id_after", "entry_id_before").alias("entry_id"))


def _differs(name: str) -> pl.Expr:
    return pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after"))


def _outcomes(both: pl.LazyFrame) -> pl.DataFrame:
    counted = [
        both.group_by(pl.col(f"outcome_{side}").alias("outcome")).agg(_LINES.alias(side))
        for side in ("before", "after")
    ]
    every = pl.LazyFrame({"outcome": list(Outcome)}, schema={"outcome": pl.Enum(Outcome)})
    for side in counted:
        every = every.join(side, on="outcome", how="left", maintain_order="left")
    return every.with_columns(pl.col("before", "after").fill_null(0)).collect(optimizations=IN_ORDER)


def _moved_lines(moved: pl.DataFrame, substances: pl.DataFrame) -> pl.DataFrame:
    key = ["entry_id", "matched_atc", *_MOVED_LINES]
    prescribers = pl.col("prescriber_agb").n_unique().cast(pl.Int64()).alias("prescribers")
    grouped = moved.group_by(key).agg(pl.col("matched_product").min(), _LINES, prescribers)
    named = _named(grouped, substances).select("entry_id", "matched_atc", "substance", *_MOVED_LINES, *_COUNTED)
    return named.sort("lines", *key, descending=[True, *[False] * len(key)], nulls_last=True)


def _causes(moved: pl.DataFrame, substances: pl.DataFrame) -> pl.DataFrame:
    key = ["prescriber_agb", "entry_id", "matched_atc"]
    grouped = moved.drop_nulls("prescriber_agb").group_by(key).agg(pl.col("matched_product").min(), _LINES)
    named = _named(grouped, substances).select("prescriber_agb", "entry_id", "matched_atc", "substance", "lines")
    order = ["prescriber_agb", "lines", "entry_id", "matched_atc"]
    return named.sort(order, descending=[False, True, False, False], nulls_last=True)


def _named(grouped: pl.DataFrame, substances: pl.DataFrame) -> pl.DataFrame:
    names = substances.unique("atc", keep="first", maintain_order=True).select(matched_atc="atc", substance="name_nl")
    named = grouped.join(names, on="matched_atc", how="left")
    return named.with_columns(pl.coalesce("substance", "matched_product", "matched_atc").alias("substance"))


def _moved_scores(before: AdherenceScores, after: AdherenceScores) -> pl.DataFrame:
    """Return the scores whose counts differ; what one of the two does not have counts as nought."""
    counted = ["numerator", "denominator"]
    added = [scores.group_by(_SCORE_KEY).agg(pl.col(counted).sum()) for scores in (before, after)]
    joined = _joined(added[0], added[1], _SCORE_KEY, counted)
    moved = joined.filter(_differs("numerator") | _differs("denominator")).with_columns(_points())
    order = ["level", "indicator", pl.col("points_per_mille").abs(), "id"]
    return moved.sort(order, descending=[False, False, True, False], nulls_last=True)


def _points() -> pl.Expr:
    """Return the difference of two rates in tenths of a percentage point, rounded half away from nought, once."""
    wide = {name: pl.col(name).cast(pl.Int128()) for name in ("numerator_before", "numerator_after")}
    old, new = pl.col("denominator_before"), pl.col("denominator_after")
    # Whole numbers to the end: the products of cents may pass what 64 bits hold.
    difference = wide["numerator_after"] * old - wide["numerator_before"] * new
    of = old.cast(pl.Int128()) * new
    rounded = (difference.abs() * 2000 + of) // (of * 2) * difference.sign()
    return pl.when(of > 0).then(rounded).cast(pl.Int64()).alias("points_per_mille")


def _moved_rewards(before: Rewards | None, after: Rewards | None) -> pl.DataFrame:
    said = ["scheme", "indicator", "band", "reward_cents"]
    sides = [_rewards(rewards).select(*_REWARD_KEY, *said) for rewards in (before, after)]
    joined = _joined(sides[0], sides[1], _REWARD_KEY, ["reward_cents"])
    moved = joined.filter(_differs("reward_cents"))
    weight = (pl.col("reward_cents_after") - pl.col("reward_cents_before")).abs()
    return moved.sort(weight, *_REWARD_KEY, descending=[True, *[False] * len(_REWARD_KEY)])


def _rewards(rewards: Rewards | None) -> pl.DataFrame:
    return REWARDS.to_frame() if rewards is None else rewards


def _joined(before: pl.DataFrame, after: pl.DataFrame, key: list[str], counted: list[str]) -> pl.DataFrame:
    rest = [name for name in before.columns if name not in key]
    old = before.rename({name: f"{name}_before" for name in rest})
    new = after.rename({name: f"{name}_after" for name in rest})
    both = [f"{name}_{side}" for name in counted for side in ("before", "after")]
    return old.join(new, on=key, how="full", coalesce=True).with_columns(pl.col(both).fill_null(0))


def _total_cents(rewards: Rewards | None) -> int:
    return 0 if rewards is None else int(rewards["reward_cents"].sum())
