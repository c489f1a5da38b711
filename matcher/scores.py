"""The calibrated score of a match: the measured share of such matches that is right on labels not used to fit it."""

from .vocabulary import rows_of

_SCORES = {row["evidence"]: float(row["score"]) for row in rows_of("match_scores")}


def score_of(evidence: str) -> float:
    """Return the score of this class of evidence; 0 where nothing was matched."""
    return _SCORES.get(evidence, 0.0)
