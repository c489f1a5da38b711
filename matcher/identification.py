"""What identification says of one line, and how what its codes say and what its label says become one answer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import polars as pl

from .enumerations import Decision, MatchMethod
from .ladder import CODE_COLUMNS
from .reasons import MatchReason
from .scores import score_of
from .substances import Substances

_LABEL_EXCLUDES = frozenset({MatchReason.COMPOUNDED, MatchReason.SERVICE, MatchReason.NOT_A_MEDICINE})
# Doubts of a label that still name its substance for certain.
NAMES_SUBSTANCE = frozenset({MatchReason.SEVERAL_CODES, MatchReason.STRENGTH_UNKNOWN, MatchReason.FORM_UNEXPECTED})
BETWEEN = " | "
ANSWER = pl.Schema(
    {
        "decision": pl.Enum(Decision),
        "match_method": pl.Enum(MatchMethod),
        "match_score": pl.Float64(),
        "matched_atc": pl.String(),
        "matched_product": pl.String(),
        "matched_substances": pl.String(),
        "matched_form": pl.String(),
        "matched_device": pl.String(),
        "matched_strength": pl.String(),
        "runner_up": pl.String(),
        "runner_up_score": pl.Float64(),
        "runner_up_product": pl.String(),
        "reason": pl.String(),
    }
)
# What was written of a product: its codes as text, and its label. A row without codes is what the label alone says.
EVIDENCE = (*CODE_COLUMNS, "label")
LEARNED = pl.Schema({**dict.fromkeys(EVIDENCE, pl.String()), **ANSWER})


class Identification(NamedTuple):
    """What one line is; the fields are the columns of the interface, section 3.

    `runner_up_score` tells how close the runner-up is, from 0 to 1, and is not calibrated: the share of its name's
    letters that the label has; where a code contradicts the label, the score of what the label says.
    `runner_up_product` is a product that has the label's strength and form if the first runner-up is meant: for a
    person to accept or not, and nothing that is counted.
    """

    decision: Decision
    match_method: MatchMethod
    match_score: float
    matched_atc: str | None = None
    matched_product: str | None = None
    matched_substances: str | None = None
    matched_form: str | None = None
    matched_device: str | None = None
    matched_strength: str | None = None
    runner_up: str | None = None
    runner_up_score: float | None = None
    runner_up_product: str | None = None
    reason: MatchReason = MatchReason.NAME_UNKNOWN


def nothing(reason: MatchReason) -> Identification:
    """Return the answer that no product could be named, and why."""
    return Identification(Decision.UNMATCHED, MatchMethod.NONE, 0.0, reason=reason)


def frame_of(answers: Sequence[Identification]) -> pl.DataFrame:
    """Return the answers as a frame (`ANSWER`); many lines share one answer, which is written once and looked up."""
    distinct = {id(answer): answer for answer in answers}
    place = {key: number for number, key in enumerate(distinct)}
    columns = zip(*distinct.values(), strict=True) if distinct else [()] * len(ANSWER)
    table = pl.DataFrame(
        [pl.Series(name, values, dtype=ANSWER[name]) for name, values in zip(ANSWER, columns, strict=True)]
    )
    return table[pl.Series([place[id(answer)] for answer in answers], dtype=pl.UInt32)]


def of_row(row: Sequence[Any]) -> Identification:
    """Return the answer that a row of such a frame holds."""
    decision, method, *told, reason = row
    return Identification._make((Decision(decision), MatchMethod(method), *told, MatchReason(reason)))


def agreed(code: Identification, label: Identification | None, substances: Substances) -> Identification:
    """Return the answer of code and label together; where they name different substances, a person decides."""
    if label is None or (label.decision != Decision.MATCHED and not _codes_named(label)):
        excluded = label is not None and label.reason in _LABEL_EXCLUDES and code.match_method == MatchMethod.ATC_ONLY
        return label if label is not None and excluded else code
    # Only a label that names a substance for certain can contradict a code; an unread label cannot.
    named = _codes_named(label)
    if code.matched_atc in named:
        return _confirmed(code, label)
    if _share_substances(code.matched_atc, named, substances) and code.match_method != MatchMethod.ATC_ONLY:
        return code
    return _conflict(code, label, named)


def _codes_named(label: Identification) -> list[str]:
    if label.matched_atc:
        return [label.matched_atc]
    return label.runner_up.split(BETWEEN) if label.runner_up and label.reason in NAMES_SUBSTANCE else []


def _confirmed(code: Identification, label: Identification) -> Identification:
    reason = MatchReason.CODE_AND_LABEL_AGREE
    # An ATC code alone says less than the label it agrees with; a product code says more.
    if code.match_method == MatchMethod.ATC_ONLY and label.decision == Decision.MATCHED:
        return label._replace(reason=reason, match_score=score_of(label.match_method, reason))
    return code._replace(reason=reason, match_score=score_of(code.match_method, reason))


def _share_substances(code: str | None, named: list[str], substances: Substances) -> bool:
    own = substances.set_of_code.get(code or "")
    return own is not None and any(own == substances.set_of_code.get(other) for other in named)


def _conflict(code: Identification, label: Identification, named: list[str]) -> Identification:
    return code._replace(
        decision=Decision.REVIEW,
        match_score=0.0,
        runner_up=BETWEEN.join(named),
        runner_up_score=label.match_score if label.matched_atc else label.runner_up_score,
        reason=MatchReason.CODE_LABEL_CONFLICT,
    )
