"""Where a value stands among others."""

from math import nan

import polars as pl


def percentile_ranks(values: pl.Series) -> pl.Series:
    """Return each value's place among all, 0 to 100: (minimum rank - 1) / (n - 1); nulls stay null, uncounted.

    A value without any other to stand beside has no place: one value alone gives null.
    """
    known = len(values) - values.null_count()
    if known < 2:
        return pl.Series(values.name, [None] * len(values), pl.Float64())
    return (values.rank("min").cast(pl.Float64()) - 1) * 100 / (known - 1)


def deciles(values: pl.Series) -> list[float]:
    """Return the nine cut points, by linear interpolation between order statistics; nulls are left out."""
    known = values.drop_nulls()
    cuts = [known.quantile(n / 10, interpolation="linear") for n in range(1, 10)]
    return [nan if cut is None else float(cut) for cut in cuts]
