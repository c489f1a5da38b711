"""The calibrated score of a match: the measured share of such matches that is right, on labels kept for fitting."""

from .enumerations import MatchMethod
from .reasons import MatchReason
from .vocabulary import rows_of

_SCORES = {(row["match_method"], row["reason"]): float(row["score"]) for row in rows_of("match_scores")}


def score_of(method: MatchMethod, reason: MatchReason) -> float:
    """Return the score of a match found this way and for this reason; 0 where nothing was matched."""
    return _SCORES.get((method, reason), 0.0)
