"""Which lines are further lines of one prescription: two boxes of one product, prescribed by one person for one day."""

import polars as pl

from .distinct import IN_ORDER, beside
from .enumerations import Outcome
from .frames import AttributedLines

_SPOKEN_OF = [Outcome.ADHERENT, Outcome.NON_ADHERENT, Outcome.EXCEPTED]
# Lines that differ in what becomes of them are told apart, so that it never matters which of several is counted.
_PRESCRIPTION = ("patient", "dispensed_on", "prescriber_agb", "practice_agb", "pharmacy_agb", "matched_atc",
                 "matched_form", "matched_device", "matched_strength", "icpc", "outcome", "attributed_to",
                 "start")  # fmt: skip


def mark_further_lines(lines: AttributedLines, *, is_asked: bool) -> pl.LazyFrame:
    """Return every line with `is_further`: whether another line of the same prescription counts for it.

    Of the lines of one patient, product, prescriber, practice, pharmacy and day with one outcome, that of the largest
    quantity counts. Empty where no indicator counts prescriptions.
    """
    if not is_asked:
        return lines.with_columns(pl.lit(None, pl.Boolean).alias("is_further"))
    asked = lines.select(*_PRESCRIPTION, "quantity").with_row_index("row")
    n_lines = lines.select(pl.len()).collect().item()
    known = pl.col("patient").is_not_null() & pl.col("outcome").is_in(_SPOKEN_OF)
    rows = asked.filter(known).collect(optimizations=IN_ORDER)
    ordered = rows.sort("quantity", "row", descending=[True, False], nulls_last=True)
    further = ordered.filter(~pl.struct(_PRESCRIPTION).is_first_distinct())["row"]
    marks = pl.Series("is_further", [False]).new_from_index(0, n_lines).scatter(further, True)
    return beside(lines, marks.to_frame())
