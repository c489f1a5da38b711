"""What a line is within its patient's history: still standing or credited, a start or a repeat, and begun by whom."""

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from formulary import FirstIssueFlag, StartLevel, agb, atc, conform

from .distinct import IN_ORDER, LINES_AT_ONCE, beside
from .enumerations import Decision, Netting, Start
from .frames import TRACED_LINES, IdentifiedLines, TracedLines
from .netting import net_lines

_DAY_SIZE = 1 << 16  # a day is a whole number under this
_WHAT = {
    StartLevel.SUBSTANCE: pl.col("matched_atc"),
    StartLevel.PRK: pl.col("matched_prk").cast(pl.String),
    StartLevel.GROUP: atc.group_of(pl.col("matched_atc").cast(pl.String)),
}
_COLUMN = {StartLevel.SUBSTANCE: "start", StartLevel.PRK: "start_prk", StartLevel.GROUP: "start_group"}
_START = pl.Enum(Start)


@dataclass(frozen=True)
class History:
    """How far history is looked back, whether a source's own first-issue flag is believed, and at which levels starts
    are asked for besides that of the substance.
    """

    lookback_days: int
    first_issue_flag: FirstIssueFlag
    levels: Collection[StartLevel] = ()


def trace_starts(lines: IdentifiedLines, history: History) -> TracedLines:
    """Return every line with its `netting`, its `start`, and whether a specialist began it (`specialist_start`).

    FIRST: no standing line of this patient and substance (ATC-7) in the `lookback_days` before it. UNKNOWN: none
    either, but the lines do not reach back that far. `start_prk` and `start_group` say the same of the product as
    prescribed and of the ATC-4 group; they are empty unless asked for. A trusted `first_issue` of the source goes
    before what is traced; `traced_start` is what history says where the source told one. `specialist_start`: of the
    lines within the look-back of a repeat, one of the earliest day was a specialist's. Lines of one day have one
    answer, so the order of lines changes nothing.
    """
    netted = net_lines(lines)
    traced = beside(netted, _traced(netted, history))
    flagged = pl.col("first_issue").is_not_null() & pl.col("problem").is_null() & _stands()
    traced = traced.with_columns(pl.when(flagged).then("start").alias("traced_start"))
    if history.first_issue_flag is FirstIssueFlag.TRUSTED:
        traced = traced.with_columns(_as_flagged(level).alias(column) for level, column in _COLUMN.items())
    return TracedLines(conform(traced, TRACED_LINES))


def _as_flagged(level: StartLevel) -> pl.Expr:
    """Return the start with the flag before it: who begins a substance begins each product of it; who goes on with
    a substance goes on with its group.
    """
    start, is_first = pl.col(_COLUMN[level]), pl.col("first_issue")
    told = pl.col("traced_start").is_not_null() & start.is_not_null()
    first, repeat = (pl.lit(each, _START) for each in (Start.FIRST, Start.REPEAT))
    flagged = start
    flagged = pl.when(told & is_first).then(first).otherwise(flagged) if level is not StartLevel.GROUP else flagged
    return pl.when(told & ~is_first).then(repeat).otherwise(flagged) if level is not StartLevel.PRK else flagged


def _stands() -> pl.Expr:
    return pl.col("netting") == Netting.STANDING


def _traced(lines: pl.LazyFrame, history: History) -> pl.DataFrame:
    """Return the starts of all lines at each level; of each line two numbers are held at once, and no more."""
    n_lines = lines.select(pl.len()).collect().item()
    nothing = pl.Series([None], dtype=_START).new_from_index(0, n_lines)
    asked = [level for level in StartLevel if level in history.levels or level is StartLevel.SUBSTANCE]
    told = {level: _starts_at(lines, level, history.lookback_days, n_lines) for level in asked}
    columns = [told[level]["start"] if level in told else nothing for level in StartLevel]
    named = [series.alias(_COLUMN[level]) for level, series in zip(StartLevel, columns, strict=True)]
    return pl.DataFrame([*named, told[StartLevel.SUBSTANCE]["specialist_start"]])


