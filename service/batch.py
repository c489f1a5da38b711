"""From files to results: what every command that takes files of lines does, once."""

import tempfile
import time
import tomllib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from formulary import Language, Level, Rulebook, load_rulebook, sample_folder
from matcher import (
    Assessment,
    Identifier,
    LinesRead,
    Period,
    Reading,
    Workplace,
    assess,
    cache_key,
    identifier,
    over_all_periods,
    read_known,
    read_lines,
    write_known,
)

from .errors import UsageInvalid
from .progress import Working
from .report.adherence import overall_indicator
from .report.files import Extra, write_results
from .report.summary import Summary, summarise
from .settings import cache_folder, pseudonym_key, rules_folder
from .swap import swapped_folder

# How exports head the day on which something was prescribed.
_PRESCRIBED_ON = ("prescribed_on", "voorschrijfdatum", "Voorschrijfdatum", "VOORSCHRIJFDATUM", "datum voorschrift")
_SHOWN = 5  # deviations in the digest; the report shows more


@dataclass(frozen=True)
class Order:
    """What was asked: which files, by which rules, and in which language the answer is read.

    `prescribed` is a file of what was prescribed, to lay beside what was dispensed.
    """

    files: Sequence[Path]
    rules: Path | None = None
    catalogue: Path | None = None
    header_map: Path | None = None
    language: Language = Language.NL
    sheet: str | None = None
    prescribed: Path | None = None

    @property
    def inputs(self) -> Sequence[Path]:
        """Return every file that is read as lines."""
        return [*self.files, *([self.prescribed] if self.prescribed else [])]


@dataclass(frozen=True)
class Goal:
    """What is wanted of the lines: the period to score, the scheme that rewards it, and what disputes made of lines.

    `as_of` is the day on which a scheme that holds provisional figures looks at them.
    """

    period: Period | None = None
    scheme_id: str | None = None
    rulings: pl.DataFrame | None = None
    as_of: date | None = None


@dataclass(frozen=True)
class Answer:
    """What came out: the assessment of what was read, by which rules, and its summary."""

    read: LinesRead
    rulebook: Rulebook
    assessment: Assessment
    summary: Summary


@dataclass(frozen=True)
class Checked:
    """What `check` found, for whoever shows it: summary, overall score, deviations that weigh most, what is odd."""

    summary: Summary
    overall: Mapping[str, Any] | None
    deviations: Sequence[Mapping[str, Any]]
    oddities: Mapping[str, int]


def check_files(order: Order, out: Path, extras: Collection[Extra] = ()) -> Checked:
    """Judge every line of the files and write the results into the folder `out`."""
    began = time.monotonic()
    with Working(order.language) as working, _workspace() as workspace, swapped_folder(out, order.inputs) as folder:
        answer = _assess_files(order, workspace, folder / "lines.parquet", working)
        working.on("WORKING_WRITE")
        summary = answer.summary.lasting(time.monotonic() - began)
        found = write_results(folder, answer, summary, order.language, extras)
        deviations = found.seen.deviations.head(_SHOWN).rows(named=True)
        return Checked(summary, _overall(answer), deviations, found.fairness.oddities)


def score_files(order: Order, period: Period, scheme_id: str | None = None, as_of: date | None = None) -> Answer:
    """Judge every line of the files, score `period` alone (older lines are history), and reward it by a scheme."""
    with assessed_files(order, Goal(period, scheme_id, as_of=as_of)) as answer:
        return answer


@contextmanager
def assessed_files(order: Order, goal: Goal) -> Iterator[Answer]:
    """Give what becomes of the lines of the files, for as long as the lines themselves are looked at."""
    with Working(order.language) as working, _workspace() as workspace:
        yield _assess_files(order, workspace, workspace / "lines.parquet", working, goal)


def _overall(answer: Answer) -> Mapping[str, Any] | None:
    indicator = overall_indicator(answer.rulebook)
    if indicator is None:
        return None
    scores = over_all_periods(answer.assessment.scores, Level.REGION, indicator.id)
    return next((row for row in scores.rows(named=True) if row["denominator"]), None)


def rulebook_of(order: Order) -> Rulebook:
    """Return the rules an order names, or those of the bundled sample region."""
    return load_rulebook(rules_folder(order.rules) or sample_folder(), order.catalogue)


def period_of(text: str) -> Period:
    """Return the period that a user wrote, or raise UsageInvalid."""
    period = Period.parse(text)
    if period is None:
        raise UsageInvalid("PERIOD_UNKNOWN", text)
    return period


@contextmanager
def _workspace() -> Iterator[Path]:
    """Give a folder for what is converted on the way, for as long as its lines are looked at."""
    with tempfile.TemporaryDirectory(prefix="formulary-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextmanager
def _warm_identifier(rulebook: Rulebook) -> Iterator[Identifier]:
    """Give an identifier that knows the labels of earlier runs by the same rules, and keep what it learns."""
    aliases = rulebook.circumstances.aliases
    folder, key = cache_folder(), cache_key(rulebook.sha256)
    known = None if folder is None else read_known(folder, key)
    warm = identifier(rulebook.catalogue, known, aliases)
    yield warm
    if folder is not None and warm.learned.height > (0 if known is None else known.height):
        write_known(folder, key, warm.learned)


def _assess_files(
    order: Order,
    workspace: Path,
    lines_file: Path,
    working: Working,
    goal: Goal = Goal(),
) -> Answer:
    working.on("WORKING_READ")
    rulebook = rulebook_of(order)
    scheme = rulebook.scheme(goal.scheme_id) if goal.scheme_id else None
    key = pseudonym_key()
    read = read_lines(order.files, Reading(workspace, key, header_map_of(order.header_map), order.sheet))
    prescribed = _read_prescribed(order, workspace, key)
    working.on("WORKING_ASSESS")
    with read.watched(), _warm_identifier(rulebook) as warm:
        beside = prescribed.lines if prescribed else None
        workplace = Workplace(key, lines_file, warm, goal.rulings, goal.as_of, beside)
        assessment = assess(read.lines, rulebook, goal.period, workplace, scheme)
    for each in (read, prescribed) if prescribed else (read,):
        each.check_unchanged()
    summary = summarise(read, rulebook, assessment)
    return Answer(read, rulebook, assessment, replace(summary, prescribed=prescribed.files if prescribed else ()))


def _read_prescribed(order: Order, workspace: Path, key: bytes) -> LinesRead | None:
    """Return the lines of the file of prescriptions; there the day of prescribing is the day of the line."""
    if order.prescribed is None:
        return None
    header_map = {**dict.fromkeys(_PRESCRIBED_ON, "dispensed_on"), **header_map_of(order.header_map)}
    folder = workspace / "prescribed"
    folder.mkdir()
    return read_lines([order.prescribed], Reading(folder, key, header_map, order.sheet))


def header_map_of(path: Path | None) -> Mapping[str, str]:
    """Return what a file given with --map says of headers; raise UsageInvalid where it is no such file."""
    if path is None:
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageInvalid("MAP_UNUSABLE", str(path)) from error
    if not all(isinstance(ours, str) for ours in content.values()):
        raise UsageInvalid("MAP_UNUSABLE", str(path))
    return content
