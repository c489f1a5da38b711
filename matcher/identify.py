"""Which product each line is about, and how we know: every distinct piece of evidence is looked at once."""

from collections.abc import Mapping

import polars as pl

from formulary import conform

from .distinct import looked_up, numbered
from .frames import CLEAN_LINES, IDENTIFIED_LINES, PRODUCT_COLUMNS, CleanLines, IdentifiedLines
from .identifier import Identifier

_ANSWER = [name for name in IDENTIFIED_LINES if name not in CLEAN_LINES]


def identify_products(lines: CleanLines, identifier: Identifier, current_atc: Mapping[str, str]) -> IdentifiedLines:
    """Return every line with what its codes and label say it is; order and number of lines stay.

    `current_atc` says which ATC codes were replaced by which: a line of any year carries the code that holds today.
    """
    counted, evidence = numbered(lines, PRODUCT_COLUMNS, "evidence_no")
    answers = identifier.identify_frame(evidence).rename({"reason": "match_reason"})
    if current_atc:
        answers = answers.with_columns(pl.col("matched_atc").replace(dict(current_atc)))
    identified = counted.with_columns(looked_up("evidence_no", answers.select(_ANSWER)))
    return IdentifiedLines(conform(identified, IDENTIFIED_LINES))
