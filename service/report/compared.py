"""What comparing shows: what each indicator is worth, and the course of every rate with what changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from formulary import Language, Level, Rulebook
from matcher import (
    MONTHS_MIN,
    AdherenceScores,
    Assessment,
    Distinction,
    Trend,
    breadth_corrected,
    indicator_quality,
    largest_peer_groups,
    trend_of,
)

from .course import Course, Mark, course_of

QUALITY_FILE, TREND_FILE, CHANGES_FILE = "indicators.csv", "trend.csv", "changes.csv"
BREADTH_FILE = "breadth.csv"
_COMPARED = (Level.PRESCRIBER, Level.PRACTICE, Level.GROUP, Level.PHARMACY)
_CHANGES_SHOWN = 20


@dataclass(frozen=True)
class Compared:
    """What the report says of comparisons.

    The worth of every indicator in the last period (`INDICATOR_QUALITY`), the course of every rate (`Trend`), and
    adherence over what a typical prescriber would reach (`BREADTH`).
    """

    quality: pl.DataFrame
    trend: Trend
    breadth: pl.DataFrame

    @classmethod
    def of(cls, assessment: Assessment, rulebook: Rulebook) -> "Compared":
        """Compare what an assessment found; indicators by the largest peer group of each level."""
        # What an indicator is worth is asked of the last period: each of them takes a fit of every indicator and level.
        last = AdherenceScores(assessment.scores.filter(pl.col("period") == pl.col("period").max()))
        peers = AdherenceScores(largest_peer_groups(last, rulebook.circumstances.peer_groups))
        quality = indicator_quality(peers, rulebook.indicators, rulebook.region.peers_min, _COMPARED)
        course = trend_of(assessment.months, rulebook.indicators)
        return cls(quality, course, breadth_corrected(assessment.facts))

    def write(self, folder: Path) -> None:
        """Write `indicators.csv`, `trend.csv`, `changes.csv` and `breadth.csv`."""
        for frame, name in (
            (self.quality, QUALITY_FILE),
            (self.trend.course, TREND_FILE),
            (self.trend.changes, CHANGES_FILE),
            (self.breadth, BREADTH_FILE),
        ):
            frame.write_csv(folder / name, float_precision=6)

    def told(
        self, rulebook: Rulebook, indicator: str | None, names: Mapping[str, str], language: Language
    ) -> dict[str, Any]:
        """Return what the page shows: the worth of indicators, the region's course of one, and the changes of all."""
        shown = pl.col("level").is_in([Level.PRESCRIBER, Level.REGION])
        changes = self.trend.changes.filter(shown).sort("false_discovery", "level", "id", "indicator").rows(named=True)
        months = self.trend.course["month"].n_unique()
        return {
            "quality": [row | {"name": names[row["indicator"]]} for row in self._worth().rows(named=True)],
            "said_nothing": (Distinction.FEW_PEERS, Distinction.NOT_COUNTED),
            "course": self._course(indicator, marks_of(rulebook, language)),
            "changes": [row | {"name": names[row["indicator"]]} for row in changes[:_CHANGES_SHOWN]],
            "n_changes": len(changes),
            "months": months,
            "is_watched": months >= MONTHS_MIN,
            "months_min": MONTHS_MIN,
            "mix_of": self._ratios().get,
        }

    def worth_of_indicators(self) -> dict[str, str]:
        """Return, by indicator, how far it tells prescribers apart in the last period."""
        return dict(self._worth().select("indicator", pl.col("distinction").cast(pl.String)).rows())

    def _ratios(self) -> dict[str, float]:
        """Return, by prescriber, adherence over what was to be expected, over all periods together."""
        summed = self.breadth.group_by("id").agg(pl.col("numerator", "expected").sum()).filter(pl.col("expected") > 0)
        return dict(summed.select("id", pl.col("numerator") / pl.col("expected")).rows())

    def _worth(self) -> pl.DataFrame:
        return self.quality.filter(pl.col("level") == Level.PRESCRIBER)

    def _course(self, indicator: str | None, marks: Sequence[Mark]) -> Course | None:
        of_region = (pl.col("level") == Level.REGION) & (pl.col("indicator") == pl.lit(indicator, pl.String))
        return course_of(self.trend.course.filter(of_region).rows(named=True), marks)


def marks_of(rulebook: Rulebook, language: Language) -> list[Mark]:
    """Return the days on which rules changed: versions of the formulary, schemes, and what the region names itself."""
    versions = [Mark(each.in_force_from, each.version) for each in rulebook.calendar]
    schemes = [Mark(each.in_force_from, each.name) for each in rulebook.schemes]
    policy = rulebook.circumstances.policy_dates
    is_dutch = language is Language.NL
    return [*versions, *schemes, *(Mark(each.day, each.name_nl if is_dutch else each.name_en) for each in policy)]
