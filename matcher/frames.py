"""The words of the path, each spelled once, then every frame in the order of travel.

An enumeration here is the polars Enum, the text in CSV and JSON, and the word in every report.
"""

from enum import StrEnum
from typing import NewType

import polars as pl

from formulary import Agreement, FormClass, Level

from .reasons import MatchReason


class Problem(StrEnum):
    """Why a line could not be understood; such a line is INVALID and goes back to its sender."""

    TOO_FEW_FIELDS = "TOO_FEW_FIELDS"
    TOO_MANY_FIELDS = "TOO_MANY_FIELDS"
    FIELD_TOO_LONG = "FIELD_TOO_LONG"
    NUL_CHARACTER = "NUL_CHARACTER"
    QUOTE_MISPLACED = "QUOTE_MISPLACED"
    NO_DATE = "NO_DATE"
    BAD_DATE = "BAD_DATE"
    NO_PRESCRIBER = "NO_PRESCRIBER"
    BAD_PRESCRIBER = "BAD_PRESCRIBER"
    NO_PRODUCT = "NO_PRODUCT"
    BAD_QUANTITY = "BAD_QUANTITY"
    NEGATIVE_QUANTITY = "NEGATIVE_QUANTITY"
    BAD_COST = "BAD_COST"
    DUPLICATE_LINE_ID = "DUPLICATE_LINE_ID"


class Decision(StrEnum):
    """What became of naming the product; only MATCHED ever counts in a score."""

    MATCHED = "MATCHED"
    REVIEW = "REVIEW"
    UNMATCHED = "UNMATCHED"


class MatchMethod(StrEnum):
    """How the product was named, from the most certain evidence to none."""

    ZI = "ZI"
    HPK = "HPK"
    PRK = "PRK"
    GPK = "GPK"
    ALIAS = "ALIAS"
    EXACT_NAME = "EXACT_NAME"
    PARSED_LABEL = "PARSED_LABEL"
    SIMILAR_NAME = "SIMILAR_NAME"
    ATC_ONLY = "ATC_ONLY"
    NONE = "NONE"


class Start(StrEnum):
    """Whether a line starts a treatment; UNKNOWN where the history is too short to tell."""

    FIRST = "FIRST"
    REPEAT = "REPEAT"
    UNKNOWN = "UNKNOWN"


class Netting(StrEnum):
    """Whether a line still stands after credit lines were set against what they credit."""

    STANDING = "STANDING"
    REVERSED = "REVERSED"
    REVERSAL = "REVERSAL"
    ORPHAN_REVERSAL = "ORPHAN_REVERSAL"


class Outcome(StrEnum):
    """What is said of a line; for every file, prescriber and period the six add up to the lines read."""

    ADHERENT = "ADHERENT"
    NON_ADHERENT = "NON_ADHERENT"
    EXCEPTED = "EXCEPTED"
    EXCLUDED = "EXCLUDED"
    UNIDENTIFIED = "UNIDENTIFIED"
    INVALID = "INVALID"


class Reason(StrEnum):
    """Why a line has its outcome."""

    FIRST_CHOICE = "FIRST_CHOICE"
    LATER_CHOICE = "LATER_CHOICE"
    LISTED = "LISTED"
    NOT_LISTED = "NOT_LISTED"
    GRACE = "GRACE"
    NOT_RECOMMENDED = "NOT_RECOMMENDED"
    OTHER_PATIENT = "OTHER_PATIENT"
    OTHER_FORM = "OTHER_FORM"
    OTHER_INDICATION = "OTHER_INDICATION"
    MEDICAL_NEED = "MEDICAL_NEED"
    LOGISTIC_NEED = "LOGISTIC_NEED"
    INSURER_PREFERENCE = "INSURER_PREFERENCE"
    IN_SHORTAGE = "IN_SHORTAGE"
    CHAPTER_SUSPENDED = "CHAPTER_SUSPENDED"
    NOT_COVERED = "NOT_COVERED"
    NO_VERSION_IN_FORCE = "NO_VERSION_IN_FORCE"
    LOCAL_ARTICLE = "LOCAL_ARTICLE"
    REVERSED = "REVERSED"
    REVERSAL = "REVERSAL"
    ORPHAN_REVERSAL = "ORPHAN_REVERSAL"
    UNSURE_PRODUCT = "UNSURE_PRODUCT"
    UNKNOWN_PRODUCT = "UNKNOWN_PRODUCT"
    NOT_UNDERSTOOD = "NOT_UNDERSTOOD"


class AttributedTo(StrEnum):
    """Whose deviation it was; empty where a line does not deviate."""

    PRESCRIBER = "PRESCRIBER"
    PHARMACY = "PHARMACY"
    INSURER = "INSURER"
    SHORTAGE = "SHORTAGE"
    MEDICAL_NEED = "MEDICAL_NEED"
    LOGISTIC = "LOGISTIC"
    SPECIALIST = "SPECIALIST"
    UNKNOWN = "UNKNOWN"


