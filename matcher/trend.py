"""Month by month: every rate beside what its own earlier months and the region make to be expected, and what changed.

A rate is not alarmed about for being one: it has to leave its own level, by more than the region did in the same
months, more than such rates are seen to vary, and more than chance among all rates that are looked at.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from formulary import Indicator, Level, Unit, conform

from .enumerations import Change
from .statistics import adjusted_p, began, cusum_of, evidence_of, foretold_tails, signal_limit
from .tables import CHANGES, TREND, MonthlyCounts

MONTHS_MIN = 6
"""Fewer months than this are shown, but nothing is expected of them."""
_BASELINE_MAX = 12
_ODDS_RATIO = 1.5
"""The change that is looked for: 80 % becomes 86 %, or 73 %; half as much is left alone."""
_COUNTED = (Unit.LINES, Unit.PATIENTS)
_SERIES, _KIND = ["level", "id", "indicator"], ["level", "indicator"]
_WEIGHTS = {Change.ROSE: ("rise", _ODDS_RATIO), Change.FELL: ("fall", 1 / _ODDS_RATIO)}


@dataclass(frozen=True)
class Trend:
    """The course of every rate (`TREND`), by series and month, and the changes in them (`CHANGES`)."""

    course: pl.DataFrame
    changes: pl.DataFrame


def trend_of(months: MonthlyCounts, indicators: Sequence[Indicator], false_discoveries: float = 0.05) -> Trend:
    """Return the course of every rate, and where it changed.

    The first half of the months (at most twelve) is the baseline. Of a later month is expected: the odds of its own
    baseline, times what became of the odds of the region since. The CUSUM of a rise and of a fall add up what the
    months after the baseline say (`evidence`), for less where lines of one month are alike (`_alikeness`). A series
    changed when its CUSUM passes the limit that one in twenty of the unchanged would, and what was counted since then
    is beyond what its baseline foretells, at `false_discoveries` over all series. One change a series, the surer one.

    Rates of cost or doses have a course, but nothing is expected of them: cents are not separate choices.

    Source: S.H. Steiner and others, Biostatistics 1 (2000) 441-452 (CUSUM, expectation per case); Y. Benjamini and
    Y. Hochberg, J. R. Stat. Soc. B 57 (1995) 289-300.
    """
    counted = [each.id for each in indicators if each.unit in _COUNTED]
    course = months.sort(*_SERIES, "month").with_columns(rate=pl.col("numerator") / pl.col("denominator"))
    listed = months["month"].unique().sort().to_list()
    if len(listed) < MONTHS_MIN:
        nothing = [pl.lit(None, pl.Float64()).alias(name) for name in ("expected", "rise", "fall")]
        return Trend(conform(course.with_columns(nothing).lazy(), TREND).collect(), CHANGES.to_frame())
    baseline = listed[: min(_BASELINE_MAX, len(listed) // 2)]
    watched = _watched(course, baseline, counted)
    beside = watched.select(*_SERIES, "month", "expected", *(name for name, _ in _WEIGHTS.values()))
    told = course.join(beside, on=[*_SERIES, "month"], how="left").sort(*_SERIES, "month")
    changes = _changes(watched, len(listed) - len(baseline), false_discoveries)
    return Trend(conform(told.lazy(), TREND).collect(), changes)


def _watched(course: pl.DataFrame, baseline: Collection[str], counted: Collection[str]) -> pl.DataFrame:
    """Return the course with what is expected, what its lines are `worth`, and both CUSUMs."""
    before, around = pl.col("month").is_in(baseline), ["indicator", "month"]
    region = course.filter(pl.col("level") == Level.REGION)
    own = course.filter(before).group_by(_SERIES).agg(_sums("_before"), pl.len().alias("months_before"))
    of_month = region.group_by(around).agg(_sums("_month"))
    of_baseline = region.filter(before).group_by("indicator").agg(_sums("_around"))
    beside = (
        course.filter(pl.col("indicator").is_in(counted))
        .join(own, on=_SERIES)
        .join(of_month, on=around, how="left")
        .join(of_baseline, on="indicator", how="left")
    )
    moved = pl.when(pl.col("level") == Level.REGION).then(0.0).otherwise(_logit("_month") - _logit("_around"))
    told = beside.with_columns((1 / (1 + (-(_logit("_before") + moved)).exp())).alias("expected"))
    # In a fixed order: sums of fractions depend on it, and the same lines give the same bytes.
    foreseen = told.sort(*_SERIES, "month")
    alike = foreseen.filter(before).group_by(_KIND, maintain_order=True).agg(_alikeness().alias("alike"))
    later = foreseen.filter(~before).join(alike, on=_KIND).with_columns(_worth("", pl.lit(1)))
    n, d, p = pl.col("numerator"), pl.col("denominator"), pl.col("expected")
    share = pl.col("worth") / d
    return later.sort(*_SERIES, "month").with_columns(
        cusum_of(evidence_of(n, d, p, ratio) * share, _SERIES).alias(name) for name, ratio in _WEIGHTS.values()
    )


def _sums(suffix: str) -> pl.Expr:
    return pl.col("numerator", "denominator").sum().name.suffix(suffix)


def _logit(suffix: str) -> pl.Expr:
    """Return the log odds with half a line more on either side, so that 0 and all have some (F.J. Anscombe, 1956)."""
    n, d = pl.col(f"numerator{suffix}"), pl.col(f"denominator{suffix}")
    return ((n + 0.5) / (d - n + 0.5)).log()


def _alikeness() -> pl.Expr:
    """Return how alike the lines of one month are: the intraclass correlation of baseline months, 0 where by chance.

    Source: analysis of variance, as by M.S. Ridout, C.G.B. Demetrio and D. Firth, Biometrics 55 (1999) 137-148.
    """
    n, d, p = pl.col("numerator"), pl.col("denominator"), pl.col("expected")
    spread = ((n - d * p) ** 2 / (d * p * (1 - p))).sum()
    others = (1 - 1 / pl.col("months_before")).sum()
    weight = (d - d * d / pl.col("denominator_before")).sum() - others
    return pl.when(weight > 0).then((spread - others) / weight).otherwise(0.0).clip(0.0, 1.0)


def _worth(suffix: str, months: pl.Expr) -> pl.Expr:
    """Return how many lines, each for itself, would tell as much as these do, written over so many months."""
    lines = pl.col(f"denominator{suffix}")
    return (lines / (1 + (lines / months - 1) * pl.col("alike"))).alias(f"worth{suffix}")


def _changes(watched: pl.DataFrame, n_months: int, false_discoveries: float) -> pl.DataFrame:
    """Return the changes among all series that are watched."""
    limit = signal_limit(n_months)
    found = [
        _stretch(rows, change, name)
        for change, (name, _) in _WEIGHTS.items()
        for rows in watched.filter((pl.col(name).max() >= limit).over(_SERIES)).partition_by(
            _SERIES, maintain_order=True
        )
    ]
    if not found:
        return CHANGES.to_frame()
    stretches = pl.DataFrame(found, infer_schema_length=None)
    # Both directions and every month in which a change may have begun had their chance.
    p = (_tails(stretches) * 2 * n_months).clip(upper_bound=1.0)
    surest = stretches.with_columns(p.alias("p")).sort("p", *_SERIES, "change").unique(_SERIES, keep="first")
    n_others = watched.select(_SERIES).unique().height - surest.height
    adjusted = adjusted_p([*surest["p"], *[1.0] * n_others]).head(surest.height)
    sure = surest.with_columns(adjusted.alias("false_discovery")).filter(pl.col("false_discovery") <= false_discoveries)
    return conform(
        sure.with_columns(pl.col(_name).cast(CHANGES[_name]) for _name in CHANGES).sort(_SERIES).lazy(), CHANGES
    ).collect()


def _stretch(rows: pl.DataFrame, change: Change, name: str) -> dict[str, Any]:
    """Return the months from where a CUSUM began to climb to its highest, added up."""
    course = rows[name].to_list()
    first, last = began(course), course.index(max(course))
    months = rows.slice(first, last - first + 1)
    numerator, denominator = int(months["numerator"].sum()), int(months["denominator"].sum())
    foreseen = float((months["expected"] * months["denominator"]).sum())
    told = {"began": months["month"][0], "seen_until": months["month"][-1], "change": str(change)}
    counts = {"numerator": numerator, "denominator": denominator, "rate": numerator / denominator}
    worth_before = rows.select(_worth("_before", pl.col("months_before"))).row(0)[0]
    known = {"expected": foreseen / denominator, "worth": months["worth"].sum(), "worth_before": worth_before}
    return {**{key: rows[key][0] for key in _SERIES}, **told, **counts, **known}


def _tails(stretches: pl.DataFrame) -> pl.Series:
    """Return how probable at least so much is, or at most, by what the baseline foretells; lines for their worth."""
    worth = pl.col("worth").round()
    n, d = stretches.select((pl.col("rate") * worth).round().alias("n"), worth).get_columns()
    at_least, at_most = foretold_tails(n, d, stretches["expected"], stretches["worth_before"] + 1)
    return pl.select(pl.when(stretches["change"] == Change.ROSE).then(at_least).otherwise(at_most)).to_series()
