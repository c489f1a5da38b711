"""Adherence beside what a typical prescriber would reach with the same patients under the same formulary.

A broad formulary is easily followed, a narrow one is not, and whoever treats much of what the formulary is strict about
has the harder task. Held against the region's own rate in each therapeutic group, neither counts.
"""

import polars as pl

from formulary import conform

from .enumerations import Outcome
from .facts import LineFacts, in_words
from .last import MONTHS_OF_A_QUARTER
from .statistics import wilson_limits
from .tables import BREADTH

_JUDGED = [Outcome.ADHERENT, Outcome.NON_ADHERENT]
_GROUP_LENGTH = 4  # of an ATC code: the pharmacological subgroup, within which a formulary makes its choices


def breadth_corrected(facts: LineFacts) -> pl.DataFrame:
    """Return, per quarter and prescriber, adherence over what it would be expected to be (`BREADTH`).

    `numerator` and `denominator` are all lines judged. `expected` is what the numerator would be if in every
    therapeutic group (four characters of the ATC code) the prescriber were as adherent as the region in that quarter.
    `ratio` is the one over the other, 1 where somebody does as a typical prescriber would; `ratio_low` and
    `ratio_high` come from the Wilson interval of the numerator. Without anything expected there is no ratio.

    Source: indirect standardisation, as N.E. Breslow and N.E. Day, Statistical Methods in Cancer Research II (1987),
    chapter 2.
    """
    quarter = (pl.col("month_no") // MONTHS_OF_A_QUARTER).alias("quarter")
    adherent = (pl.col("outcome") == Outcome.ADHERENT).sum().cast(pl.Int64)
    summed = (
        facts.filter(pl.col("outcome").is_in(_JUDGED), pl.col("prescriber_agb").is_not_null())
        .group_by(quarter, pl.col("prescriber_agb").alias("id"), "matched_atc")
        .agg(adherent.alias("numerator"), pl.len().cast(pl.Int64).alias("denominator"))
    )
    grouped = in_words(summed).collect().with_columns(pl.col("matched_atc").str.head(_GROUP_LENGTH).alias("group"))
    sums, key = pl.col("numerator", "denominator").sum(), ["quarter", "group"]
    of_region = grouped.group_by(key).agg(sums.name.suffix("_region"))
    own = grouped.group_by("id", *key).agg(sums).join(of_region, on=key)
    # Summed in a fixed order: a float depends on it, and the same lines give the same bytes.
    foreseen = (pl.col("denominator") * pl.col("numerator_region") / pl.col("denominator_region")).alias("expected")
    ordered = own.sort("quarter", "id", "group").group_by("quarter", "id", maintain_order=True)
    return _told(ordered.agg(sums, foreseen.sum()))


def _told(rows: pl.DataFrame) -> pl.DataFrame:
    n, d, expected = pl.col("numerator"), pl.col("denominator"), pl.col("expected")
    low, high = wilson_limits(n, d)
    number = pl.col("quarter")
    told = rows.with_columns(
        pl.concat_str(number // 4, pl.lit("-Q"), number % 4 + 1).alias("period"),
        *(
            pl.when(expected > 0).then(share / expected).alias(name)
            for name, share in (("ratio", n), ("ratio_low", low * d), ("ratio_high", high * d))
        ),
    )
    return conform(told.sort("period", "id").lazy(), BREADTH).collect()
