"""What counts and reports ask of lines, held in memory where it fits: few columns, and texts as categories.

A text that stands in thousands of lines is then compared and added up as a number.
"""

from io import BytesIO
from pathlib import Path
from typing import NamedTuple, NewType

import polars as pl
import polars.selectors as cs

from formulary import conform

from .distinct import IN_ORDER, LINES_AT_ONCE, looked_up
from .frames import CATEGORY, KEPT_LINES, KeptLines
from .troubled import Troubled, asked_of_trouble, told_of_trouble, troubled_of

LineFacts = NewType("LineFacts", pl.LazyFrame)
_TEXTS = ("source", "prescriber_agb", "practice_agb", "pharmacy_agb", "formulary_version", "matched_atc",
          "matched_product", "preferred", "preferred_atc")  # fmt: skip
_AS_THEY_ARE = ("dispensed_on", "birth_year", "quantity", "cost_cents", "first_issue", "problem", "netting", "start",
                "start_prk", "start_group", "traced_start", "choice_no", "outcome", "reason", "attributed_to",
                "is_further", "match_method")  # fmt: skip
TEXTS_OF_CHOICE = ("matched_atc", "matched_device", "matched_strength", "formulary_version", "entry_id", "preferred",
                   "preferred_atc", "possible_atc")  # fmt: skip
_NOTE = "ARROW:schema"
_COMPRESSION = 1  # of Parquet: a third of the time of the default level, and files hardly larger


class Kept(NamedTuple):
    """Every line with all that is known of it, and its facts, in the same order; and what asks for attention."""

    lines: KeptLines
    facts: LineFacts
    troubled: Troubled


def kept_with_facts(lines: pl.LazyFrame, choices: pl.DataFrame, file: Path | None) -> Kept:
    """Work the lines out once: into `file`, or into memory without one; and with them their facts and their trouble.

    `choices` says what each `choice_no` of the lines is.
    The facts of more lines than are held at once are worked out anew from the file whenever they are asked for.
    """
    in_categories = lines.select(KEPT_LINES.names())
    kept = conform(in_words(in_categories), KEPT_LINES)
    if file is None:
        whole = kept.collect(optimizations=IN_ORDER).lazy()
        held = LineFacts(facts_of(whole).collect(optimizations=IN_ORDER).lazy())
        return Kept(KeptLines(whole), held, troubled_of(whole))
    # No least and greatest of each block: lines come as they were read, so that they would keep nobody from a block.
    written = in_categories.with_columns(looked_up("choice_no", _listed(choices))).sink_parquet(
        file,
        compression_level=_COMPRESSION,
        statistics=False,
        metadata=_read_as_texts(),
        optimizations=IN_ORDER,
        lazy=True,
    )
    if lines.select(pl.len()).collect().item() > LINES_AT_ONCE:
        _, *told = pl.collect_all([written, *asked_of_trouble(in_categories)], optimizations=IN_ORDER)
        scanned = pl.scan_parquet(file)
        return Kept(KeptLines(scanned), facts_of(scanned), told_of_trouble(told))
    asked = [written, facts_of(in_categories), *asked_of_trouble(in_categories)]
    _, facts, *told = pl.collect_all(asked, optimizations=IN_ORDER)
    return Kept(KeptLines(pl.scan_parquet(file)), LineFacts(facts.lazy()), told_of_trouble(told))


def _listed(choices: pl.DataFrame) -> pl.DataFrame:
    """Return the texts that lines have of their choice, as closed lists: Parquet takes these as they are.

    What stands in a category is translated for every line, which takes as long as all the rest of writing it.
    """
    return choices.select(each.cast(pl.Enum(each.drop_nulls().unique().sort())) for each in choices[TEXTS_OF_CHOICE])


def facts_of(lines: pl.LazyFrame) -> LineFacts:
    """Return what counts and reports ask of each line: those of the columns named above that there are.

    Texts are categories. `month_no` counts months from the year 0 on: January 2026 is 2026 * 12. `patient` is a 64-bit
    hash of the pseudonym: among ten million people, two are one with a chance of one in 400,000.
    """
    found = lines.collect_schema()
    texts = [pl.col(name).cast(CATEGORY) for name in _TEXTS if name in found]
    is_known = pl.col("patient").is_not_null()
    person = [pl.when(is_known).then(pl.col("patient").hash()).alias("patient")] if "patient" in found else []
    day = pl.col("dispensed_on").dt
    month = [(day.year().cast(pl.Int32) * 12 + day.month() - 1).alias("month_no")]
    dated = month if "dispensed_on" in found else []
    return LineFacts(lines.select(*texts, *person, *dated, *(name for name in _AS_THEY_ARE if name in found)))


def _read_as_texts() -> dict[str, str]:
    """Return what lets a reader of the file take categories for texts.

    Parquet keeps both as numbers into a list of texts; only this note tells them apart. To write categories takes half
    the time of finding out anew which texts there are.
    """
    empty = BytesIO()
    KEPT_LINES.to_frame().write_parquet(empty)
    empty.seek(0)
    return {_NOTE: pl.read_parquet_metadata(empty)[_NOTE]}


def in_words(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return what was added up of facts with texts as texts."""
    return frame.with_columns(cs.categorical().cast(pl.String))
