"""How many of many findings may be chance."""

from collections.abc import Sequence

import polars as pl


def adjusted_p(p_values: Sequence[float | None] | pl.Series) -> pl.Series:
    """Return, per p-value, the least share of false discoveries at which it is still one; nulls stay null, uncounted.

    Source: Y. Benjamini and Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289-300.
    """
    values = pl.Series("p", p_values, dtype=pl.Float64())
    n = len(values) - values.null_count()
    ordered = values.to_frame().with_row_index("at").drop_nulls("p").sort("p", "at", descending=True)
    rank = pl.lit(n) - pl.int_range(pl.len())
    told = ordered.with_columns((pl.col("p") * n / rank).cum_min().clip(upper_bound=1.0).alias("adjusted"))
    placed = values.to_frame().with_row_index("at").join(told.drop("p"), on="at", how="left").sort("at")
    return placed["adjusted"].alias("adjusted_p")


def discoveries(p_values: Sequence[float | None] | pl.Series, rate: float = 0.05) -> pl.Series:
    """Tell, per p-value, whether it is a discovery when at most `rate` of all discoveries may be false."""
    return (adjusted_p(p_values) <= rate).fill_null(value=False).alias("discovery")
