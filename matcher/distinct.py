"""Look at every distinct thing once: lines carry its number, and what was found out is looked up by that number.

A number is four bytes a line; a lookup is a memory access, keeps the order of lines, and costs nothing where its
column is not asked for. A join would cost its hashing again in every pass over the lines.
"""

from collections.abc import Sequence

import polars as pl


def numbered(lines: pl.LazyFrame, key: Sequence[str], number: str) -> tuple[pl.LazyFrame, pl.DataFrame]:
    """Return the lines with a column `number`, and the distinct keys: row n of them is the key of number n."""
    distinct = lines.select(key).unique().collect()
    joined = lines.select(key).join(
        distinct.lazy().with_row_index(number), on=key, how="left", nulls_equal=True, maintain_order="left"
    )
    return beside(lines, joined.select(number).collect()), distinct


def beside(lines: pl.LazyFrame, columns: pl.DataFrame) -> pl.LazyFrame:
    """Return the lines with more columns beside them, row by row."""
    return pl.concat([lines, columns.lazy()], how="horizontal", strict=True)


def looked_up(number: str, table: pl.DataFrame) -> list[pl.Expr]:
    """Return each column of `table`, for every line the row that its `number` names."""
    return [_looked_up(number, column) for column in table.iter_columns()]


def _looked_up(number: str, column: pl.Series) -> pl.Expr:
    def _look(numbers: pl.Series) -> pl.Series:
        return column.gather(numbers)

    return pl.col(number).map_batches(_look, return_dtype=column.dtype, is_elementwise=True).alias(column.name)
