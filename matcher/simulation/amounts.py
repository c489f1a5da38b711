"""What each possible number of conform lines would earn in a part: by the engine itself, once per kind of payee."""

import polars as pl

from formulary import Measure, Scheme, SchemePart

from ..reward.earnings import earned
from ..reward.exact import WIDE
from ..reward.measure import ON_INDICATOR, valued

# A score of which chance decides something: counts of lines, not of cents, and no presence or fixed amount.
OF_CHANCE = tuple(measure for measure in ON_INDICATOR if measure is not Measure.SAVINGS)
_EVERY_MEETING = 10_000


def kinds_of(frame: pl.DataFrame, part: SchemePart) -> list[str]:
    """Return the columns in which payees differ for a part, besides their numerator."""
    based = ["base_n", "base_d"] if part.baseline is not None else []
    placed = ["period", "place_now"] if part.measure is Measure.PERCENTILE else []
    return [*placed, "d", *based]


def with_place(frame: pl.DataFrame) -> pl.DataFrame:
    """Return what was worked out of a part with the rate that each payee has now (`place_now`)."""
    return frame.with_columns(place_now=pl.when(pl.col("d") > 0).then(pl.col("n") / pl.col("d")))


def amounts_of(counts: pl.DataFrame, frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> pl.DataFrame:
    """Return `counts` (`n`, `d` and the other columns of `kinds_of`) with `band` and `unit`: what each pair earns.

    A unit is what one payee earns alone: one patient, all days, in cents or in thousandths of a point. Among peers
    (PERCENTILE) the others are held where they are in `frame`. Gates on meetings are taken as passed.
    """
    alone = counts.with_columns(
        period=pl.col("period") if "period" in counts.columns else pl.lit(""),
        whose=pl.lit(""),
        attended=pl.lit(_EVERY_MEETING, pl.Int64()),
        patients=pl.lit(1, pl.Int64()),
        days=pl.lit(1, pl.Int64()),
        days_in_all=pl.lit(1, pl.Int64()),
    )
    is_place = part.measure is Measure.PERCENTILE
    paid = earned(_among(alone, frame, part) if is_place else valued(alone, part), scheme, part)
    return counts.with_columns(paid["band"], paid["rounded_4"].cast(pl.Int64).alias("unit"))


def _among(alone: pl.DataFrame, frame: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    """Return the place of each pair among the other peers of its period as they are; nobody is its own peer."""
    is_peer = pl.col("d") >= (part.denominator_min or 1)
    peers = frame.filter(is_peer).unique(["period", "whose"]).select("period", place=pl.col("n") / pl.col("d"))
    rated = alone.with_row_index("row").with_columns(place=pl.col("n") / pl.col("d"))
    both = pl.concat(
        [peers.with_columns(row=None, kind=1), rated.select("period", "place", "row", kind=0)], how="diagonal_relaxed"
    )
    # Peers with the same rate come after the pair that is placed: only who scores lower is counted.
    ordered = both.sort("period", "place", "kind").with_columns(below=pl.col("kind").cum_sum().over("period"))
    found = ordered.filter(pl.col("kind") == 0).sort("row")
    is_own = rated["place_now"] < rated["place"]
    others = alone.select("period").join(
        peers.group_by("period").len("peers"), on="period", how="left", maintain_order="left"
    )
    of = others["peers"].fill_null(0).cast(pl.Int64) - 1
    below = found["below"] - is_own.fill_null(value=False).cast(pl.Int32)
    placed = alone.with_columns(of.clip(1).cast(WIDE).alias("of"), below.cast(WIDE).alias("value"))
    too_few = pl.lit(None, pl.String())
    return placed.with_columns(value=pl.min_horizontal("value", "of"), grounds=too_few)
