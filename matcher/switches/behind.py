"""The lines behind a switch, for inside the practice only."""

import polars as pl

from formulary import Level

from ..frames import KeptLines
from ..levels import epoch_of_day, placed
from .own import is_own_deviation

_SHOWN = ("source", "line_no", "line_id", "dispensed_on", "prescriber_agb", "patient", "matched_product", "quantity",
          "cost_cents", "start")  # fmt: skip


def lines_of_switch(
    lines: KeptLines, whose: tuple[Level, str], switch: tuple[str, str], memberships: pl.DataFrame
) -> pl.DataFrame:
    """Return the lines behind one switch of a prescriber or a practice, by day: for inside the practice only.

    `whose` is PRESCRIBER or PRACTICE with its AGB code, `switch` what deviates (`matched_atc`) and what is `preferred`.
    A line is of the practice that its prescriber was in on its day by `memberships` (`MEMBERSHIPS`), else of the one it
    names itself. Columns: `source`, `line_no`, `line_id`, `dispensed_on`, `prescriber_agb`, `patient` (a pseudonym),
    `matched_product`, `quantity`, `cost_cents`, `start`.
    """
    level, id_ = whose
    matched_atc, preferred = switch
    own = lines.filter(is_own_deviation(), matched_atc=matched_atc, preferred=preferred)
    asked = own.with_columns(epoch_of_day(memberships).alias("epoch")).select(*_SHOWN, "practice_agb", "epoch")
    there = placed(asked.collect(), memberships).filter(pl.col(str(level)) == id_)
    return there.select(_SHOWN).sort("dispensed_on", "source", "line_no")
