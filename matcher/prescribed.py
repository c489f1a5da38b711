"""What was prescribed beside what was dispensed: told by the line itself, or by a file of prescriptions."""

import polars as pl

from formulary import atc, conform

from .distinct import IN_ORDER, beside, numbered
from .enumerations import Decision, Netting, Outcome, Start
from .frames import (
    CATEGORY,
    CLEAN_LINES,
    EVIDENCE_PIECES,
    PAIRED_LINES,
    PRESCRIPTIONS,
    PRODUCT_COLUMNS,
    TRACED_LINES,
    Cleaned,
    CleanLines,
    IdentifiedLines,
    JudgedLines,
    PairedLines,
    Prescriptions,
    TracedLines,
)
from .netting import net_lines

_OUTCOME = pl.Enum(Outcome)
_SAME_SUBSTANCE, _SAME_GROUP = ("patient", "matched_atc"), ("patient", "group")


def as_prescribed(lines: CleanLines) -> tuple[pl.Series, Cleaned] | None:
    """Return the lines that say what was prescribed, as if that had been dispensed, and their rows; None if none."""
    says = pl.col("prescribed_prk").is_not_null() | pl.col("prescribed_label").is_not_null()
    if not lines.select(says.any()).collect().item():
        return None
    found = lines.with_row_index("row").filter(pl.col("problem").is_null() & says).collect(optimizations=IN_ORDER)
    if found.is_empty():
        return None
    nothing = [pl.lit(None, dtype).alias(name) for name, dtype in EVIDENCE_PIECES.items()]
    product = [pl.col("prescribed_prk").alias("prk"), pl.col("prescribed_label").alias("label")]
    swapped = found.lazy().drop("evidence_no").with_columns(nothing).with_columns(product)
    counted, said = numbered(swapped, ["prk", "label"], "evidence_no")
    evidence = said.with_columns(each for each in nothing if each.meta.output_name() not in said.columns)
    categories = counted.cast({name: CATEGORY for name, dtype in CLEAN_LINES.items() if dtype == CATEGORY})
    return found["row"], Cleaned(CleanLines(conform(categories, CLEAN_LINES)), evidence.select(PRODUCT_COLUMNS))


def untraced(lines: IdentifiedLines, *, is_netted: bool = True) -> TracedLines:
    """Return lines that are judged but never scored: without a start, and netted where they are a file of their own."""
    standing = pl.lit(Netting.STANDING, TRACED_LINES["netting"]).alias("netting")
    netted = net_lines(lines) if is_netted else lines.with_columns(standing)
    unknown = [pl.lit(Start.UNKNOWN, dtype).alias(name) for name, dtype in TRACED_LINES.items() if name == "start"]
    missing = [
        pl.lit(None, dtype).alias(name)
        for name, dtype in TRACED_LINES.items()
        if name not in lines.collect_schema() and name not in ("netting", "start")
    ]
    return TracedLines(conform(netted.with_columns(*unknown, *missing), TRACED_LINES))


def pair_prescribed(
    lines: JudgedLines,
    told: tuple[pl.Series, JudgedLines] | None,
    prescriptions: JudgedLines | None,
    window_days: int,
) -> tuple[PairedLines, Prescriptions]:
    """Return every line with `prescribed_outcome`, what the formulary says of what was prescribed; and prescriptions.

    What a line says itself (`told`: rows and what they say, judged) goes before a prescription. A dispensing takes
    the last prescription for that patient and substance of at most `window_days` before it; one that finds none, the
    last that nobody took of the same ATC-4 group. Where prescriptions of one day differ, nothing is told.
    """
    n_lines = lines.select(pl.len()).collect().item()
    outcomes = pl.Series("prescribed_outcome", [None], _OUTCOME).new_from_index(0, n_lines)
    listed = PRESCRIPTIONS.to_frame()
    if prescriptions is not None:
        pairs, listed = _paired(_dispensed(lines), _prescribed(prescriptions), window_days)
        outcomes = outcomes.scatter(pairs["row"], pairs["outcome"])
    if told is not None:
        rows, judged = told
        outcomes = outcomes.scatter(rows, judged.select("outcome").collect(optimizations=IN_ORDER)["outcome"])
    paired = beside(lines, outcomes.to_frame())
    return PairedLines(conform(paired, PAIRED_LINES)), Prescriptions(conform(listed.lazy(), PRESCRIPTIONS).collect())


def _sound(lines: pl.LazyFrame) -> pl.LazyFrame:
    is_medicine = pl.col("problem").is_null() & pl.col("supply").is_null() & (pl.col("netting") == Netting.STANDING)
    return lines.with_columns(atc.group_of(pl.col("matched_atc").cast(pl.String)).alias("group")).filter(
        is_medicine & pl.col("patient").is_not_null() & (pl.col("decision") == Decision.MATCHED)
    )


def _dispensed(lines: JudgedLines) -> pl.DataFrame:
    rows = _sound(lines.with_row_index("row"))
    return rows.select("row", "patient", "matched_atc", "group", "dispensed_on").collect(optimizations=IN_ORDER)


def _prescribed(lines: JudgedLines) -> pl.DataFrame:
    return (
        _sound(lines)
        .select("patient", "matched_atc", "group", pl.col("prescriber_agb", "practice_agb").cast(pl.String), "outcome",
                prescribed_on="dispensed_on")
        .collect(optimizations=IN_ORDER)
        .with_row_index("prescription")
    )  # fmt: skip


def _paired(dispensed: pl.DataFrame, prescribed: pl.DataFrame, window_days: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return `row` and `outcome` of each dispensing that has a prescription, and all prescriptions."""
    same = _taken(dispensed, prescribed, _SAME_SUBSTANCE, window_days)
    left = prescribed.filter(~_is_taken(same))
    others = dispensed.join(same, on="row", how="anti")
    changed = _taken(others, left, _SAME_GROUP, window_days)
    pairs = pl.concat([same, changed])
    last = dispensed["dispensed_on"].max()
    is_over = pl.col("prescribed_on") + pl.duration(days=window_days) <= pl.lit(last, pl.Date)
    is_within = is_over & (pl.col("prescribed_on") >= pl.lit(dispensed["dispensed_on"].min(), pl.Date))
    taken = pl.when(_is_taken(pairs)).then(True).when(is_within).then(False)
    return pairs.select("row", "outcome"), prescribed.with_columns(taken.alias("dispensed"))


def _taken(dispensed: pl.DataFrame, prescribed: pl.DataFrame, by: tuple[str, str], window_days: int) -> pl.DataFrame:
    """Return `row`, `outcome` and the `prescriptions` of the day it goes back to, for each dispensing that has any."""
    agreed = pl.when(pl.col("outcome").n_unique() == 1).then(pl.col("outcome").first())
    days = prescribed.group_by(*by, "prescribed_on").agg(agreed.alias("outcome"), prescriptions="prescription")
    found = dispensed.sort("dispensed_on", "row").join_asof(
        days.sort("prescribed_on", *by),
        left_on="dispensed_on",
        right_on="prescribed_on",
        by=list(by),
        strategy="backward",
        tolerance=f"{window_days}d",
        check_sortedness=False,
    )
    return found.filter(pl.col("prescriptions").is_not_null()).select("row", "outcome", "prescriptions")


def _is_taken(pairs: pl.DataFrame) -> pl.Expr:
    return pl.col("prescription").is_in(pairs["prescriptions"].explode().drop_nulls().unique().implode())