class Grounds(StrEnum):
    """Why a prescriber is or is not paid for an indicator."""

    BAND_REACHED = "BAND_REACHED"
    BELOW_BANDS = "BELOW_BANDS"
    TOO_FEW_LINES = "TOO_FEW_LINES"


# What the sender wrote, under our column names, as text; `damage` says what is wrong with the row as a row.
# A column that no file has is of type Null: nothing is read where nothing can stand.
CANONICAL_COLUMNS = (
    "line_id",
    "dispensed_on",
    "prescriber_agb",
    "pharmacy_agb",
    "practice_agb",
    "prescriber_specialism",
    "patient",
    "birth_year",
    "sex",
    "insurer_uzovi",
    "zi",
    "hpk",
    "prk",
    "gpk",
    "atc",
    "label",
    "quantity",
    "cost_cents",
    "cost",
    "icpc",
    "first_issue",
    "remark",
    "prescribed_prk",
    "prescribed_label",
    "reversal_of",
)
PRODUCT_COLUMNS = ("zi", "hpk", "prk", "gpk", "atc", "label")

RawLines = NewType("RawLines", pl.LazyFrame)
RAW_LINES = pl.Schema(
    {
        "source": pl.String(),
        "line_no": pl.Int64(),
        "damage": pl.Enum(Problem),
        **dict.fromkeys(CANONICAL_COLUMNS, pl.String()),
    }
)

CleanLines = NewType("CleanLines", pl.LazyFrame)
CLEAN_LINES = pl.Schema(
    {
        "source": pl.String(),
        "line_no": pl.Int64(),
        "line_id": pl.String(),
        "dispensed_on": pl.Date(),
        "prescriber_agb": pl.String(),
        "pharmacy_agb": pl.String(),
        "practice_agb": pl.String(),
        "prescriber_specialism": pl.String(),
        "patient": pl.String(),
        "patient_no": pl.UInt32(),
        "birth_year": pl.Int16(),
        "sex": pl.String(),
        "insurer_uzovi": pl.String(),
        "evidence_no": pl.UInt32(),
        "zi": pl.Int32(),
        "hpk": pl.Int32(),
        "prk": pl.Int32(),
        "gpk": pl.Int32(),
        "atc": pl.String(),
        "label": pl.String(),
        "quantity": pl.Decimal(18, 3),
        "cost_cents": pl.Int64(),
        "icpc": pl.String(),
        "first_issue": pl.Boolean(),
        "remark": pl.String(),
        "prescribed_prk": pl.Int32(),
        "prescribed_label": pl.String(),
        "reversal_of": pl.String(),
        "problem": pl.Enum(Problem),
    }
)

IdentifiedLines = NewType("IdentifiedLines", pl.LazyFrame)
IDENTIFIED_LINES = pl.Schema(
    {
        **CLEAN_LINES,
        "decision": pl.Enum(Decision),
        "match_method": pl.Enum(MatchMethod),
        "match_score": pl.Float64(),
        "match_reason": pl.Enum(MatchReason),
        "matched_atc": pl.String(),
        "matched_product": pl.String(),
        "matched_form": pl.Enum(FormClass),
        "matched_device": pl.String(),
        "matched_strength": pl.String(),
        "product_no": pl.UInt32(),
    }
)

TracedLines = NewType("TracedLines", pl.LazyFrame)
TRACED_LINES = pl.Schema({**IDENTIFIED_LINES, "netting": pl.Enum(Netting), "start": pl.Enum(Start)})

JudgedLines = NewType("JudgedLines", pl.LazyFrame)
JUDGED_LINES = pl.Schema(
    {
        **TRACED_LINES,
        "choice_no": pl.UInt32(),
        "formulary_version": pl.String(),
        "entry_id": pl.String(),
        "agreement": pl.Enum(Agreement),
        "choice_rank": pl.Int32(),
        "outcome": pl.Enum(Outcome),
        "reason": pl.Enum(Reason),
        "preferred": pl.String(),
        "preferred_atc": pl.String(),
    }
)

AttributedLines = NewType("AttributedLines", pl.LazyFrame)
ATTRIBUTED_LINES = pl.Schema({**JUDGED_LINES, "attributed_to": pl.Enum(AttributedTo)})

# These mean something within one run only. `choice_no` is kept: equal numbers are equal choices.
PASSING_NUMBERS = ("patient_no", "evidence_no", "product_no")
KEPT_LINES = pl.Schema({name: dtype for name, dtype in ATTRIBUTED_LINES.items() if name not in PASSING_NUMBERS})
KeptLines = NewType("KeptLines", pl.LazyFrame)

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
    }
)

Rewards = NewType("Rewards", pl.DataFrame)
REWARDS = pl.Schema(
    {
        "period": pl.String(),
        "id": pl.String(),
        "scheme": pl.String(),
        "indicator": pl.String(),
        "numerator": pl.Int64(),
        "denominator": pl.Int64(),
        "band": pl.String(),
        "threshold_percent": pl.Int64(),
        "reward_cents": pl.Int64(),
        "grounds": pl.Enum(Grounds),
    }
)
