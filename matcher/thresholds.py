"""Thresholds that tell nobody apart: on the lines at hand everyone passes them, or no one does."""

import polars as pl

from formulary import Band, Measure, Scheme, SchemePart, Suspicion

from .tables import AdherenceScores


def idle_thresholds(scores: AdherenceScores, scheme: Scheme) -> list[Suspicion]:
    """Return a suspicion for each band of a scheme that every prescriber with enough lines reaches, or none.

    Scores are of one period. Where nobody has the minimum denominator there is nothing to tell.
    """
    told = [
        _idle(_asked(scores, scheme, part), scheme, part, band)
        for part in scheme.parts
        if part.measure is Measure.RATE
        for band in part.bands
    ]
    return [suspicion for suspicion in told if suspicion is not None]


def _asked(scores: AdherenceScores, scheme: Scheme, part: SchemePart) -> pl.DataFrame:
    asked = scores.filter(pl.col("level") == (part.whose or scheme.payee))
    if scheme.provider_types and part.whose in (None, scheme.payee):
        asked = asked.filter(pl.col("id").str.head(2).is_in(scheme.provider_types))
    return asked


def _idle(prescribers: pl.DataFrame, scheme: Scheme, part: SchemePart, band: Band) -> Suspicion | None:
    enough = prescribers.filter(
        pl.col("indicator") == part.indicator, pl.col("denominator") >= (part.denominator_min or 1)
    )
    reached = enough.filter(pl.col("numerator") * 100 >= band.threshold_percent * pl.col("denominator")).height
    if enough.is_empty() or 0 < reached < enough.height:
        return None
    values = {"band": band.name, "percent": band.threshold_percent, "prescribers": enough.height}
    place = f"schemes, {scheme.id}, {part.name}"
    return Suspicion("THRESHOLD_EVERYONE" if reached else "THRESHOLD_NO_ONE", place, values)
