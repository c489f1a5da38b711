"""Write beside, then swap in whole: an interrupted run leaves what was there, or nothing."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .errors import OutputUnusable

# A folder that holds this is one of ours; it may be replaced as long as nobody put anything else in it.
OUR_MARK = "summary.json"
OUR_FILES = frozenset(
    {
        OUR_MARK,
        "lines.parquet",
        "lines.csv",
        "rejects.csv",
        "rejects.xlsx",
        "review.csv",
        "adherence.csv",
        "attribution.csv",
        "completeness.csv",
        "prescribed.csv",
        "indicators.csv",
        "trend.csv",
        "changes.csv",
        "breadth.csv",
        "switches.csv",
        "deviations.csv",
        "report.html",
        "simulation.html",
        "amounts.csv",
        "steps.csv",
        "report.xlsx",
        "report.pdf",
    }
)


@contextmanager
def swapped_folder(target: Path, inputs: Sequence[Path] = ()) -> Iterator[Path]:
    """Give an empty folder beside `target`; when all went well it takes the target's place.

    Raises OutputUnusable where the target is a file, or a folder with anything in it that we did not write, or
    one that holds an input, which would be lost with it.
    """
    target = target.absolute()
    _refuse_what_is_not_ours(target)
    if any(target.resolve() in path.resolve().parents for path in inputs):
        raise OutputUnusable("OUTPUT_HOLDS_INPUT", str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise OutputUnusable("OUTPUT_NOT_WRITABLE", str(target), detail=error.strerror or "") from error
    try:
        yield beside
        _take_place(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def swapped_file(target: Path) -> Iterator[Path]:
    """Give a file name beside `target`; when all went well the file takes the target's place."""
    if target.is_dir():
        raise OutputUnusable("OUTPUT_IS_FOLDER", str(target))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise OutputUnusable("OUTPUT_NOT_WRITABLE", str(target), detail=error.strerror or "") from error
    try:
        yield folder / target.name
        _replace(folder / target.name, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _replace(made: Path, target: Path) -> None:
    try:
        made.replace(target)
    except OSError as error:
        raise OutputUnusable("OUTPUT_IN_USE", str(target), detail=error.strerror or "") from error


def _refuse_what_is_not_ours(target: Path) -> None:
    if target.is_file():
        raise OutputUnusable("OUTPUT_IS_FILE", str(target))
    if not target.is_dir():
        return
    found = {path.name for path in target.iterdir()}
    if found and (OUR_MARK not in found or found - OUR_FILES):
        raise OutputUnusable("OUTPUT_NOT_OURS", str(target))


def _take_place(beside: Path, target: Path) -> None:
    open_as_others(beside)
    old = beside.with_name(f"{beside.name}-old")
    try:
        if target.exists():
            target.replace(old)
        beside.replace(target)
    except OSError as error:
        # Under Windows a folder stays where it is for as long as one of its files is open, in Excel for one.
        if old.exists():
            old.replace(target)
        raise OutputUnusable("OUTPUT_IN_USE", str(target), detail=error.strerror or "") from error
    shutil.rmtree(old, ignore_errors=True)


def open_as_others(folder: Path) -> None:
    """Make a folder that was temporary, and so private, as open as any folder that is made here."""
    folder.chmod(0o777 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
