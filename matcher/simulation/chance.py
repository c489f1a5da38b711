"""What chance does to a scheme: payees whose true rate is known draw their lines again and again, and are paid by them.

True rates are the shrunken rates of the lines at hand. Nothing here decides an amount that is paid: it shows how far
amounts would differ from what true rates deserve.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from formulary import Scheme

from .levels import Floats, ReadyPart, ready
from .luck import Chance, Luck

_AT_ONCE = 64  # payees drawn together: with a thousand draws each they fit the cache of a core


def played(frames: Sequence[pl.DataFrame], scheme: Scheme, luck: Luck, draws: int) -> Chance:
    """Return what chance makes of a scheme in so many draws; `luck(rows, columns)` gives even numbers of 0 to 1.

    `frames` are what was worked out of each part (`worked_out`). Caps and floors of a payee and the cap of the scheme
    are kept, those of a practice are not.
    """
    periods = frames[0]["period"].unique().sort().to_list() if frames and frames[0].height else []
    told = [_played(_of_period(frames, period), scheme, luck, draws) for period in periods]
    return _added(told, [part.name for part in scheme.parts], draws)


def _of_period(frames: Sequence[pl.DataFrame], period: str) -> list[pl.DataFrame]:
    return [frame.filter(pl.col("period") == period) for frame in frames]


@dataclass(frozen=True)
class _Played:
    payees: pl.DataFrame
    wrong: NDArray[np.int64]
    totals: NDArray[np.float64]
    over: float
    under: float
    true_total: float
    parts: NDArray[np.float64]


def _played(frames: list[pl.DataFrame], scheme: Scheme, luck: Luck, draws: int) -> _Played:
    parts = [ready(frame, scheme, part) for frame, part in zip(frames, scheme.parts, strict=True)]
    height = frames[0].height
    sums = {in_points: np.zeros((height, draws), np.float32) for in_points in (False, True)}
    true = {in_points: np.zeros((height, 1), np.float32) for in_points in (False, True)}
    is_wrong, by_part = np.zeros((height, draws), bool), np.zeros(len(parts))
    for n, part in enumerate(parts):
        true[part.in_points][:, 0] += part.true_units[part.cell_of] * part.times
        by_part[n] = _drawn(part, _levels(part, luck, draws), sums[part.in_points], is_wrong)
    paid, deserved = (_limited(each[False] + _valued(each[True], scheme), scheme) for each in (sums, true))
    difference = paid - deserved
    permille = np.rint(is_wrong.mean(axis=1) * 1000).astype(np.int64)
    return _Played(
        payees=frames[0].select("period", "id").with_columns(pl.Series("wrong_permille", permille, pl.Int64())),
        wrong=is_wrong.sum(axis=0),
        totals=paid.sum(axis=0, dtype=np.float64),
        over=float(difference.clip(0).sum(dtype=np.float64) / draws),
        under=float((-difference).clip(0).sum(dtype=np.float64) / draws),
        true_total=float(deserved.sum(dtype=np.float64)),
        parts=by_part,
    )


def _drawn(part: ReadyPart, drawn: NDArray[np.int8], sums: Floats, is_wrong: NDArray[np.bool_]) -> float:
    """Add what a part pays in each draw to the sums, mark who is paid wrongly, and return how many are in a draw."""
    found = 0
    for at in range(0, len(sums), _AT_ONCE):
        some = slice(at, min(at + _AT_ONCE, len(sums)))
        cells, times = part.cell_of[some], part.times[some, None]
        units = np.take_along_axis(part.units[cells], drawn[cells].astype(np.intp), axis=1)
        wrong = (np.abs(units - part.true_units[cells, None]) > part.tolerance) & (times > 0)
        sums[some] += units * times
        is_wrong[some] |= wrong
        found += int(wrong.sum())
    return found / int(drawn.shape[1])


def _levels(part: ReadyPart, luck: Luck, draws: int) -> NDArray[np.int8]:
    """Return for each cell and draw how many of the next amounts are reached."""
    drawn = np.zeros((len(part.units), draws), np.int8)
    for at in range(0, len(part.units) if part.reach.shape[1] else 0, _AT_ONCE):
        some = slice(at, min(at + _AT_ONCE, len(part.units)))
        even = luck(some.stop - at, draws)
        for level in range(part.reach.shape[1]):
            drawn[some] += even < part.reach[some, level, None]
    return drawn


def _valued(points: Floats, scheme: Scheme) -> Floats:
    if scheme.budget_cents is not None:
        together = points.sum(axis=0)
        share: Floats = points * (scheme.budget_cents / np.maximum(together, 1)).astype(np.float32)
        return share
    worth: Floats = points * np.float32((scheme.point_cents or 0) / 1000)
    return worth


def _limited(paid: Floats, scheme: Scheme) -> Floats:
    limited = np.clip(paid, scheme.floor_cents or 0, scheme.cap_cents or np.inf)
    if scheme.scheme_cap_cents is not None:
        limited *= np.minimum(1, scheme.scheme_cap_cents / np.maximum(limited.sum(axis=0), 1))
    kept: Floats = limited.astype(np.float32)
    return kept


def _added(told: list[_Played], names: list[str], draws: int) -> Chance:
    wrong = sum((each.wrong for each in told), np.zeros(draws, np.int64))
    totals = sum((each.totals for each in told), np.zeros(draws))
    by_part = sum((each.parts for each in told), np.zeros(len(names)))
    empty = {"period": pl.String(), "id": pl.String(), "wrong_permille": pl.Int64()}
    low, high = (np.quantile(wrong, share, method="nearest") for share in (0.05, 0.95))
    least, most = (np.quantile(totals, share, method="nearest") for share in (0.05, 0.95))
    return Chance(
        draws=draws,
        wrong=round(float(wrong.mean())),
        wrong_low=int(low),
        wrong_high=int(high),
        over=round(sum(each.over for each in told)),
        under=round(sum(each.under for each in told)),
        total=round(float(totals.mean())),
        total_low=round(float(least)),
        total_high=round(float(most)),
        true_total=round(sum(each.true_total for each in told)),
        payees=pl.concat([pl.DataFrame(schema=empty), *(each.payees for each in told)]),
        parts=pl.DataFrame({"part": names, "wrong": np.rint(by_part).astype(np.int64)}),
    )
