"""The course in time of whoever is asked about: the same for a prescriber, a practice and a group."""

from typing import Any

from formulary import Language, Unit

from ..responses import RulesNamed, VersionNamed
from ..results import Results, Whose
from ..trend_responses import IndicatorTrend, PolicyDateNamed, TrendChange, TrendMonth
from .asking import Asking, name_of


def trend_told(asking: Asking, whose: Whose, indicator: str | None) -> dict[str, Any]:
    """Return what every answer about a course holds: months and changes by indicator, and days of new rules."""
    results, rulebook = asking.desk.results.current(), asking.desk.engine.rulebook
    return {
        "indicators": _courses(results, whose, indicator, asking),
        "versions": [VersionNamed.model_validate(each, from_attributes=True) for each in rulebook.calendar],
        "policy_dates": [
            PolicyDateNamed(day=each.day, name=each.name_nl if asking.language is Language.NL else each.name_en)
            for each in rulebook.circumstances.policy_dates
        ],
        "rules": RulesNamed.model_validate(results.rules),
        "software": results.software,
    }


def _courses(results: Results, whose: Whose, indicator: str | None, asking: Asking) -> list[IndicatorTrend]:
    rulebook = asking.desk.engine.rulebook
    known = {each.id: each for each in rulebook.indicators}
    months: dict[str, list[TrendMonth]] = {}
    for row in results.course_of(whose, indicator, rulebook.region.peers_min):
        months.setdefault(row["indicator"], []).append(TrendMonth.of(row, row["region_rate"]))
    changes = {id_: TrendChange.of(row) for id_, row in results.changes_of(whose).items()}
    return [
        IndicatorTrend(
            indicator=id_,
            name=name_of(known[id_], asking.language) if id_ in known else id_,
            unit=known[id_].unit if id_ in known else Unit.LINES,
            months=listed,
            change=_shown(changes.get(id_), listed),
        )
        for id_, listed in months.items()
    ]


def _shown(change: TrendChange | None, months: list[TrendMonth]) -> TrendChange | None:
    """Return a change whose first and last month are shown: its numbers would tell those of a month left out."""
    shown = {each.month for each in months}
    return change if change is not None and {change.began, change.seen_until} <= shown else None
