"""Every frame of the path, in the order of travel: its columns and their types."""

from typing import NamedTuple, NewType

import polars as pl

from formulary import Agreement, FormClass

from .enumerations import AttributedTo, Decision, MatchMethod, Netting, Outcome, Problem, Reason, Start, Supply
from .reasons import MatchReason

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
    "supply",
    "linked_to",
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

# A text that stands on many lines is a category on the path: four bytes a line, compared and looked up as a number.
CATEGORY = pl.Categorical()


def with_texts(schema: pl.Schema) -> pl.Schema:
    """Return the schema with texts instead of categories: what tables of distinct things hold, and what leaves."""
    return pl.Schema({name: pl.String() if dtype == CATEGORY else dtype for name, dtype in schema.items()})


CleanLines = NewType("CleanLines", pl.LazyFrame)
CLEAN_LINES = pl.Schema(
    {
        "source": CATEGORY,
        "line_no": pl.Int64(),
        "line_id": pl.String(),
        "dispensed_on": pl.Date(),
        "prescriber_agb": CATEGORY,
        "pharmacy_agb": CATEGORY,
        "practice_agb": CATEGORY,
        "prescriber_specialism": pl.String(),
        "patient": pl.String(),
        "patient_no": pl.UInt32(),
        "birth_year": pl.Int16(),
        "sex": pl.String(),
        "insurer_uzovi": CATEGORY,
        "evidence_no": pl.UInt32(),
        "zi": pl.Int32(),
        "hpk": pl.Int32(),
        "prk": pl.Int32(),
        "gpk": pl.Int32(),
        "atc": CATEGORY,
        "label": CATEGORY,
        "quantity": pl.Decimal(18, 3),
        "cost_cents": pl.Int64(),
        "icpc": pl.String(),
        "first_issue": pl.Boolean(),
        "remark": pl.String(),
        "prescribed_prk": pl.Int32(),
        "prescribed_label": pl.String(),
        "reversal_of": pl.String(),
        "supply": pl.Enum(Supply),
        "linked_to": pl.String(),
        "problem": pl.Enum(Problem),
    }
)


# What lines say of their products, each distinct piece once.
EVIDENCE_PIECES = with_texts(pl.Schema({name: CLEAN_LINES[name] for name in PRODUCT_COLUMNS}))


class Cleaned(NamedTuple):
    """The clean lines, and in order of `evidence_no` what a line says of its product (`EVIDENCE_PIECES`)."""

    lines: CleanLines
    evidence: pl.DataFrame


IdentifiedLines = NewType("IdentifiedLines", pl.LazyFrame)
IDENTIFIED_LINES = pl.Schema(
    {
        **CLEAN_LINES,
        "decision": pl.Enum(Decision),
        "match_method": pl.Enum(MatchMethod),
        "match_score": pl.Float64(),
        "match_reason": pl.Enum(MatchReason),
        "matched_atc": CATEGORY,
        "matched_product": CATEGORY,
        "matched_form": pl.Enum(FormClass),
        "matched_device": CATEGORY,
        "matched_strength": CATEGORY,
        "matched_prk": pl.Int32(),
        "product_no": pl.UInt32(),
        "possible_atc": CATEGORY,
    }
)

TracedLines = NewType("TracedLines", pl.LazyFrame)
TRACED_LINES = pl.Schema(
    {
        **IDENTIFIED_LINES,
        "netting": pl.Enum(Netting),
        "start": pl.Enum(Start),
        "start_prk": pl.Enum(Start),
        "start_group": pl.Enum(Start),
        "traced_start": pl.Enum(Start),
        "specialist_start": pl.Boolean(),
    }
)

JudgedLines = NewType("JudgedLines", pl.LazyFrame)
JUDGED_LINES = pl.Schema(
    {
        **TRACED_LINES,
        "choice_no": pl.UInt32(),
        "formulary_version": CATEGORY,
        "entry_id": CATEGORY,
        "agreement": pl.Enum(Agreement),
        "choice_rank": pl.Int32(),
        "outcome": pl.Enum(Outcome),
        "reason": pl.Enum(Reason),
        "preferred": CATEGORY,
        "preferred_atc": CATEGORY,
    }
)

PairedLines = NewType("PairedLines", pl.LazyFrame)
PAIRED_LINES = pl.Schema({**JUDGED_LINES, "prescribed_outcome": pl.Enum(Outcome)})

# A row a prescription: when and by whom, what the formulary says of it, and whether it was dispensed. `dispensed` is
# empty where the dispensings do not reach far enough to tell.
Prescriptions = NewType("Prescriptions", pl.DataFrame)
PRESCRIPTIONS = pl.Schema(
    {
        "prescribed_on": pl.Date(),
        "prescriber_agb": pl.String(),
        "practice_agb": pl.String(),
        "outcome": pl.Enum(Outcome),
        "dispensed": pl.Boolean(),
    }
)

AttributedLines = NewType("AttributedLines", pl.LazyFrame)
ATTRIBUTED_LINES = pl.Schema({**PAIRED_LINES, "attributed_to": pl.Enum(AttributedTo)})

# A row a ruling: the dispute and its line, then what the line becomes; an empty cell leaves what there is.
RULINGS = pl.Schema(
    {
        "dispute": pl.Int64(),
        "source": pl.String(),
        "line_no": pl.Int64(),
        "outcome": pl.Enum(Outcome),
        "attributed_to": pl.Enum(AttributedTo),
        "prescriber_agb": pl.String(),
    }
)

# Numbers that mean something within one run only, and what later stops alone ask for. `choice_no` is kept: equal
# numbers are equal choices. The columns that came last stand last: files of before keep their order.
PASSING = ("patient_no", "evidence_no", "product_no", "matched_prk", "specialist_start")
LATER = ("start_prk", "start_group", "traced_start", "prescribed_outcome", "possible_atc")
KEPT_LINES = with_texts(
    pl.Schema(
        {
            **{name: dtype for name, dtype in ATTRIBUTED_LINES.items() if name not in (*PASSING, *LATER)},
            **{name: ATTRIBUTED_LINES[name] for name in LATER},
            "is_further": pl.Boolean(),
        }
    )
)
KeptLines = NewType("KeptLines", pl.LazyFrame)
