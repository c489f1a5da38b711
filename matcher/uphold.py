"""What upheld disputes make of their lines: out of the rate, or another prescriber's; nothing else moves by hand."""

import polars as pl

from formulary import conform

from .enumerations import Reason
from .frames import ATTRIBUTED_LINES, CATEGORY, AttributedLines

_RULED = ("outcome", "attributed_to", "prescriber_agb")


def uphold_disputes(lines: AttributedLines, rulings: pl.DataFrame) -> AttributedLines:
    """Return every line in the order given, those that a ruling names as it says; their reason is DISPUTE_UPHELD.

    A line that becomes another prescriber's loses the practice that it named: the structure says which one is.
    """
    if rulings.is_empty():
        return lines
    told = rulings.cast({"source": CATEGORY, "prescriber_agb": CATEGORY})
    ruled = told.lazy().select("source", "line_no", pl.col(_RULED).name.prefix("ruled_"))
    joined = lines.join(ruled, on=["source", "line_no"], how="left", maintain_order="left")
    moved = pl.col("ruled_prescriber_agb").is_not_null()
    said = pl.when(pl.col("ruled_outcome").is_not_null()).then(pl.lit(Reason.DISPUTE_UPHELD, pl.Enum(Reason)))
    upheld = joined.with_columns(
        *(pl.coalesce(f"ruled_{name}", name).alias(name) for name in _RULED),
        said.otherwise("reason").alias("reason"),
        pl.when(~moved).then("practice_agb").alias("practice_agb"),
    )
    return AttributedLines(conform(upheld, ATTRIBUTED_LINES))
