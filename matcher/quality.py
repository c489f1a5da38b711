"""What each indicator is worth: whether it tells those compared by it apart, and whether anything is left to gain."""

from collections.abc import Sequence

import polars as pl

from formulary import Direction, Indicator, Unit, conform

from .enumerations import Distinction
from .statistics import RELIABLE, achievable_benchmark, fitted_prior, is_topped_out, reliability
from .tables import INDICATOR_QUALITY, AdherenceScores

_KEY = ["period", "level", "indicator"]
_COUNTED = (Unit.LINES, Unit.PATIENTS)


def indicator_quality(
    scores: AdherenceScores, indicators: Sequence[Indicator], peers_min: int, levels: Sequence[str]
) -> pl.DataFrame:
    """Return, per period, level and indicator, how far it tells its peers apart (`INDICATOR_QUALITY`).

    Peers are those with at least the indicator's `denominator_min`. `rate` is that of all of them together, `median`
    and quartiles are of their rates. `reliability` is the median of theirs at the volumes there are; from 0.7 the
    indicator tells apart. `headroom` is how far the rate is from the achievable benchmark, in the direction that is
    better; where none is, there is neither. Fewer than `peers_min` peers, and rates of cost or doses (whose cents and
    doses are no separate choices), have no reliability.
    """
    known = {each.id: each for each in indicators}
    chosen = scores.filter(pl.col("level").is_in(list(levels)) & pl.col("indicator").is_in(list(known)))
    rows = [
        {**dict(zip(_KEY, key, strict=True)), **_told(peers, known[str(key[2])], peers_min)}
        for key, peers in chosen.sort(*_KEY, "id").group_by(_KEY, maintain_order=True)
    ]
    told = pl.DataFrame(rows, schema=INDICATOR_QUALITY).sort(_KEY)
    return conform(told.lazy(), INDICATOR_QUALITY).collect()


def _told(scores: pl.DataFrame, indicator: Indicator, peers_min: int) -> dict[str, object]:
    peers = scores.filter(pl.col("denominator") >= indicator.denominator_min)
    n, d, rates = peers["numerator"], peers["denominator"], peers["rate"]
    told: dict[str, object] = {
        "peers": peers.height,
        "rate": int(n.sum()) / int(d.sum()) if peers.height else None,
        "median": rates.median(),
        "lower_quartile": rates.quantile(0.25, "linear"),
        "upper_quartile": rates.quantile(0.75, "linear"),
    }
    if indicator.unit not in _COUNTED:
        return told | {"distinction": Distinction.NOT_COUNTED}
    if peers.height < max(peers_min, 2):
        return told | {"distinction": Distinction.FEW_PEERS}
    at_these_volumes = reliability(n, d, fitted_prior(n, d)).quantile(0.5, "lower") or 0.0
    distinction = _distinction(at_these_volumes, rates, indicator.direction)
    return told | _room(peers, indicator.direction) | {"reliability": at_these_volumes, "distinction": distinction}


def _room(peers: pl.DataFrame, direction: Direction) -> dict[str, object]:
    """Return the benchmark of the best and how far all are from it; where lower is better the other share is meant."""
    if direction is Direction.NONE:
        return {}
    n, d = peers["numerator"], peers["denominator"]
    good = n if direction is Direction.HIGHER else d - n
    share = int(good.sum()) / int(d.sum())
    best = achievable_benchmark(good, d) or share
    return {"benchmark": best if direction is Direction.HIGHER else 1 - best, "headroom": max(0.0, best - share)}


def _distinction(reliable: float, rates: pl.Series, direction: Direction) -> Distinction:
    better = 1 - rates if direction is Direction.LOWER else rates
    if direction is not Direction.NONE and is_topped_out(better):
        return Distinction.TOPPED_OUT
    return Distinction.TELLS_APART if reliable >= RELIABLE else Distinction.CANNOT_TELL_APART
