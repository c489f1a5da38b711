"""The lines behind a switch, for inside the practice only."""

import polars as pl

from ..frames import KeptLines
from .own import is_own_deviation


def lines_of_switch(lines: KeptLines, prescriber_agb: str, matched_atc: str, preferred: str) -> pl.DataFrame:
    """Return the lines behind one switch of a prescriber, by day: for inside the practice only.

    Columns: `source`, `line_no`, `line_id`, `dispensed_on`, `patient` (a pseudonym), `matched_product`, `quantity`,
    `cost_cents`, `start`.
    """
    own = lines.filter(
        is_own_deviation(),
        prescriber_agb=prescriber_agb,
        matched_atc=matched_atc,
        preferred=preferred,
    )
    told = ("dispensed_on", "patient", "matched_product", "quantity", "cost_cents", "start")
    return own.select("source", "line_no", "line_id", *told).sort("dispensed_on", "source", "line_no").collect()
