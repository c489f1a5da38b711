"""The last line of each patient in a period, within an indicator's population: "all users at their last line".

A patient's last line keeps its outcome; the earlier ones were EXCLUDED when all lines were added up, so for each
last line one is moved. Of several lines on the last day an adherent one is chosen: on one day there is no order,
and doubt is no deviation; what is still equal is settled by codes, so that the order of lines changes nothing.
"""

from collections.abc import Sequence

import polars as pl

from .distinct import looked_up_in
from .frames import Outcome

# The parts of a line's rank among its patient's lines, from the most to the least important, and their sizes.
_CODES = ("prescriber_agb", "practice_agb", "pharmacy_agb")
_CODE_SIZE, _KIND_SIZE = 1 << 27, 1 << 29
_ALL = ["period_no", "epoch", *_CODES, "indicator", "formulary_version", "outcome", "lines"]


def moved_to_last_lines(counted: pl.LazyFrame, told: pl.DataFrame) -> pl.DataFrame:
    """Return what is to be added to the totals of indicators that look at last lines: one here, one less EXCLUDED.

    `told` says what those indicators make of each kind (see `told_by_indicators`), as if all lines were looked at.
    """
    moved = [_of_round(counted, told.filter(pl.col("indicator").is_in(names))) for names in _rounds(told)]
    return pl.concat(moved)


def _rounds(told: pl.DataFrame) -> list[list[str]]:
    """Return the indicators in few rounds, none of which has two that speak of one kind: a round is one look."""
    rounds: list[tuple[list[str], set[int]]] = []
    for (name,), rows in told.group_by("indicator", maintain_order=True):
        kinds = set(rows.filter("inside")["kind"])
        free = next((each for each in rounds if not each[1] & kinds), None)
        if free is None:
            rounds.append(([str(name)], kinds))
        else:
            free[0].append(str(name))
            free[1].update(kinds)
    return [names for names, _ in rounds]


def _of_round(counted: pl.LazyFrame, told: pl.DataFrame) -> pl.DataFrame:
    judged = told.filter("inside", pl.col("outcome").is_in([Outcome.ADHERENT, Outcome.NON_ADHERENT])).sort("kind")
    numbers = judged.select("kind", pl.col("indicator").rank("dense").cast(pl.UInt32).alias("population"))
    judged = judged.with_columns(numbers["population"])
    lasts = (
        counted.filter(pl.col("patient").is_not_null())
        .with_columns(looked_up_in("kind", numbers.with_row_index("place")))
        .filter(pl.col("population").is_not_null())
        .group_by("patient", "period_no", "population")
        .agg(_rank_of_line(judged).max().alias("rank"), pl.col("epoch").max())
        .collect()
    )
    chosen = lasts.select("period_no", "epoch", *_decoded()).join(
        judged.with_row_index("place").select("place", "indicator", "formulary_version", "outcome"), on="place"
    )
    added = chosen.with_columns(pl.lit(1, pl.Int64).alias("lines"))
    excluded = pl.lit(Outcome.EXCLUDED, pl.Enum(Outcome))
    removed = added.with_columns(excluded.alias("outcome"), pl.lit(-1, pl.Int64).alias("lines"))
    return pl.concat([added, removed]).select(_ALL)


def _rank_of_line(judged: pl.DataFrame) -> pl.Expr:
    is_adherent = judged["outcome"] == Outcome.ADHERENT
    adherent = pl.col("place").is_in(judged.with_row_index("place").filter(is_adherent)["place"].implode())
    rank = pl.col("dispensed_on").to_physical().cast(pl.Int128) * 2 + adherent
    for name in _CODES:
        rank = rank * _CODE_SIZE + pl.col(name).cast(pl.Int128).fill_null(0)
    return rank * _KIND_SIZE + pl.col("place")


def _decoded() -> Sequence[pl.Expr]:
    rank = pl.col("rank")
    place = (rank % _KIND_SIZE).cast(pl.UInt32).alias("place")
    rest, codes = rank // _KIND_SIZE, []
    for name in reversed(_CODES):
        code = (rest % _CODE_SIZE).cast(pl.Int64)
        codes.append(pl.when(code > 0).then(code.cast(pl.String).str.zfill(8)).alias(name))
        rest = rest // _CODE_SIZE
    return [place, *codes]
