"""Which product each line is about, and how we know: every distinct piece of evidence is looked at once."""

from formulary import conform

from .distinct import looked_up, numbered
from .frames import CLEAN_LINES, IDENTIFIED_LINES, PRODUCT_COLUMNS, CleanLines, IdentifiedLines
from .identifier import Identifier

_ANSWER = [name for name in IDENTIFIED_LINES if name not in CLEAN_LINES]


def identify_products(lines: CleanLines, identifier: Identifier) -> IdentifiedLines:
    """Return every line with what its codes and label say it is; order and number of lines stay."""
    counted, evidence = numbered(lines, PRODUCT_COLUMNS, "evidence_no")
    answers = identifier.identify_frame(evidence).rename({"reason": "match_reason"})
    identified = counted.with_columns(looked_up("evidence_no", answers.select(_ANSWER)))
    return IdentifiedLines(conform(identified, IDENTIFIED_LINES))
