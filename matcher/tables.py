"""Every table that is worked out from lines: counts, scores and what compares them, rewards and their arithmetic."""

from dataclasses import dataclass
from typing import NewType

import polars as pl

from formulary import Level

from .enumerations import AttributedTo, Change, Distinction, Grounds, Outcome, Reason, RewardStep

# One row per period, level, id, indicator and formulary version: how many lines had each outcome.
OutcomeCounts = NewType("OutcomeCounts", pl.DataFrame)
OUTCOME_COUNTS = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "indicator": pl.String(),
        "formulary_version": pl.String(),
        "outcome": pl.Enum(Outcome),
        "lines": pl.Int64(),
    }
)

# One row per month, level, id and indicator of which something was judged.
MonthlyCounts = NewType("MonthlyCounts", pl.DataFrame)
MONTHLY_COUNTS = pl.Schema(
    {
        "month": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "indicator": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
    }
)

# One row per month, level, id and indicator: what was expected of it, and the CUSUM of a rise and of a fall so far.
TREND = pl.Schema(
    {**MONTHLY_COUNTS, "rate": pl.Float64(), "expected": pl.Float64(), "rise": pl.Float64(), "fall": pl.Float64()}
)

# One row per level, id and indicator whose rate changed beyond chance: from which month, until which it is seen.
CHANGES = pl.Schema(
    {
        "level": pl.Enum(Level),
        "id": pl.String(),
        "indicator": pl.String(),
        "change": pl.Enum(Change),
        "began": pl.String(),
        "seen_until": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "rate": pl.Float64(),
        "expected": pl.Float64(),
        "false_discovery": pl.Float64(),
    }
)

# One row per level, id and switch: a deviation that is the prescriber's own, with what the formulary prefers; the
# score as it is and as it would be, over all periods; and what it would have saved, in the days looked at and a year.
SWITCHES = pl.Schema(
    {
        "level": pl.Enum(Level),
        "id": pl.String(),
        "rank_no": pl.Int32(),
        "matched_atc": pl.String(),
        "product": pl.String(),
        "preferred": pl.String(),
        "preferred_atc": pl.String(),
        "lines": pl.Int64(),
        "patients": pl.Int64(),
        "repeats": pl.Int64(),
        "numerator": pl.Int64(),
        "numerator_after": pl.Int64(),
        "denominator": pl.Int64(),
        "saving_cents": pl.Int64(),
        "yearly_saving_cents": pl.Int64(),
    }
)

# One row per prescriber and deviation, whosever it was, also where it is excused.
DEVIATIONS = pl.Schema(
    {
        "id": pl.String(),
        "matched_atc": pl.String(),
        "product": pl.String(),
        "reason": pl.Enum(Reason),
        "attributed_to": pl.Enum(AttributedTo),
        "preferred": pl.String(),
        "lines": pl.Int64(),
        "cost_cents": pl.Int128(),
    }
)

# One row per quarter and prescriber: adherence over what a typical prescriber would reach with the same mix.
BREADTH = pl.Schema(
    {
        "period": pl.String(),
        "id": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "expected": pl.Float64(),
        "ratio": pl.Float64(),
        "ratio_low": pl.Float64(),
        "ratio_high": pl.Float64(),
    }
)

# One row per period, level and indicator: how far it tells those who are compared by it apart.
INDICATOR_QUALITY = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "indicator": pl.String(),
        "peers": pl.Int64(),
        "rate": pl.Float64(),
        "median": pl.Float64(),
        "lower_quartile": pl.Float64(),
        "upper_quartile": pl.Float64(),
        "reliability": pl.Float64(),
        "benchmark": pl.Float64(),
        "headroom": pl.Float64(),
        "distinction": pl.Enum(Distinction),
    }
)

AdherenceScores = NewType("AdherenceScores", pl.DataFrame)
ADHERENCE_SCORES = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "indicator": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "excepted": pl.Int64(),
        "excluded": pl.Int64(),
        "unidentified": pl.Int64(),
        "lowest": pl.Float64(),
        "highest": pl.Float64(),
        "rate": pl.Float64(),
        "interval_low": pl.Float64(),
        "interval_high": pl.Float64(),
        "percentile": pl.Float64(),
        "peers": pl.Int64(),
        "formulary_versions": pl.String(),
        "provisional": pl.Boolean(),
    }
)

# One row per period, payee (level and id), scheme and part; what a payee is owed is the sum over the parts. Caps,
# floors and holds are parts of their own. No indicator: a part that speaks about more than one, or about none.
Rewards = NewType("Rewards", pl.DataFrame)
REWARDS = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "scheme": pl.String(),
        "part": pl.String(),
        "indicator": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "band": pl.String(),
        "threshold_percent": pl.Int64(),
        "reward_cents": pl.Int64(),
        "grounds": pl.Enum(Grounds),
    }
)

# The arithmetic of each row of REWARDS, step by step: the cents of a part's steps add up to its `reward_cents`.
# `value` and `limit` are the exact pairs that were used; what they mean is said by the sentence of the step.
RewardSteps = NewType("RewardSteps", pl.DataFrame)
REWARD_STEPS = pl.Schema(
    {
        "period": pl.String(),
        "level": pl.Enum(Level),
        "id": pl.String(),
        "scheme": pl.String(),
        "part": pl.String(),
        "step_no": pl.Int32(),
        "step": pl.Enum(RewardStep),
        "value_numerator": pl.Int64(),
        "value_denominator": pl.Int64(),
        "limit_numerator": pl.Int64(),
        "limit_denominator": pl.Int64(),
        "cents": pl.Int64(),
    }
)


@dataclass(frozen=True)
class Rewarding:
    """What is owed (`REWARDS`), and every step by which it was worked out (`REWARD_STEPS`)."""

    rewards: Rewards
    steps: RewardSteps
