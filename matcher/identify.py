"""Which product each line is about, and how we know: every distinct piece of evidence is looked at once."""

from collections.abc import Mapping

import polars as pl

from formulary import bsn, conform

from .distinct import looked_up_in
from .frames import CLEAN_LINES, IDENTIFIED_LINES, PRODUCT_COLUMNS, CleanLines, IdentifiedLines
from .identifier import Identifier

# What a later stop asks of a product; two labels of one product need not be judged twice.
_PRODUCT = ("decision", "match_reason", "matched_atc", "matched_form", "matched_device", "matched_strength")
_ANSWER = [name for name in IDENTIFIED_LINES if name not in CLEAN_LINES]
_WORDS = pl.Schema({name: dtype for name, dtype in IDENTIFIED_LINES.items() if name in _ANSWER})


def identify_products(lines: CleanLines, identifier: Identifier, current_atc: Mapping[str, str]) -> IdentifiedLines:
    """Return every line with what its codes and label say it is; order and number of lines stay.

    `current_atc` says which ATC codes were replaced by which: a line of any year carries the code that holds today.
    """
    evidence = lines.group_by("evidence_no").agg(pl.col(PRODUCT_COLUMNS).first()).sort("evidence_no").collect()
    answers = identifier.identify_frame(evidence.select(PRODUCT_COLUMNS)).rename({"reason": "match_reason"})
    if current_atc:
        answers = answers.with_columns(pl.col("matched_atc").replace(dict(current_atc)))
    # Labels are masked here, where every distinct one is looked at; the products told apart are numbered anew.
    product_no = (pl.struct(_PRODUCT).rank("dense") - 1).cast(pl.UInt32).alias("product_no")
    told = evidence.select("evidence_no", bsn.masked(pl.col("label"))).hstack(
        answers.with_columns(product_no).select(_ANSWER).cast(_WORDS)
    )
    identified = lines.with_columns(looked_up_in("evidence_no", told))
    return IdentifiedLines(conform(identified, IDENTIFIED_LINES))
