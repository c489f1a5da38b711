"""Work a run out again from what it was made of, and say file by file whether the bytes are the same."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from matcher import RULINGS, Period

from ..batch import Goal, Order, assessed_files
from ..errors import UsageInvalid
from . import contents
from .contents import run_tables
from .folder import MANIFEST, Run, check_run, write_run
from .manifest import Asked, about_run, days_of


@dataclass(frozen=True)
class Rerun:
    """The run as it was recorded, the files that came out otherwise, and the software that it was held against."""

    run: Run
    differing: Sequence[str]
    software: str


def rerun(folder: Path, order: Order) -> Rerun:
    """Return what differs when a recorded run is worked out again, by the software of now.

    Its folder is held against its manifest first (RunDamaged). What the run says of the time it was made is taken
    over: its software, whether its data were provisional, and in a correction what it was held against.
    """
    recorded = check_run(folder)
    if not order.files:
        return Rerun(recorded, (), str(recorded.about["software"]))
    period = Period.parse(str(recorded.about["period"]))
    if period is None:
        raise UsageInvalid("PERIOD_UNKNOWN", str(recorded.about["period"]))
    day = date.fromisoformat(recorded.about["as_of"]) if recorded.about["as_of"] else None
    asked = Asked(recorded.about["scheme"], period, provisional=bool(recorded.about["provisional"]), as_of=day)
    with assessed_files(order, Goal(period, asked.scheme, _rulings(recorded), day)) as answer:
        about = about_run(answer, asked, None, ())
        scheme = answer.rulebook.scheme(asked.scheme)
        made = run_tables(answer.assessment, answer.rulebook, scheme, days_of(answer, asked))
    taken = {name: recorded.about[name] for name in ("software", "corrects", "disputes")}
    owed = made.owed_cents()
    with tempfile.TemporaryDirectory(prefix="formulary-") as place:
        sums = {"payees": len(owed), "total_cents": sum(owed.values())}
        again = write_run(Path(place), made, {**about, **taken, **sums})
        return Rerun(recorded, _differing(recorded, again), str(about["software"]))


def _differing(recorded: Run, again: Run) -> list[str]:
    # Against what a correction was held is in the run that it corrects, which need not be here.
    moved = {contents.RULINGS, contents.AMOUNTS_MOVED, contents.SCORES_MOVED} if recorded.about["corrects"] else set()
    names = ({*recorded.about["files"], *again.about["files"]}) - moved
    differ = [name for name in sorted(names) if recorded.about["files"].get(name) != again.about["files"].get(name)]
    said, now = ({k: v for k, v in run.about.items() if k != "files"} for run in (recorded, again))
    return [*differ, *([MANIFEST] if said != now else [])]


def _rulings(recorded: Run) -> pl.DataFrame:
    rulings = recorded.table(contents.RULINGS)
    if rulings.is_empty():
        return RULINGS.to_frame()
    return rulings.with_columns(pl.col(name).cast(dtype) for name, dtype in RULINGS.items())
