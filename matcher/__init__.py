"""What happened: the straight path of a dispensing line, and the front door of everything that judges."""

from .assess import Assessment, Workplace, assess
from .errors import FileUnusable
from .frames import (
    ADHERENCE_SCORES,
    ATTRIBUTED_LINES,
    CANONICAL_COLUMNS,
    OUTCOME_COUNTS,
    RAW_LINES,
    REWARDS,
    AdherenceScores,
    AttributedLines,
    AttributedTo,
    Decision,
    Grounds,
    Level,
    MatchMethod,
    Netting,
    Outcome,
    OutcomeCounts,
    Problem,
    RawLines,
    Reason,
    Rewards,
    Start,
)
from .identifier import Identification, Identifier, identifier
from .period import Period
from .read import FileRead, LinesRead, read_lines
from .reasons import reason_sentences
from .statistics import allocate_cents, deciles, percentile_ranks, suppress_small, wilson_interval

__all__ = [
    "ADHERENCE_SCORES",
    "ATTRIBUTED_LINES",
    "CANONICAL_COLUMNS",
    "OUTCOME_COUNTS",
    "RAW_LINES",
    "REWARDS",
    "AdherenceScores",
    "Assessment",
    "AttributedLines",
    "AttributedTo",
    "Decision",
    "FileRead",
    "FileUnusable",
    "Grounds",
    "Identification",
    "Identifier",
    "Level",
    "LinesRead",
    "MatchMethod",
    "Netting",
    "Outcome",
    "OutcomeCounts",
    "Period",
    "Problem",
    "RawLines",
    "Reason",
    "Rewards",
    "Start",
    "Workplace",
    "allocate_cents",
    "assess",
    "deciles",
    "identifier",
    "percentile_ranks",
    "read_lines",
    "reason_sentences",
    "suppress_small",
    "wilson_interval",
]
