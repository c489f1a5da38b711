"""Which product each line is about, and how we know: every distinct piece of evidence is looked at once."""

from formulary import conform

from .frames import IDENTIFIED_LINES, PRODUCT_COLUMNS, CleanLines, IdentifiedLines
from .identifier import Identifier

_ANSWER = (
    "decision",
    "match_method",
    "match_score",
    "matched_atc",
    "matched_product",
    "matched_form",
    "matched_device",
)


def identify_products(lines: CleanLines, identifier: Identifier) -> IdentifiedLines:
    """Return every line with what its codes and label say it is; order and number of lines stay."""
    evidence = lines.select(PRODUCT_COLUMNS).unique().collect()
    answers = identifier.identify_frame(evidence).rename({"reason": "match_reason"})
    joined = lines.join(
        answers.lazy().select(*PRODUCT_COLUMNS, *_ANSWER, "match_reason"),
        on=PRODUCT_COLUMNS,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return IdentifiedLines(conform(joined, IDENTIFIED_LINES))
