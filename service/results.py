"""What `formulary check` wrote, as the service reads it: the scores of each prescriber and by which rules.

The folder is swapped in whole by a next `check`; the service notices and goes over to it by itself.
"""

import json
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from formulary import ComplianceError, Level, Sentences
from matcher import ADHERENCE_SCORES, CHANGES, DEVIATIONS, SWITCHES, TREND, Period

SCORES, SUMMARY, COURSE, CHANGED = "adherence.csv", "summary.json", "trend.csv", "changes.csv"
SWITCHED, DEVIATED = "switches.csv", "deviations.csv"
_LOG = logging.getLogger(__name__)


class ResultsUnusable(ComplianceError):
    """The folder does not hold what `formulary check` writes."""

    sentences = Sentences("service.routes")


class Whose(NamedTuple):
    """Of whom something is asked: a prescriber, practice or group, and which prescribers are in it."""

    level: Level
    id: str
    prescribers: Collection[str] = ()


@dataclass(frozen=True)
class Results:
    """One set of results: the scores of prescribers, and the rules and software they were made with.

    `summaries` has the scores of all else, `inputs` the SHA-256 of each file that was read;
    `course` has the months of everybody, `changes` what changed in them;
    `switches` say what to do, `deviations` are those of each prescriber.
    """

    scores: pl.DataFrame
    rules: dict[str, Any]
    software: str
    course: pl.DataFrame = field(default_factory=TREND.to_frame)
    changes: pl.DataFrame = field(default_factory=CHANGES.to_frame)
    switches: pl.DataFrame = field(default_factory=SWITCHES.to_frame)
    deviations: pl.DataFrame = field(default_factory=DEVIATIONS.to_frame)
    summaries: pl.DataFrame = field(default_factory=ADHERENCE_SCORES.to_frame)
    inputs: tuple[str, ...] = ()

    def scores_of(self, prescriber_agb: str, period: str | None, indicator: str | None) -> list[dict[str, Any]]:
        """Return the scores of one prescriber, by period and indicator."""
        wanted = {"id": prescriber_agb, "period": period, "indicator": indicator}
        chosen = {name: value for name, value in wanted.items() if value is not None}
        return self.scores.filter(**chosen).sort("period", "indicator").rows(named=True)

    def course_of(self, whose: Whose, indicator: str | None, peers_min: int) -> list[dict[str, Any]]:
        """Return the months of one prescriber, practice or group, by indicator and month, each with `region_rate`.

        Of fewer than `peers_min` prescribers the region is left out: it would tell what the few others did. So are
        the months of a group in which fewer of its prescribers (`whose.prescribers`) counted.
        """
        key = ["indicator", "month"]
        level, id_ = whose.level, whose.id
        is_prescriber = pl.col("level") == Level.PRESCRIBER
        peers = self.course.filter(is_prescriber).group_by(key).agg(pl.len().alias("peers"))
        region = self.course.filter(level=Level.REGION).join(peers.filter(pl.col("peers") >= peers_min), on=key)
        chosen = {"indicator": indicator} if indicator else {}
        own = self.course.filter(level=level, id=id_, **chosen)
        if level is Level.GROUP:
            inside = self.course.filter(is_prescriber, pl.col("id").is_in(list(whose.prescribers)))
            told = inside.group_by(key).agg(pl.len().alias("members")).filter(pl.col("members") >= peers_min)
            own = own.join(told, on=key, how="semi")
        beside = own.join(region.select(*key, pl.col("rate").alias("region_rate")), on=key, how="left")
        return beside.sort(key).rows(named=True)

    def changes_of(self, whose: Whose) -> dict[str, dict[str, Any]]:
        """Return what changed for one prescriber, practice or group, by indicator."""
        rows = self.changes.filter(level=whose.level, id=whose.id).rows(named=True)
        return {row["indicator"]: row for row in rows}

    def last_day(self) -> date | None:
        """Return the last day of the last month that was counted."""
        last = self.course["month"].max()
        month = None if last is None else Period.parse(str(last))
        return None if month is None else month.last

    def switches_of(self, level: Level, id_: str) -> list[dict[str, Any]]:
        """Return the switches that matter most to somebody, in that order."""
        return self.switches.filter(level=level, id=id_).sort("rank_no").rows(named=True)

    def deviations_of(self, prescriber_agb: str) -> list[dict[str, Any]]:
        """Return the largest deviations of one prescriber, in that order."""
        return self.deviations.filter(id=prescriber_agb).rows(named=True)

    def knows(self, level: Level, id_: str) -> bool:
        """Tell whether somebody, or a practice, has any score."""
        scores = self.scores if level is Level.PRESCRIBER else self.summaries
        return not scores.filter(level=level, id=id_).is_empty()

    def knows_indicator(self, indicator: str) -> bool:
        """Tell whether anybody has a score of this indicator."""
        return indicator in self.scores["indicator"]