def _starts_at(lines: pl.LazyFrame, level: StartLevel, lookback_days: int, n_lines: int) -> pl.DataFrame:
    facts = _facts(lines, level)
    first_day = facts.select((pl.col("moment") // 2 % _DAY_SIZE).min()).item() or 0
    starts = pl.Series("start", [Start.UNKNOWN], _START).new_from_index(0, n_lines)
    by_specialist = pl.Series("specialist_start", [False]).new_from_index(0, n_lines)
    parts = facts.height // LINES_AT_ONCE + 1
    for part in range(parts):
        # All lines of one treatment are in one part, whatever their number.
        of_part = facts if parts == 1 else facts.filter(pl.col("moment") // (2 * _DAY_SIZE) % parts == part)
        rows = of_part.sort("moment")
        found = _starts(rows["moment"], first_day + lookback_days, lookback_days)
        starts = starts.scatter(rows["row"], found)
        begun = rows["row"].filter(_begun_by_specialist(rows["moment"], found, lookback_days))
        by_specialist = by_specialist.scatter(begun, True)
    return pl.DataFrame([starts, by_specialist])


def _facts(lines: pl.LazyFrame, level: StartLevel) -> pl.DataFrame:
    """Return `row` and `moment` of each line with a history: treatment, day and prescriber as one number.

    One sort of that number orders treatments, the days of each, and on a day a specialist's lines before others.
    """
    what = _WHAT[level]
    known = lines.select(what.unique().alias("what")).collect()["what"].cast(pl.String).drop_nulls().sort()
    is_medicine = pl.col("problem").is_null() & pl.col("supply").is_null()
    # A product that is unsure is no history: only what was named counts.
    is_named = pl.col("decision") == Decision.MATCHED
    has_history = is_medicine & is_named & _stands() & (pl.col("patient_no") > 0) & what.is_not_null()
    number = what.cast(pl.Enum(known)).to_physical().cast(pl.UInt64)
    treatment = pl.col("patient_no").cast(pl.UInt64) * (len(known) + 1) + number
    day = pl.col("dispensed_on").to_physical().cast(pl.UInt64)
    moment = ((treatment * _DAY_SIZE) + day) * 2 + ~_is_specialists()
    facts = lines.select(pl.when(has_history).then(moment).alias("moment")).with_row_index("row")
    return facts.filter(pl.col("moment").is_not_null()).collect(optimizations=IN_ORDER)


def _is_specialists() -> pl.Expr:
    of_type = pl.col("prescriber_agb").cat.starts_with(agb.SPECIALIST)
    of_specialism = pl.col("prescriber_specialism").str.starts_with(agb.SPECIALIST)
    return of_type.fill_null(value=False) | of_specialism.fill_null(value=False)


def _starts(moments: pl.Series, certain_from: int, lookback_days: int) -> pl.Series:
    """Return the start of each of the sorted moments."""
    day_of_treatment = (pl.col("moment") // 2).cast(pl.Int64)
    since = (day_of_treatment - day_of_treatment.shift()).fill_null(_DAY_SIZE)
    # Two treatments are further apart than any look-back; lines of one day share the last day before it.
    days = pl.when(since > 0).then(since).forward_fill()
    start = (
        pl.when(days <= lookback_days)
        .then(pl.lit(Start.REPEAT, _START))
        .when(day_of_treatment % _DAY_SIZE >= certain_from)
        .then(pl.lit(Start.FIRST, _START))
        .otherwise(pl.lit(Start.UNKNOWN, _START))
    )
    return moments.to_frame("moment").select(start).to_series()


def _begun_by_specialist(moments: pl.Series, starts: pl.Series, lookback_days: int) -> pl.Series:
    """Tell of each of the sorted moments whether it repeats what a specialist prescribed first in the look-back."""
    frame = pl.DataFrame({"moment": moments, "start": starts})
    treatment, is_other = pl.col("moment") // (2 * _DAY_SIZE), pl.col("moment") % 2 == 1
    specialists = frame.filter(~is_other).select(treatment.unique()).to_series()
    if specialists.is_empty():
        return pl.Series([False]).new_from_index(0, len(moments))
    asked = is_other & (pl.col("start") == Start.REPEAT) & treatment.is_in(specialists.implode())
    rows = frame.with_row_index("place").filter(asked)
    earliest = moments.search_sorted(rows["moment"] - 1 - 2 * lookback_days)
    begun = rows["place"].filter(moments.gather(earliest) % 2 == 0)
    return pl.Series([False]).new_from_index(0, len(moments)).scatter(begun, True)
