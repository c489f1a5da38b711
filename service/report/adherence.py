"""What the scores come to, for every form of the report: the region, its prescribers, its indicators."""

from typing import Any

import polars as pl

from formulary import Indicator, Level, PopulationLines, Rulebook, Unit
from matcher import AdherenceScores, each_over_all_periods, over_all_periods

from .charts import Stands, caterpillar, stands, thinned
from .funnel import funnel
from .words import Words


def overall_indicator(rulebook: Rulebook) -> Indicator | None:
    """Return the indicator that speaks for the whole: the first that counts all lines, else the first there is."""
    return next(iter([*filter(_counts_all_lines, rulebook.indicators), *rulebook.indicators]), None)


def _counts_all_lines(indicator: Indicator) -> bool:
    population = indicator.population
    return population is not None and population.lines is PopulationLines.ALL and indicator.unit is Unit.LINES


def adherence_of(scores: AdherenceScores, rulebook: Rulebook, words: Words) -> dict[str, Any]:
    """Return what a report tells of the overall indicator; `indicator` is nothing where nothing was judged.

    Else: `indicator_name`, `region` (its row over all periods), `prescribers` (all rows, lowest rate first), `listed`
    (of them, as many as are read), `charted` (those with enough lines), `counts` (how many stand where), `chart`,
    `funnel`, `stands_of` (a function of a row), `all_indicators` and `periods` of the region.
    """
    indicator = overall_indicator(rulebook)
    if indicator is None:
        return {"indicator": None}
    region = over_all_periods(scores, Level.REGION, indicator.id)
    judged = [row for row in region.rows(named=True) if row["denominator"]]
    if not judged:
        return {"indicator": None}
    mean = judged[0]["rate"]
    everyone = over_all_periods(scores, Level.PRESCRIBER, indicator.id).rows(named=True)
    charted = [row for row in everyone if row["denominator"] >= indicator.denominator_min]
    return {
        "indicator": indicator,
        "indicator_name": words.name_of(indicator),
        "region": judged[0],
        "prescribers": everyone,
        "listed": thinned(everyone),
        "charted": charted,
        "counts": {kind: sum(stands(row, mean) is kind for row in charted) for kind in Stands},
        "chart": caterpillar(charted, mean) if charted else None,
        "funnel": funnel(charted, mean),
        "stands_of": lambda row: stands(row, mean),
        "all_indicators": _per_indicator(scores, rulebook, words),
        "periods": _per_period(scores, indicator),
    }


def _per_indicator(scores: AdherenceScores, rulebook: Rulebook, words: Words) -> list[dict[str, Any]]:
    region = {row["indicator"]: row for row in each_over_all_periods(scores, Level.REGION).drop("id").rows(named=True)}
    return [
        {"id": each.id, "name": words.name_of(each), "direction": each.direction, "unit": each.unit, **region[each.id]}
        for each in rulebook.indicators
        if each.id in region
    ]


def _per_period(scores: AdherenceScores, indicator: Indicator) -> list[dict[str, Any]]:
    is_asked = (pl.col("level") == Level.REGION) & (pl.col("indicator") == indicator.id) & (pl.col("denominator") > 0)
    return scores.filter(is_asked).rows(named=True)
