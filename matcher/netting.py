"""Which lines stand: what was delivered in two files counts once, and a credit line takes away what it credits.

Only the few lines that are credits, are credited, or came before are looked at; of all others nothing is held.
"""

from collections.abc import Sequence

import polars as pl

from .distinct import IN_ORDER, beside
from .enumerations import Netting

_NETTING = pl.Enum(Netting)
_NETTED = pl.Schema({"row": pl.UInt32(), "netting": _NETTING})
_FIRSTS = pl.Schema({"row": pl.UInt32(), "first": pl.UInt32()})
# One line of one file; of two equal ones in two files the second is the first, delivered again.
_DELIVERED = ("line_id", "reversal_of", "dispensed_on", "prescriber_agb", "pharmacy_agb", "patient_no", "evidence_no",
              "quantity", "cost_cents")  # fmt: skip
_MARK = pl.struct(_DELIVERED).hash()
# Across files a reference alone is not enough: every file may number its lines from 1.
_WHOSE = ("line_id", "pharmacy_agb", "patient_no")


def net_lines(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return every line with its `netting`; of two equal lines the second is the one read later.

    REPEATED: an earlier file has this line, with its `line_id` and all it says, or is the same file. A credit
    (`reversal_of`) goes with the line of that `line_id` in its own file, else with the one line of that `line_id`,
    pharmacy and known patient in another file: they are REVERSAL and REVERSED. Where two lines of other files fit it
    is UNCLEAR_REVERSAL and where none does ORPHAN_REVERSAL; neither takes anything away. A line with a problem
    stands, and nets nothing.
    """
    n_lines, several_files, has_credits = (
        lines.select(
            pl.len(),
            (pl.col("source") != pl.col("source").first()).any().alias("several_files"),
            pl.col("reversal_of").is_not_null().any().alias("has_credits"),
        )
        .collect()
        .row(0)
    )
    repeated = _repeated(lines) if several_files else _FIRSTS.to_frame()
    credited = _credited(lines, repeated) if has_credits else _NETTED.to_frame()
    netted = pl.concat([_as(Netting.REPEATED, repeated["row"]), credited])
    if netted.is_empty():
        return lines.with_columns(pl.lit(Netting.STANDING, _NETTING).alias("netting"))
    standing = pl.Series("netting", [Netting.STANDING], _NETTING).new_from_index(0, n_lines)
    return beside(lines, standing.scatter(netted["row"], netted["netting"]).to_frame())


def _repeated(lines: pl.LazyFrame) -> pl.DataFrame:
    """Return the rows of lines that an earlier file has, each with the row of the first of them (itself if unknown)."""
    rows = lines.select("source", *_DELIVERED, "problem").with_row_index("row")
    of_copies = _rows_of_copies(rows).select("row", first="row")
    sound = rows.filter(pl.col("problem").is_null() & pl.col("line_id").is_not_null())
    # Sorted hashes find suspects in eight bytes a line; only suspects are compared as what they are.
    marks = sound.select(_MARK.alias("mark")).collect()["mark"].sort()
    suspects = marks.filter((marks == marks.shift()).fill_null(value=False)).unique()
    if suspects.is_empty():
        return of_copies
    same = sound.filter(_MARK.is_in(suspects.implode())).collect(optimizations=IN_ORDER)
    firsts = same.select("row", pl.col("row").min().over(_DELIVERED).alias("first"))
    second = firsts.filter(pl.col("row") > pl.col("first"))
    return pl.concat([second, of_copies.join(second, on="row", how="anti")])


def _rows_of_copies(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return the sound rows of files that hold exactly the lines of an earlier file, in whatever order or format."""
    # Lines without a `line_id` may be equal and still two; a whole file of equal lines is that file again.
    held = rows.group_by("source").agg(
        pl.len(), _MARK.cast(pl.Int128).sum().alias("marks"), pl.col("row").min().alias("begins")
    )
    is_copy = pl.col("begins") > pl.col("begins").min().over("len", "marks")
    copies = held.filter(is_copy).select("source").collect()
    if copies.is_empty():
        return _FIRSTS.to_frame().select("row")
    sound = rows.filter(pl.col("problem").is_null())
    return sound.join(copies.lazy(), on="source", how="semi").select("row").collect()


def _credited(lines: pl.LazyFrame, repeated: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of credits and of what they credit, with their `netting`."""
    rows = lines.select("source", *_WHOSE, "reversal_of", "problem").with_row_index("row")
    sound, is_credit = rows.filter(pl.col("problem").is_null()), pl.col("reversal_of").is_not_null()
    crediting = sound.filter(is_credit).drop("line_id").collect().join(repeated, on="row", how="anti")
    wanted = crediting.lazy().select(line_id="reversal_of").unique()
    met = sound.filter(~is_credit).join(wanted, on="line_id", how="semi").collect()
    # A credit beside the second of two equal lines credits the first: that is the one that stands.
    originals = met.join(repeated, on="row", how="left").with_columns(original=pl.coalesce("first", "row"))
    originals = originals.filter(pl.col("first").is_null() | (pl.col("first") != pl.col("row")))
    named = crediting.rename({"reversal_of": "line_id"})
    own = _pairs(named, originals, ["source", "line_id"])
    left = named.join(own, on="row", how="anti").filter(pl.col("patient_no") > 0)
    elsewhere = _pairs(left, originals, _WHOSE).with_columns(pl.len().over("row").alias("fitting"))
    clear = pl.concat([own, elsewhere.filter(pl.col("fitting") == 1).drop("fitting")])
    unclear = elsewhere.filter(pl.col("fitting") > 1)["row"].unique()
    orphans = crediting.filter(~pl.col("row").is_in(clear["row"].implode()), ~pl.col("row").is_in(unclear.implode()))
    told = (
        (Netting.REVERSAL, clear["row"]),
        (Netting.REVERSED, clear["original"].unique()),
        (Netting.UNCLEAR_REVERSAL, unclear),
        (Netting.ORPHAN_REVERSAL, orphans["row"]),
    )
    return pl.concat([_as(*each) for each in told])


def _pairs(crediting: pl.DataFrame, originals: pl.DataFrame, on: Sequence[str]) -> pl.DataFrame:
    found = crediting.join(originals.drop("row"), on=on, how="inner", nulls_equal=True)
    return found.select("row", "original").unique()


def _as(netting: Netting, rows: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"row": rows}).select("row", pl.lit(netting, _NETTING).alias("netting")).cast(_NETTED)
