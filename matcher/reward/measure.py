"""What a part of a scheme looks at: the score, place, improvement, saving or presence of each payee, as an exact pair.

The frame of a part has a row per payee, in the order of the payees, and these columns beside theirs: `n` and `d`, the
counts; `value` over `of` (128 bits), what the part pays on; `grounds`, why it does not pay (else nothing); and what
the steps tell.
"""

from collections.abc import Iterator

import polars as pl

from formulary import CONFIDENCE, Certainty, Level, Measure, Scheme, SchemePart

from ..enumerations import Grounds
from ..tables import AdherenceScores
from .exact import BOUND_SCALE, WIDE, lower_bounds, order_of_rates, whole
from .facts import RewardFacts

ON_INDICATOR = (Measure.RATE, Measure.PERCENTILE, Measure.DECILE, Measure.IMPROVEMENT, Measure.SAVINGS)
_CUTS = 10


def measured(
    payees: pl.DataFrame, scores: AdherenceScores, scheme: Scheme, part: SchemePart, facts: RewardFacts
) -> pl.DataFrame:
    """Return the frame of a part up to its value; nothing is earned yet."""
    level = part.whose or scheme.payee
    return valued(_with_baseline(_counted(payees, scores, level, part), part, level, facts), part)


def valued(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    """Return a frame of payees and their counts with `value` over `of`, and why the part does not pay (`grounds`)."""
    looked_at = {
        Measure.RATE: _rate,
        Measure.PERCENTILE: _percentile,
        Measure.DECILE: _decile,
        Measure.IMPROVEMENT: _since_baseline,
        Measure.SAVINGS: _since_baseline,
        Measure.ATTENDANCE: _presence,
        Measure.NOTHING: _nothing,
    }
    found = looked_at[part.measure](counted, part)
    nothing = pl.lit(None, pl.String())
    told = (pl.when(is_so).then(pl.lit(str(grounds))) for is_so, grounds in _failing(part))
    failing = pl.coalesce(*told, nothing)
    return found.with_columns(failing.alias("grounds"))


def _counted(payees: pl.DataFrame, scores: AdherenceScores, level: Level, part: SchemePart) -> pl.DataFrame:
    """Return the payees with the counts of whoever's score it is; whoever has none has 0 of 0."""
    named = payees.with_columns(pl.col(f"of_{level}").alias("whose"))
    if part.indicator is None:
        return named.with_columns(n=pl.lit(0, pl.Int64()), d=pl.lit(0, pl.Int64()))
    own = scores.filter(pl.col("level") == level, pl.col("indicator") == part.indicator)
    pairs = own.select("period", whose="id", n="numerator", d="denominator")
    joined = named.join(pairs, on=["period", "whose"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("n", "d").fill_null(0))


def _failing(part: SchemePart) -> Iterator[tuple[pl.Expr, Grounds]]:
    """Give what keeps a part from paying, in the order in which it is told."""
    if part.measure in ON_INDICATOR:
        yield pl.col("d") < (part.denominator_min or 1), Grounds.TOO_FEW_LINES
    if part.reliability_min_percent is not None:
        yield ~is_reliable(part), Grounds.TOO_UNRELIABLE
    if part.meetings_min is not None:
        yield pl.col("attended") < part.meetings_min, Grounds.TOO_FEW_MEETINGS
    if part.measure is Measure.PERCENTILE:
        yield pl.col("of") + 1 < part.peers_min, Grounds.TOO_FEW_PEERS
    if part.measure in (Measure.IMPROVEMENT, Measure.SAVINGS):
        yield pl.col("base_d").is_null() | (pl.col("base_d") < (part.denominator_min or 1)), Grounds.NO_BASELINE
    if part.measure is Measure.SAVINGS:
        yield pl.col("value") <= 0, Grounds.NO_SAVINGS


def is_reliable(part: SchemePart) -> pl.Expr:
    """Return whether the score is reliable enough: n / (n + lines at which half of the spread is real)."""
    d = pl.col("d").cast(WIDE)
    return d * 100 >= (d + (part.reliability_lines or 0)) * (part.reliability_min_percent or 0)


def _rate(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    if part.certainty is not Certainty.LOWER:
        return counted.with_columns(value=pl.col("n").cast(WIDE), of=pl.col("d").cast(WIDE))
    bounds = lower_bounds(counted, CONFIDENCE[part.confidence_percent])
    return counted.with_columns(bounds.alias("value"), whole(BOUND_SCALE).alias("of"))


def _percentile(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    """Return how many of the others score lower; only who has enough lines is among the peers, each once."""
    is_peer = pl.col("d") >= (part.denominator_min or 1)
    peers = counted.filter(is_peer).select("period", "whose", "n", "d").unique(["period", "whose"], maintain_order=True)
    ranked = peers.with_columns(order_of_rates(pl.col("n"), pl.col("d")).over("period").alias("order")).with_columns(
        value=pl.col("order").rank("min").over("period").cast(WIDE) - 1,
        of=pl.len().over("period").cast(WIDE) - 1,
    )
    joined = counted.join(
        ranked.select("period", "whose", "value", "of"), on=["period", "whose"], how="left", maintain_order="left"
    )
    # Whoever has too few lines has no place; what stands here then is not paid on.
    return joined.with_columns(pl.col("value", "of").fill_null(0))


def _decile(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    n, d = pl.col("n").cast(WIDE), pl.col("d").cast(WIDE)
    reached = [(n * 1000 >= d * cut).cast(WIDE) for cut in part.national_cuts_permille]
    return counted.with_columns(value=pl.sum_horizontal(reached), of=whole(_CUTS))


def _presence(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    asked = part.meetings or 1
    return counted.with_columns(value=pl.min_horizontal(pl.col("attended"), asked).cast(WIDE), of=whole(asked))


def _nothing(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    assert part.fixed is not None  # the only thing that pays where nothing is measured
    return counted.with_columns(value=whole(1), of=whole(1))


def _with_baseline(counted: pl.DataFrame, part: SchemePart, level: Level, facts: RewardFacts) -> pl.DataFrame:
    if part.baseline is None:
        return counted
    of_part = facts.baselines.filter(
        pl.col("period") == part.baseline, pl.col("level") == level, pl.col("indicator") == part.indicator
    )
    pairs = of_part.select(whose="id", base_n="numerator", base_d="denominator")
    return counted.join(pairs, on="whose", how="left", maintain_order="left")


def _since_baseline(counted: pl.DataFrame, part: SchemePart) -> pl.DataFrame:
    """Return the improvement of a rate, or what was saved of the cost, since the baseline."""
    n, d, n0, d0 = (pl.col(name).cast(WIDE) for name in ("n", "d", "base_n", "base_d"))
    if part.measure is Measure.IMPROVEMENT:
        value, of = n * d0 - n0 * d, d * d0
    else:
        value, of = d0 - d, d0
    return counted.with_columns(value=value.fill_null(0), of=of.fill_null(0))
