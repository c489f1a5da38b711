"""A part of a scheme made ready for chance: the amounts that a score can earn, and how probable each next one is."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from formulary import Certainty, PaidPer, Scheme, SchemePart, TakingPart

from ..statistics import fitted_prior
from .amounts import OF_CHANCE, amounts_of, kinds_of, with_place

Floats = NDArray[np.float32]
Rates = NDArray[np.float64]
Of = tuple[Scheme, SchemePart]
_FINE = 1_000_000  # a true rate is taken to the millionth
_LEVELS_MAX = 40  # a sliding scale is drawn in at most so many steps
_OUT = 10  # on a sliding scale: wrong by more than a tenth of the most that a part pays
_SHUT = ["TOO_FEW_LINES", "TOO_UNRELIABLE", "TOO_FEW_MEETINGS", "TOO_FEW_PEERS", "NO_BASELINE"]


@dataclass(frozen=True)
class ReadyPart:
    """One part ready to be drawn: for each payee which cell it looks at, for each cell its levels and their chance."""

    cell_of: NDArray[np.intp]
    times: Floats
    reach: Floats
    units: Floats
    true_units: Floats
    tolerance: float
    in_points: bool


def ready(frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> ReadyPart:
    """Return a part ready to be drawn; one on which chance has no hold has one level, with what it pays."""
    times = _times(frame, scheme, part)
    if part.measure not in OF_CHANCE:
        paid = frame["rounded_4"].cast(pl.Float64).to_numpy().astype(np.float32)[:, None]
        nothing = np.zeros((frame.height, 0), np.float32)
        return ReadyPart(
            np.arange(frame.height), np.ones(frame.height, np.float32), nothing, paid, paid[:, 0], 0.0, part.in_points
        )
    frame, kinds = with_place(frame), kinds_of(frame, part)
    numbered = frame.select("whose", "n", *kinds).unique(maintain_order=True).with_row_index("cell")
    cell_of = frame.join(
        numbered.select("whose", "n", *kinds, "cell"),
        on=["whose", "n", *kinds],
        how="left",
        maintain_order="left",
        nulls_equal=True,
    )["cell"].to_numpy()
    rates = _true_rates(numbered)
    reach, units = _thresholds(numbered, kinds, frame, (scheme, part), rates)
    true = _deserved(numbered, kinds, frame, (scheme, part), rates)
    most = float(max(units.max(initial=0), true.max(initial=0)))
    tolerance = most / _OUT if part.scale is not None else 0.5
    return ReadyPart(cell_of.astype(np.intp), times, reach, units, true, tolerance, part.in_points)


def _true_rates(cells: pl.DataFrame) -> Rates:
    """Return the shrunken rates: what is drawn from is neither luck of few lines nor the same for all."""
    prior = fitted_prior(cells["n"], cells["d"])
    n, d = cells["n"].to_numpy(), cells["d"].to_numpy()
    rates: Rates = (prior.alpha + n) / (prior.strength + d)
    return rates


def _certain(frame: pl.DataFrame, part: SchemePart) -> ReadyPart:
    """Return a part on which chance has no hold: each payee is its own cell, and earns what it earns."""
    paid = frame["rounded_4"].cast(pl.Float64).to_numpy().astype(np.float32)[:, None]
    once, nothing = np.ones(frame.height, np.float32), np.zeros((frame.height, 0), np.float32)
    return ReadyPart(np.arange(frame.height), once, nothing, paid, paid[:, 0], 0.0, part.in_points)


def _times(frame: pl.DataFrame, scheme: Scheme, part: SchemePart) -> Floats:
    """Return how often each payee is paid the unit: not at all where a gate is shut, else patients and days."""
    patients = pl.col("patients").cast(pl.Float64) if part.per is PaidPer.PATIENT else pl.lit(1.0)
    by_day = scheme.taking_part is TakingPart.BY_DAY and part.per is not PaidPer.PATIENT
    days = pl.col("days") / pl.col("days_in_all") if by_day else pl.lit(1.0)
    is_shut = pl.col("grounds").cast(pl.String).is_in(_SHUT)
    told = frame.with_columns(times=pl.when(is_shut).then(0.0).otherwise(patients * days))
    return told["times"].to_numpy().astype(np.float32)


def _thresholds(
    cells: pl.DataFrame,
    kinds: list[str],
    frame: pl.DataFrame,
    of: tuple[Scheme, SchemePart],
    rates: NDArray[np.float64],
) -> tuple[Floats, Floats]:
    """Return for each cell the chance to reach each next amount, and the amounts from the lowest to the highest."""
    from scipy.special import bdtrc

    every = cells.select(kinds).unique(maintain_order=True).with_row_index("kind")
    spread = every.with_columns(n=pl.int_ranges(0, pl.col("d") + 1)).explode("n")
    earned = amounts_of(spread, frame, *of).sort("kind", "n")
    changed = earned.filter(
        (pl.col("n") == 0) | (pl.col("unit") != pl.col("unit").shift(1)).over("kind").fill_null(value=True)
    ).with_columns(place=pl.int_range(pl.len()).over("kind"), levels=pl.len().over("kind").cast(pl.Int64))
    step = -(-pl.col("levels") // _LEVELS_MAX)
    kept = changed.filter((pl.col("place") % step == 0) | (pl.col("place") == pl.col("levels") - 1))
    kept = kept.with_columns(place=pl.int_range(pl.len()).over("kind"))
    width = max(kept["place"].to_list(), default=0) + 1
    least = np.full((every.height, width), np.iinfo(np.int64).max, np.int64)
    units = np.zeros((every.height, width), np.float32)
    rows, places = kept["kind"].to_numpy(), kept["place"].to_numpy()
    least[rows, places], units[rows, places] = kept["n"].to_numpy(), kept["unit"].to_numpy()
    kind_of = cells.join(every, on=kinds, how="left", maintain_order="left", nulls_equal=True)["kind"].to_numpy()
    lines, of_lines = least[kind_of][:, 1:], cells["d"].to_numpy()[:, None]
    chance = bdtrc(np.minimum(lines - 1, of_lines), of_lines, rates[:, None])
    reach = np.where(lines > of_lines, 0.0, chance)
    return reach.astype(np.float32), units[kind_of]


def _deserved(
    cells: pl.DataFrame,
    kinds: list[str],
    frame: pl.DataFrame,
    of: tuple[Scheme, SchemePart],
    rates: NDArray[np.float64],
) -> Floats:
    """Return what each cell's true rate earns, known for certain: a score of a million lines."""
    scheme, part = of
    certain = part.model_copy(update={"certainty": Certainty.POINT})
    counts = cells.with_columns(
        n=pl.Series(np.rint(rates * _FINE).astype(np.int64), dtype=pl.Int64()), d=pl.lit(_FINE, pl.Int64())
    ).select("n", *kinds)
    return amounts_of(counts, frame, scheme, certain)["unit"].to_numpy().astype(np.float32)
