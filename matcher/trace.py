"""What a line is within its patient's history: still standing or credited, a start or a repeat."""

import polars as pl

from formulary import FirstIssueFlag, conform

from .distinct import IN_ORDER, LINES_AT_ONCE, beside
from .enumerations import Netting, Start
from .frames import TRACED_LINES, IdentifiedLines, TracedLines

_DAYS = 1 << 16
_STANDING = pl.lit(Netting.STANDING, pl.Enum(Netting))


def trace_starts(lines: IdentifiedLines, lookback_days: int, first_issue_flag: FirstIssueFlag) -> TracedLines:
    """Return every line with its `netting` and its `start` at the level of the substance (ATC-7).

    FIRST: no standing line of this patient and substance in the `lookback_days` before it. UNKNOWN: none either,
    but the lines do not reach back that far. A trusted `first_issue` of the source goes before what is traced.
    Lines of one day have one answer, so the order of lines changes nothing.
    """
    netted = _net_reversals(lines)
    traced = _with_starts(netted, lookback_days)
    if first_issue_flag is FirstIssueFlag.TRUSTED:
        traced = traced.with_columns(_as_flagged().alias("start"))
    return TracedLines(conform(traced, TRACED_LINES))


def _as_flagged() -> pl.Expr:
    flagged = pl.when(pl.col("first_issue")).then(pl.lit(Start.FIRST)).otherwise(pl.lit(Start.REPEAT))
    stands = pl.col("problem").is_null() & (pl.col("netting") == Netting.STANDING)
    is_flagged = pl.col("first_issue").is_not_null() & stands
    return pl.when(is_flagged).then(flagged.cast(pl.Enum(Start))).otherwise("start")


def _net_reversals(lines: pl.LazyFrame) -> pl.LazyFrame:
    if not lines.select(pl.col("reversal_of").is_not_null().any()).collect().item():
        return lines.with_columns(_STANDING.alias("netting"))
    facts = lines.filter(pl.col("problem").is_null()).select("source", "line_id", "reversal_of")
    wanted = facts.drop_nulls("reversal_of").select("source", line_id="reversal_of").unique()
    is_original = pl.col("reversal_of").is_null()
    met = facts.filter(is_original).join(wanted, on=["source", "line_id"], how="semi").collect()
    originals = met.select("source", "line_id", is_credited=pl.lit(value=True))
    reversals = originals.rename({"line_id": "reversal_of", "is_credited": "has_original"})
    found = (
        lines.select("source", "line_id", "reversal_of", "problem")
        .join(originals.lazy(), on=["source", "line_id"], how="left", maintain_order="left")
        .join(reversals.lazy(), on=["source", "reversal_of"], how="left", maintain_order="left")
    )
    return beside(lines, found.select(_netting().alias("netting")).collect(optimizations=IN_ORDER))


def _netting() -> pl.Expr:
    found = [
        (pl.col("problem").is_not_null(), Netting.STANDING),
        (pl.col("has_original"), Netting.REVERSAL),
        (pl.col("reversal_of").is_not_null(), Netting.ORPHAN_REVERSAL),
        (pl.col("is_credited"), Netting.REVERSED),
    ]
    enum = pl.Enum(Netting)
    return pl.coalesce(*(pl.when(is_so).then(pl.lit(netting, enum)) for is_so, netting in found), _STANDING)


def _with_starts(lines: pl.LazyFrame, lookback_days: int) -> pl.LazyFrame:
    substances = lines.select(pl.col("matched_atc").unique()).collect()["matched_atc"].drop_nulls().sort()
    has_history = (
        pl.col("problem").is_null()
        & pl.col("supply").is_null()
        & (pl.col("netting") == Netting.STANDING)
        & pl.col("patient").is_not_null()
        & pl.col("matched_atc").is_not_null()
    )
    substance_no = pl.col("matched_atc").cast(pl.Enum(substances)).to_physical().cast(pl.UInt64())
    treatment = pl.col("patient_no").cast(pl.UInt64()) * (len(substances) + 1) + substance_no
    # Treatment and day as one number, so that one sort orders both; a day is a whole number under 65,536.
    day = pl.col("dispensed_on").to_physical().cast(pl.UInt64())
    moment = pl.when(has_history).then(treatment * _DAYS + day)
    facts = lines.select(moment.alias("moment")).with_row_index("row").filter(pl.col("moment").is_not_null())
    n_lines = lines.select(pl.len()).collect().item()
    parts = n_lines // LINES_AT_ONCE + 1
    # Lines that are all taken at once are worked out once; more are worked out anew for each part.
    facts = facts.collect(optimizations=IN_ORDER).lazy() if parts == 1 else facts
    first_day = facts.select((pl.col("moment") % _DAYS).min()).collect().item() or 0
    starts = pl.Series("start", [Start.UNKNOWN], pl.Enum(Start)).new_from_index(0, n_lines)
    for part in range(parts):
        of_part = pl.col("moment") // _DAYS % parts == part
        rows = facts.filter(of_part).collect(optimizations=IN_ORDER).sort("moment")
        starts = starts.scatter(rows["row"], _starts(rows, first_day + lookback_days, lookback_days))
    return beside(lines, starts.to_frame())


def _starts(rows: pl.DataFrame, certain_from: int, lookback_days: int) -> pl.Series:
    split = rows.select(
        (pl.col("moment") // _DAYS).alias("treatment"), (pl.col("moment") % _DAYS).cast(pl.Int32()).alias("day")
    )
    start = (
        pl.when(pl.col("day") - _previous_day() <= lookback_days)
        .then(pl.lit(Start.REPEAT))
        .when(pl.col("day") >= certain_from)
        .then(pl.lit(Start.FIRST))
        .otherwise(pl.lit(Start.UNKNOWN))
    )
    return split.select(start.cast(pl.Enum(Start))).to_series()


def _previous_day() -> pl.Expr:
    # In rows sorted by treatment and day; lines of one day share the last earlier day, and never look at each other.
    day, long_ago = pl.col("day"), pl.lit(-1_000_000, pl.Int32())
    is_new_treatment = (pl.col("treatment") != pl.col("treatment").shift()).fill_null(value=True)
    is_new_day = is_new_treatment | (day != day.shift())
    return pl.when(is_new_treatment).then(long_ago).when(is_new_day).then(day.shift()).forward_fill()
