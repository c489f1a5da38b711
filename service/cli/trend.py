"""`formulary score --trend`: every rate month by month, with the days on which rules changed and what changed since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import polars as pl

from formulary import Language, Level, Rulebook, Sentences, Unit
from matcher import Trend, trend_of

from ..batch import Goal, Order, assessed_files, period_of
from ..errors import UsageInvalid
from ..report.adherence import overall_indicator
from ..report.compared import marks_of
from ..report.formats import amount, day, percentage, share
from .tables import aligned

_SERVICE, _MATCHER = Sentences("service"), Sentences("matcher")
_HEADS = ("MONTH", "NUMERATOR", "DENOMINATOR", "RATE", "EXPECTED")


@dataclass(frozen=True)
class TrendShown:
    """The months and changes of one level, by id and indicator, and the days on which rules changed among them."""

    months: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    marks: Mapping[Language, Sequence[Mapping[str, Any]]]
    units: Mapping[str, Unit]
    shown: str  # the indicator that people read; machines have them all

    def as_json(self) -> Mapping[str, object]:
        """Return rows of `trend.csv` and `changes.csv`, and the days, with the names in Dutch."""
        return {"months": self.months, "changes": self.changes, "marks": self.marks[Language.NL]}

    def lines(self, language: Language) -> list[str]:
        """Return a table for each id, what changed for it, and under all the days on which rules changed."""
        rows = [row for row in self.months if row["indicator"] == self.shown]
        told = [] if rows else [_SERVICE.say("TREND_NONE", language)]
        for id_, months in groupby(rows, key=lambda row: row["id"]):
            told += [f"{id_}  {self.shown}", *(f"  {line}" for line in self._table(list(months), language))]
            changed = [row for row in self.changes if (row["id"], row["indicator"]) == (id_, self.shown)]
            told += [f"  {_changed(row, language)}" for row in changed]
        marks = [
            _SERVICE.say("TREND_MARK", language, day=day(mark["day"], language), name=mark["name"])
            for mark in self.marks[language]
        ]
        return told + marks

    def _table(self, rows: Sequence[Mapping[str, Any]], language: Language) -> list[str]:
        unit = self.units[self.shown]
        heads = [_SERVICE.say(f"COLUMN_{head}", language) for head in _HEADS]
        cells = [
            [
                row["month"],
                amount(row["numerator"], unit, language),
                amount(row["denominator"], unit, language),
                share(row["numerator"], row["denominator"], language),
                percentage(row["expected"], language),
            ]
            for row in rows
        ]
        return aligned([heads, *cells], texts=1)


def trend_for(order: Order, period: str, by: str, indicator: str | None) -> TrendShown:
    """Return the course of every rate of a level, of all months in the files up to the end of the period.

    Older months are what the later ones are held against. Raises UsageInvalid for a level or period there is not, and
    the rule book's error for an unknown indicator.
    """
    if by not in set(Level):
        raise UsageInvalid("LEVEL_UNKNOWN", by, known=", ".join(Level))
    last = period_of(period).last
    with assessed_files(order, Goal()) as answer:
        rulebook, months = answer.rulebook, answer.assessment.months
        if indicator is not None:
            rulebook.indicator(indicator)
        trend = trend_of(type(months)(months.filter(pl.col("month") <= f"{last:%Y-%m}")), rulebook.indicators)
    return _shown(trend, rulebook, by, indicator)


def _shown(trend: Trend, rulebook: Rulebook, by: str, indicator: str | None) -> TrendShown:
    chosen = {"level": by, **({} if indicator is None else {"indicator": indicator})}
    course, changes = (
        frame.with_columns(pl.col("level").cast(pl.String)).filter(**chosen) for frame in (trend.course, trend.changes)
    )
    overall = overall_indicator(rulebook)
    return TrendShown(
        course.rows(named=True),
        changes.rows(named=True),
        {language: _marks(course, rulebook, language) for language in Language},
        {each.id: each.unit for each in rulebook.indicators},
        indicator or (overall.id if overall else min(course["indicator"], default="")),
    )


def _marks(course: pl.DataFrame, rulebook: Rulebook, language: Language) -> list[dict[str, Any]]:
    """Return the days within the months on which a version, scheme or other policy began, in order."""
    months = course["month"].to_list()
    first, last = min(months, default="9999"), max(months, default="")
    marks = sorted(marks_of(rulebook, language), key=lambda mark: (mark.day, mark.name))
    return [{"day": mark.day, "name": mark.name} for mark in marks if first <= f"{mark.day:%Y-%m}" <= last]


def _changed(row: Mapping[str, Any], language: Language) -> str:
    said = {
        "change": _MATCHER.say(row["change"], language),
        "began": row["began"],
        "until": row["seen_until"],
        "rate": share(row["numerator"], row["denominator"], language),
        "expected": percentage(row["expected"], language),
        "chance": percentage(row["false_discovery"], language),
    }
    return _SERVICE.say("TREND_CHANGED", language, **said)