class ResultsFolder:
    """The folder that `check` writes into; `current` is what it holds now."""

    def __init__(self, path: Path) -> None:
        """Read the results, or raise ResultsUnusable."""
        self._path = path
        self._stamp = self._stamp_now()
        self._results = read_results(path)

    def current(self) -> Results:
        """Return the results; when they cannot be read at this moment, those that were read last."""
        stamp = self._stamp_now()
        if stamp not in (None, self._stamp):
            try:
                self._results, self._stamp = read_results(self._path), stamp
            except ResultsUnusable as error:
                _LOG.warning("new results cannot be used: %s", error.code)
        return self._results

    def is_there(self) -> bool:
        """Tell whether the folder is still there."""
        return self._stamp_now() is not None

    def _stamp_now(self) -> tuple[int, int, int] | None:
        # The summary is written last: while it is there, so is the rest.
        try:
            found = (self._path / SUMMARY).stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


def read_results(path: Path) -> Results:
    """Return the results in a folder, or raise ResultsUnusable with the file that is missing or cannot be read."""
    scores, summary = read_scores(path)
    # Results of before there were courses or switches are results none the less.
    course = _table_if_there(path, COURSE, TREND)
    later = {
        "changes": _table_if_there(path, CHANGED, CHANGES),
        "switches": _table_if_there(path, SWITCHED, SWITCHES),
        "deviations": _table_if_there(path, DEVIATED, DEVIATIONS),
    }
    is_prescriber = pl.col("level") == Level.PRESCRIBER
    own, summaries = scores.filter(is_prescriber), scores.filter(~is_prescriber)
    inputs = tuple(str(file.get("sha256")) for file in summary["files"])
    rules = dict(summary["rules"])
    return Results(own, rules, summary["software"], course, **later, summaries=summaries, inputs=inputs)


def _table_if_there(path: Path, name: str, schema: pl.Schema) -> pl.DataFrame:
    return _table(path, name, schema) if (path / name).is_file() else schema.to_frame()


def read_scores(path: Path) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Return the scores of everybody (`ADHERENCE_SCORES`, enumerations as text) and the summary of a folder of results.

    Raises ResultsUnusable with the file that is missing or cannot be read.
    """
    for name in (SUMMARY, SCORES):
        if not (path / name).is_file():
            raise ResultsUnusable("RESULTS_INCOMPLETE", str(path), file=name)
    try:
        summary = dict(json.loads((path / SUMMARY).read_text(encoding="utf-8")))
        summary["rules"], summary["software"] = dict(summary["rules"]), str(summary["software"])
        summary["files"] = [dict(file) for file in summary["files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsUnusable("RESULTS_UNREADABLE", str(path), file=SUMMARY) from error
    return _table(path, SCORES, ADHERENCE_SCORES), summary


def _table(path: Path, name: str, schema: pl.Schema) -> pl.DataFrame:
    # Files hold an enumeration as text; a level we do not know is simply no prescriber.
    written = {column: pl.String() if isinstance(dtype, pl.Enum) else dtype for column, dtype in schema.items()}
    try:
        return pl.read_csv(path / name, schema=written)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise ResultsUnusable("RESULTS_UNREADABLE", str(path), file=name) from error
