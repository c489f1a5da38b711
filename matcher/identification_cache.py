"""Labels seen before are not read again: what identification learned, kept in a folder between runs.

One file per catalogue, vocabulary, aliases and software: a change in any of them begins a new file. It holds codes
and labels and what they are, and nothing of patients: what has a citizen service number in it is never kept.
"""

import hashlib
import tempfile
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import polars as pl

from formulary import bsn

from .identification import EVIDENCE, LEARNED
from .label import LENGTH_MAX

_LABELS_MAX = 1_000_000  # about 50 MB on disk
_FILES_MAX = 4  # catalogues and rule books in turn; the oldest files go
_NAME, _MARK = "labels-{key}.parquet", "formulary-identification"


def cache_key(*checksums: str) -> str:
    """Return the key of what decides over labels: the checksums given (catalogue, aliases), our code and words."""
    return hashlib.sha256("\n".join([_software_checksum(), *checksums]).encode()).hexdigest()[:32]


@cache
def _software_checksum() -> str:
    digest = hashlib.sha256(pl.__version__.encode())
    for file in sorted(_files_in(files(__package__)), key=str):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _files_in(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _files_in(entry)
        elif not entry.name.endswith(".pyc"):
            found.append(entry)
    return found


def read_known(folder: Path, key: str) -> pl.DataFrame | None:
    """Return what was learned under this key (`LEARNED`), or nothing: a damaged or foreign file counts as none."""
    path = folder / _NAME.format(key=key)
    try:
        if pl.read_parquet_metadata(path).get(_MARK) != key:
            return None
        known = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    is_ours = known.schema == LEARNED and known.height <= _LABELS_MAX and known.select(EVIDENCE).is_unique().all()
    return known if is_ours else None


def write_known(folder: Path, key: str, learned: pl.DataFrame) -> bool:
    """Keep what was learned (`Identifier.learned`), beside and swapped; tell whether that could be done.

    A folder that cannot be written to costs time, never a run.
    """
    kept = learned.filter(_may_be_kept()).unique(EVIDENCE, keep="last", maintain_order=True).tail(_LABELS_MAX)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A temporary file is its owner's alone, and so is what takes its name.
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".labels-", delete=False) as beside:
            part = Path(beside.name)
            kept.write_parquet(beside, metadata={_MARK: key})
        part.replace(folder / _NAME.format(key=key))
        _drop_oldest(folder)
    except OSError:
        return False
    return True


def _may_be_kept() -> pl.Expr:
    harmless = [pl.col(name).is_null() | (pl.col(name) == bsn.masked(pl.col(name))) for name in EVIDENCE]
    short = [pl.col(name).is_null() | (pl.col(name).str.len_chars() <= LENGTH_MAX) for name in EVIDENCE]
    return pl.all_horizontal(*harmless, *short)


def _drop_oldest(folder: Path) -> None:
    by_age = sorted(folder.glob(_NAME.format(key="*")), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[_FILES_MAX:]:
        path.unlink(missing_ok=True)
