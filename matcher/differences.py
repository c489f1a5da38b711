"""What differs between two reward runs: whose amount, score or place among peers moves, and by how much."""

from collections.abc import Mapping

import polars as pl

_SCORE_KEY = ["level", "id", "indicator"]
_SCORED = ("numerator", "denominator", "percentile")


def amounts_moved(before: Mapping[str, int], after: Mapping[str, int]) -> pl.DataFrame:
    """Return a row per payee whose amount differs: `payee`, `before_cents`, `after_cents`, `difference_cents`.

    Who is in one of the two alone has nothing in the other. Sorted by payee.
    """
    rows = [(payee, before.get(payee, 0), after.get(payee, 0)) for payee in sorted({*before, *after})]
    schema = {"payee": pl.String(), "before_cents": pl.Int64(), "after_cents": pl.Int64()}
    amounts = pl.DataFrame(rows, schema=schema, orient="row")
    difference = (pl.col("after_cents") - pl.col("before_cents")).alias("difference_cents")
    return amounts.with_columns(difference).filter(pl.col("difference_cents") != 0)


def scores_moved(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Return a row per score whose counts or place differ: level, id, indicator, and each number before and after.

    A score that only one of the two has is empty in the other.
    """
    old, new = (
        scores.select(*_SCORE_KEY, *(pl.col(name).alias(f"{name}_{side}") for name in _SCORED))
        for scores, side in ((before, "before"), (after, "after"))
    )
    both = old.join(new, on=_SCORE_KEY, how="full", coalesce=True)
    differs = [pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in _SCORED]
    paired = [f"{name}_{side}" for name in _SCORED for side in ("before", "after")]
    return both.filter(pl.any_horizontal(differs)).select(*_SCORE_KEY, *paired).sort(_SCORE_KEY)
