"""`summary.json`: the six outcomes per file and in all, what was matched and refused, and by which rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from importlib.metadata import version
from typing import Any

import polars as pl

from formulary import Rulebook, Unit
from matcher import Assessment, FileRead, LinesRead, Note, Outcome, dose_gaps

DISTRIBUTION = "mijnstreek-formulary"
Days = tuple[date | None, date | None]


@dataclass(frozen=True)
class Summary:
    """What `summary.json` says; the seconds are the only part that differs between two runs of one input.

    `days` are the first and the last day on which anything was dispensed; of no line with a day there are none.
    `doses` is there only where an indicator counts daily doses: how many lines have them, and why others have not.
    """

    files: tuple[FileRead, ...]
    outcomes: Mapping[str, int]
    outcomes_per_file: Mapping[str, Mapping[str, int]]
    methods: Mapping[str, int]
    problems: Mapping[str, int]
    rules: Mapping[str, Any]
    days: Days = (None, None)
    days_per_file: Mapping[str, Days] = field(default_factory=dict)
    doses: Mapping[str, int] | None = None
    notes: tuple[Note, ...] = ()
    prescribed: tuple[FileRead, ...] = ()
    seconds: float = 0.0

    @property
    def lines(self) -> int:
        """Return how many lines were read."""
        return sum(self.outcomes.values())

    def lasting(self, seconds: float) -> "Summary":
        """Return the same summary of work that took this long."""
        return replace(self, seconds=round(seconds, 3))

    def as_json(self) -> dict[str, Any]:
        """Return the summary as it is written to `summary.json`."""
        return {
            "lines": self.lines,
            **_days_as_json(self.days),
            "outcomes": dict(self.outcomes),
            "methods": dict(self.methods),
            "problems": dict(self.problems),
            "files": [self._file_as_json(file) for file in self.files],
            "notes": [note_as_json(note) for note in self.notes],
            "prescribed": [{"name": file.name, "sha256": file.sha256, "lines": file.lines} for file in self.prescribed],
            "rules": dict(self.rules),
            **({} if self.doses is None else {"doses": dict(self.doses)}),
            "software": version(DISTRIBUTION),
            "seconds": self.seconds,
        }

    def _file_as_json(self, file: FileRead) -> dict[str, Any]:
        return {
            "name": file.name,
            "sha256": file.sha256,
            "lines": file.lines,
            **_days_as_json(self.days_per_file.get(file.name, (None, None))),
            "outcomes": dict(self.outcomes_per_file[file.name]),
            "columns": dict(file.columns),
            "left_out": list(file.left_out),
            "blank_lines": file.blank_lines,
            "encoding": file.encoding,
            "delimiter": file.delimiter,
            "format": file.format,
            "notes": [note_as_json(note) for note in file.notes],
        }


def _days_as_json(days: Days) -> dict[str, str | None]:
    first, last = (day.isoformat() if day else None for day in days)
    return {"first_day": first, "last_day": last}


def note_as_json(note: Note) -> dict[str, object]:
    """Return a note for machines: its code, and what its sentence names."""
    return {"code": note.code, **note.values}


def summarise(read: LinesRead, rulebook: Rulebook, assessment: Assessment) -> Summary:
    """Return the summary of an assessment, with seconds still at nought."""
    told = (
        assessment.facts.group_by("source", "outcome", "match_method", "problem")
        .agg(
            pl.len().alias("lines"),
            pl.col("dispensed_on").min().alias("first_day"),
            pl.col("dispensed_on").max().alias("last_day"),
        )
        .with_columns(pl.col("source", "outcome", "match_method", "problem").cast(pl.String()))
        .collect()
    )
    return Summary(
        files=read.files,
        notes=read.notes,
        outcomes=_outcomes(told),
        outcomes_per_file={file.name: _outcomes(told.filter(pl.col("source") == file.name)) for file in read.files},
        methods=_totals(told.filter(pl.col("outcome") != Outcome.INVALID), "match_method"),
        problems=_totals(told, "problem"),
        rules={
            "region": rulebook.region.id,
            "name": rulebook.region.name,
            "invented": rulebook.region.invented,
            "versions": [each.version for each in rulebook.calendar],
            "sha256": rulebook.sha256,
            "files": dict(sorted(rulebook.checksums.items())),
        },
        days=_days(told),
        days_per_file={file.name: _days(told.filter(pl.col("source") == file.name)) for file in read.files},
        doses=_doses(assessment, rulebook),
    )


def _doses(assessment: Assessment, rulebook: Rulebook) -> dict[str, int] | None:
    """Return the number of lines per reason why their doses are not known, and under KNOWN of those whose are."""
    if not any(each.unit is Unit.DDD for each in rulebook.indicators):
        return None
    return {
        str(gap or "KNOWN"): lines
        for gap, lines in dose_gaps(assessment.facts, assessment.choices, rulebook).iter_rows()
    }


def _days(told: pl.DataFrame) -> Days:
    return told["first_day"].min(), told["last_day"].max()  # type: ignore[return-value]  # of a column of days


def _outcomes(told: pl.DataFrame) -> dict[str, int]:
    found = _totals(told, "outcome")
    return {str(outcome): found.get(str(outcome), 0) for outcome in Outcome}


def _totals(told: pl.DataFrame, column: str) -> dict[str, int]:
    totals = told.drop_nulls(column).group_by(column).agg(pl.col("lines").sum()).sort(column)
    return dict(totals.select(column, "lines").iter_rows())
