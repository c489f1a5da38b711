"""The arithmetic of money: whole numbers only, and the one place where an amount is rounded.

Every intermediate is 128 bits wide, so that cents times lines times patients never wrap.
"""

import polars as pl

WIDE = pl.Int128()
BOUND_SCALE = 10_000  # a lower bound is known to the hundredth of a percentage point, rounded down
_HALVINGS = 14  # 2 to the 14th is more than BOUND_SCALE
_QUANTILE_SCALE = 100_000_000


def whole(number: int) -> pl.Expr:
    """Return a whole number as a wide literal."""
    return pl.lit(number, WIDE)


def half_up(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Return a quotient, not negative, rounded half up to a whole number: the rounding of every amount."""
    return (numerator * 2 + denominator) // (denominator * 2)


def order_of_rates(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """Return a whole number per rate that is larger exactly where the rate is, and equal where rates are equal.

    Two unequal rates differ by at least one over the product of their denominators, so that after multiplying by the
    square of the largest denominator their whole parts differ.
    """
    wide = denominator.cast(WIDE)
    return pl.when(denominator > 0).then(numerator.cast(WIDE) * wide.max() * wide.max() // pl.max_horizontal(wide, 1))


def lower_bounds(frame: pl.DataFrame, quantile_squared: int) -> pl.Series:
    """Return per row (`n`, `d`) the Wilson lower bound in ten-thousandths, rounded down.

    A share t lies at or below the bound exactly where (n/d - t)^2 >= z^2 t (1 - t) / d and t <= n/d: whole numbers
    decide it, no root is taken. `quantile_squared` is z^2 in hundred-millionths. Source: E.B. Wilson, J. Am. Stat.
    Assoc. 22 (1927) 209-212. A row without a denominator has bound 0.
    """
    n, d = pl.col("n").cast(WIDE), pl.col("d").cast(WIDE)
    middle = (pl.col("low") + pl.col("high")) // 2
    far = n * BOUND_SCALE - middle * d
    spread = middle * (BOUND_SCALE - middle) * d * quantile_squared
    at_most = (far >= 0) & (far * far * _QUANTILE_SCALE >= spread)
    searched = frame.select("n", "d", low=whole(0), high=whole(BOUND_SCALE + 1))
    for _ in range(_HALVINGS):
        searched = searched.with_columns(
            low=pl.when(at_most).then(middle).otherwise("low"), high=pl.when(at_most).then("high").otherwise(middle)
        )
    return searched.select(pl.when(pl.col("d") > 0).then("low").otherwise(whole(0)).alias("bound"))["bound"]


def allocated(frame: pl.DataFrame, total: pl.Expr, within: str) -> pl.Series:
    """Return how a total is shared by weight (column `weight`) within each group: the parts sum to it exactly.

    By largest remainder, as `allocate_cents`: ties go to the larger weight, then to the first row. `total` is one
    amount a group, not negative; a group whose weights are all nought gets nothing.
    """
    weight, group = pl.col("weight").cast(WIDE), pl.col(within)
    of = weight.sum().over(within)
    shares = frame.select(
        pl.int_range(pl.len()).alias("row"),
        group.alias("group"),
        weight.alias("weight"),
        share=pl.when(of > 0).then(total * weight // pl.max_horizontal(of, 1)).otherwise(whole(0)),
        rest=pl.when(of > 0).then(total * weight % pl.max_horizontal(of, 1)).otherwise(whole(0)),
        total=pl.when(of > 0).then(total).otherwise(whole(0)),
    )
    left = pl.col("total").first().over("group") - pl.col("share").sum().over("group")
    ordered = shares.with_columns(left=left).sort(
        "group", "rest", "weight", "row", descending=[False, True, True, False]
    )
    place = pl.int_range(pl.len()).over("group")
    given = ordered.with_columns(cents=pl.col("share") + (place < pl.col("left")).cast(WIDE))
    return given.sort("row")["cents"]
