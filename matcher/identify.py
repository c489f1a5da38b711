"""Which product each line is about, and how we know: every distinct piece of evidence is looked at once."""

from collections.abc import Mapping

import polars as pl

from formulary import bsn, conform

from .distinct import looked_up, numbered
from .frames import CLEAN_LINES, IDENTIFIED_LINES, PRODUCT_COLUMNS, CleanLines, IdentifiedLines
from .identifier import Identifier

_ANSWER = [name for name in IDENTIFIED_LINES if name not in CLEAN_LINES]
_WORDS = pl.Schema({name: dtype for name, dtype in IDENTIFIED_LINES.items() if name in _ANSWER})


def identify_products(lines: CleanLines, identifier: Identifier, current_atc: Mapping[str, str]) -> IdentifiedLines:
    """Return every line with what its codes and label say it is; order and number of lines stay.

    `current_atc` says which ATC codes were replaced by which: a line of any year carries the code that holds today.
    """
    counted, evidence = numbered(lines, PRODUCT_COLUMNS, "evidence_no")
    answers = identifier.identify_frame(evidence).rename({"reason": "match_reason"})
    if current_atc:
        answers = answers.with_columns(pl.col("matched_atc").replace(dict(current_atc)))
    # What is told apart once need not be read again: the evidence itself comes from its own table, labels masked.
    shown = evidence.with_columns(bsn.masked(pl.col("label")))
    told = shown.select(PRODUCT_COLUMNS).hstack(answers.select(_ANSWER).cast(_WORDS))
    identified = counted.with_columns(looked_up("evidence_no", told))
    return IdentifiedLines(conform(identified, IDENTIFIED_LINES))
