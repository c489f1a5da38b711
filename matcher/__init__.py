"""What happened: the straight path of a dispensing line, and the front door of everything that judges."""

from .aliases import standing_decisions
from .assess import Assessment, Workplace, assess
from .effect import EVERY_DAY, Effect, effect_of, rejudged
from .enumerations import (
    AttributedTo,
    Decision,
    Grounds,
    MatchMethod,
    Netting,
    Outcome,
    Problem,
    Reason,
    RewardStep,
    Start,
)
from .errors import FileUnusable
from .frames import (
    ADHERENCE_SCORES,
    CANONICAL_COLUMNS,
    KEPT_LINES,
    OUTCOME_COUNTS,
    RAW_LINES,
    REWARD_STEPS,
    REWARDS,
    AdherenceScores,
    KeptLines,
    OutcomeCounts,
    RawLines,
    Rewarding,
    Rewards,
    RewardSteps,
)
from .identification_cache import cache_key, read_known, write_known
from .identifier import Identification, Identifier, identifier
from .overview import Overview, deviations_of, over_all_periods, overview, top_deviations, unsure_labels
from .period import Period
from .read import FileRead, LinesRead, read_lines
from .reasons import reason_sentences
from .review import agreement, review_queue
from .statistics import allocate_cents, deciles, percentile_ranks, suppress_small, wilson_interval
from .thresholds import idle_thresholds

__all__ = [
    "ADHERENCE_SCORES",
    "CANONICAL_COLUMNS",
    "EVERY_DAY",
    "KEPT_LINES",
    "OUTCOME_COUNTS",
    "RAW_LINES",
    "REWARDS",
    "REWARD_STEPS",
    "AdherenceScores",
    "Assessment",
    "AttributedTo",
    "Decision",
    "Effect",
    "FileRead",
    "FileUnusable",
    "Grounds",
    "Identification",
    "Identifier",
    "KeptLines",
    "LinesRead",
    "MatchMethod",
    "Netting",
    "Outcome",
    "OutcomeCounts",
    "Overview",
    "Period",
    "Problem",
    "RawLines",
    "Reason",
    "RewardStep",
    "RewardSteps",
    "Rewarding",
    "Rewards",
    "Start",
    "Workplace",
    "agreement",
    "allocate_cents",
    "assess",
    "cache_key",
    "deciles",
    "deviations_of",
    "effect_of",
    "identifier",
    "idle_thresholds",
    "over_all_periods",
    "overview",
    "percentile_ranks",
    "read_known",
    "read_lines",
    "reason_sentences",
    "rejudged",
    "review_queue",
    "standing_decisions",
    "suppress_small",
    "top_deviations",
    "unsure_labels",
    "wilson_interval",
    "write_known",
]
