"""Look at every distinct thing once: lines carry its number, and what was found out is looked up by that number.

A number is four bytes a line; a lookup is a memory access, keeps the order of lines, and costs nothing where its
column is not asked for. A join would cost its hashing again in every pass over the lines.
"""

from collections.abc import Sequence
from functools import partial

import polars as pl
import polars.selectors as cs

from .frames import CATEGORY

# polars 2.1 loses the order of rows where a column derived from two ordered joins is all that is asked for.
IN_ORDER = pl.QueryOptFlags(check_order_observe=False)

# Lines that are held in memory at once; of more than these, what is needed is worked out anew.
LINES_AT_ONCE = 5_000_000
_WITH_GAPS = 1 << 24  # numbers, of which a table holds some; four bytes for each


def numbered(lines: pl.LazyFrame, key: Sequence[str], number: str) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Return the lines with a column `number`, and the distinct keys: row n of them is the key of number n."""
    asked = held(lines.select(key))
    distinct = asked.group_by(key).agg().collect().sort(key)
    # A column that is empty throughout tells nothing apart, and hashing it again would cost as much as any other.
    told = [name for name in key if distinct[name].null_count() < distinct.height] or [key[0]]
    marked = distinct.select(_mark(told).alias("mark"))
    if marked["mark"].is_unique().all():
        joined = asked.select(_mark(told).alias("mark")).join(
            marked.lazy().with_row_index(number), on="mark", how="left", maintain_order="left"
        )
    else:
        numbers = distinct.lazy().select(told).with_row_index(number)
        joined = asked.select(told).join(numbers, on=told, how="left", nulls_equal=True, maintain_order="left")
    return beside(lines, joined.select(number).collect(optimizations=IN_ORDER)), distinct


def _mark(key: Sequence[str]) -> pl.Expr:
    """Return eight bytes for a key, which are found five times as fast as its texts; two keys may share them."""
    odd = (2 * n + 1 for n in range(len(key)))
    return pl.sum_horizontal(pl.col(name).hash(seed=factor) * factor for name, factor in zip(key, odd, strict=True))


def held(lines: pl.LazyFrame) -> pl.LazyFrame:
    """Return the lines worked out, where they fit into memory; else as they are, to be worked out when asked for."""
    fits = lines.select(pl.len()).collect().item() <= LINES_AT_ONCE
    return lines.collect(optimizations=IN_ORDER).lazy() if fits else lines


def beside(lines: pl.LazyFrame, columns: pl.DataFrame) -> pl.LazyFrame:
    """Return the lines with more columns beside them, row by row."""
    return pl.concat([lines, columns.lazy()], how="horizontal")


def categorised(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table with its texts as categories, for lines to look them up: four bytes each, not sixteen."""
    return table.with_columns(cs.string().cast(CATEGORY))


def looked_up(number: str, table: pl.DataFrame) -> list[pl.Expr]:
    """Return each column of `table`, for every line the row that its `number` names."""
    return [_gathered(pl.col(number), column) for column in table.iter_columns()]


def looked_up_in(number: str, table: pl.DataFrame) -> list[pl.Expr]:
    """Return each other column of `table` (its numbers differ, and need not be without gaps).

    A line whose number the table does not have gets nothing.
    """
    numbers = table[number].cast(pl.UInt64)
    size = int(numbers.max() or 0) + 1  # type: ignore[arg-type]
    if size <= _WITH_GAPS or table.is_empty():
        # The gaps are filled up: then a lookup is a memory access, and no search.
        nowhere = pl.Series([None], dtype=pl.UInt32).new_from_index(0, size)
        rows = nowhere.scatter(numbers, pl.int_range(table.height, dtype=pl.UInt32, eager=True))
        within = pl.when(pl.col(number) < size).then(number)
        return [_gathered(within, column.gather(rows)) for column in table.drop(number).iter_columns()]
    ordered = table.sort(number)
    find = partial(places_of, keys=ordered[number])
    place = pl.col(number).map_batches(find, return_dtype=pl.Int64(), is_elementwise=True)
    return [_gathered(place, column) for column in ordered.drop(number).iter_columns()]


def places_of(numbers: pl.Series, keys: pl.Series) -> pl.Series:
    """Return where each number stands among the sorted keys; nothing where it does not."""
    frame = pl.DataFrame(
        {"number": numbers, "place": keys.search_sorted(numbers).cast(pl.Int64).clip(0, len(keys) - 1)}
    )
    is_there = keys.gather(frame["place"]) == frame["number"]
    return frame.select(pl.when(is_there).then("place")).to_series()


def _gathered(place: pl.Expr, column: pl.Series) -> pl.Expr:
    return place.map_batches(column.gather, return_dtype=column.dtype, is_elementwise=True).alias(column.name)
