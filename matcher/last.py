"""The last line of each patient in a period, within an indicator's population: "all users at their last line".

A patient's last line keeps its outcome; the earlier ones were EXCLUDED when all lines were added up, so for each
last line one is moved. Of several lines on the last day an adherent one is chosen: on one day there is no order,
and doubt is no deviation; what is still equal is settled by codes, so that the order of lines changes nothing.
"""

from collections.abc import Collection, Sequence

import polars as pl

from .distinct import looked_up_in
from .enumerations import Outcome
from .levels import WHO

_SAID = ["indicator", "formulary_version", "outcome"]
MONTHS_OF_A_QUARTER = 3
# The parts of a line's rank among its patient's lines, from the most to the least important, and their sizes.
_CODE_SIZE, _KIND_SIZE = 1 << 27, 1 << 29


def last_lines(
    counted: pl.LazyFrame, told: pl.DataFrame, in_cents: Collection[str]
) -> list[tuple[pl.LazyFrame, pl.DataFrame]]:
    """Return the last line of each patient, period and indicator, by rank, and what is told of it.

    `told` says what the indicators that look at last lines make of each kind (`told_by_indicators`), as if all lines
    were looked at. Each line has, once `decoded`, a `class` of which is told: `indicator`, `formulary_version`,
    `outcome`.
    Cents are those of the line only where one of the indicators is `in_cents`.
    """
    judged = told.filter(pl.col("outcome").is_in([Outcome.ADHERENT, Outcome.NON_ADHERENT]))
    found = []
    for names in _rounds(judged):
        asks_cents = not set(names).isdisjoint(in_cents)
        cents = _cents_of_last() if asks_cents else pl.lit(0, pl.Int64).first()
        found.append(_of_round(counted, judged.filter(pl.col("indicator").is_in(names)), cents))
    return found


def _rounds(told: pl.DataFrame) -> list[list[str]]:
    """Return the indicators in few rounds, none of which has two that speak of one kind: a round is one look."""
    rounds: list[tuple[list[str], set[int]]] = []
    for (name,), rows in told.group_by("indicator", maintain_order=True):
        kinds = set(rows["kind"])
        free = next((each for each in rounds if not each[1] & kinds), None)
        if free is None:
            rounds.append(([str(name)], kinds))
        else:
            free[0].append(str(name))
            free[1].update(kinds)
    return [names for names, _ in rounds]


def _of_round(counted: pl.LazyFrame, told: pl.DataFrame, cents: pl.Expr) -> tuple[pl.LazyFrame, pl.DataFrame]:
    # The kinds of a round belong to one indicator each.
    said = told.select(_SAID).unique().sort(_SAID).with_row_index("class")
    numbers = pl.col("indicator").rank("dense").cast(pl.UInt32).alias("population")
    populations = told.join(said.with_columns(numbers), on=_SAID, nulls_equal=True).sort("kind")
    lasts = (
        counted.filter(pl.col("person").is_not_null())
        .with_columns(looked_up_in("kind", populations.select("kind", "class", "population")))
        .filter(pl.col("population").is_not_null())
        .with_columns(_rank_of_line(said).alias("rank"))
        .group_by("person", "period_no", "population")
        .agg(pl.col("rank", "epoch").max(), cents.alias("cost_cents"))
    )
    return lasts, said


def over_quarters(lasts: pl.DataFrame) -> pl.DataFrame:
    """Return the last lines of quarters from those of months."""
    quarter = pl.col("period_no") // MONTHS_OF_A_QUARTER
    of_quarter = lasts.with_columns(quarter).group_by("person", "period_no", "population")
    # Finding the cents of the last line costs more than finding the line: only where there are any.
    cents = _cents_of_last() if (lasts["cost_cents"] != 0).any() else pl.lit(0, pl.Int64).first()
    return of_quarter.agg(pl.col("rank", "epoch").max(), cents.alias("cost_cents"))


def decoded(lasts: pl.DataFrame) -> pl.LazyFrame:
    """Return last lines as lines: period, epoch, class, who prescribed and dispensed, and cents."""
    return lasts.lazy().select("period_no", "epoch", *_decoded(), "cost_cents")


def _rank_of_line(said: pl.DataFrame) -> pl.Expr:
    adherent = pl.col("class").is_in(said.filter(pl.col("outcome") == Outcome.ADHERENT)["class"].implode())
    rank = pl.col("day").cast(pl.Int128) * 2 + adherent
    for name in WHO:
        rank = rank * _CODE_SIZE + pl.col(name).cast(pl.String).cast(pl.Int128).fill_null(0)
    return rank * _KIND_SIZE + pl.col("class")


def _cents_of_last() -> pl.Expr:
    # The dearest of lines that are equal in everything that ranks them: which one comes first is chance.
    return pl.col("cost_cents").filter(pl.col("rank") == pl.col("rank").max()).max().fill_null(0)


def _decoded() -> Sequence[pl.Expr]:
    rank = pl.col("rank")
    place = (rank % _KIND_SIZE).cast(pl.UInt32).alias("class")
    rest, codes = rank // _KIND_SIZE, []
    for name in reversed(WHO):
        code = (rest % _CODE_SIZE).cast(pl.Int32)
        codes.append(pl.when(code > 0).then(code).alias(name))
        rest = rest // _CODE_SIZE
    return [place, *codes]
