"""A run as a folder: written once, named by the hash over all that is in it, and never edited."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from formulary import ComplianceError, Sentences
from matcher import digest

from ..swap import open_as_others
from .contents import PAYEES, RunTables
from .ledger import sync_folder

MANIFEST, RULES, GUIDE = "run.json", "rules.json", "LEESMIJ.txt"
LAYOUT = 1  # what files there are and what is in them; a change of either is a new layout with a guide of its own
RUNS = "runs"
_NAMED_BY = 16  # characters of the id


class RunDamaged(ComplianceError):
    """A run's folder that is not what its id says: a file was edited, is gone, or came in."""

    sentences = Sentences("service")


@dataclass(frozen=True)
class Run:
    """A run's folder that was read and found whole; `about` is its manifest."""

    path: Path
    id: str
    about: Mapping[str, Any]
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _divided: dict[tuple[str, ...], dict[tuple[Any, ...], pl.DataFrame]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def table(self, name: str) -> pl.DataFrame:
        """Return one of its tables, codes and texts as text; an empty one where the run has none of this name."""
        if name not in self.about["files"]:
            return pl.DataFrame()
        if name not in self._tables:
            # Codes are never numbers: 01012345 has a zero in front.
            self._tables[name] = pl.read_csv(self.path / name, infer_schema=False)
        return self._tables[name]

    def rows_of(self, name: str, **key: str) -> pl.DataFrame:
        """Return the rows of a table with this key, such as `level="practice", id="01000001"`.

        A table is divided once by the columns of a key: statements ask for the rows of thousands of payees.
        """
        table, asked = self.table(name), (name, *key)
        if asked not in self._divided:
            self._divided[asked] = table.partition_by(list(key), as_dict=True) if table.height else {}
        return self._divided[asked].get(tuple(key.values()), table.head(0))

    @cached_property
    def rules(self) -> dict[str, Any]:
        """Return the published rules that the run follows."""
        return dict(json.loads((self.path / RULES).read_text(encoding="utf-8")))

    def owed_cents(self) -> dict[str, int]:
        """Return what was worked out for each payee."""
        payees = self.table(PAYEES).select("payee", pl.col("computed_cents").cast(pl.Int64()))
        return dict(payees.iter_rows())


def run_folder(books: Path, run_id: str) -> Path:
    """Return where a run is kept."""
    return books / RUNS / run_id[:_NAMED_BY]


@contextmanager
def written_run(books: Path, contents: RunTables, about: Mapping[str, Any]) -> Iterator[Run]:
    """Give a run, written beside the others; `kept` puts it in its place, and else it is thrown away."""
    (books / RUNS).mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=".new-", dir=books / RUNS))
    try:
        yield write_run(beside, contents, about)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def write_run(folder: Path, contents: RunTables, about: Mapping[str, Any]) -> Run:
    """Write a run into an empty folder and return it; the same contents give the same bytes and the same id."""
    for name, table in contents.tables.items():
        table.write_csv(folder / name, float_precision=6)
    _write_json(folder / RULES, contents.rules)
    guide = files(__package__).joinpath(f"guide_{LAYOUT}.txt").read_text(encoding="utf-8")
    (folder / GUIDE).write_text(guide, encoding="utf-8", newline="\n")
    sums = {path.name: _sha256(path) for path in sorted(folder.iterdir())}
    manifest = {"layout": LAYOUT, **about, "files": sums}
    _write_json(folder / MANIFEST, manifest)
    return Run(folder, digest(manifest), manifest)


def keep_run(books: Path, run: Run) -> Run:
    """Put a run that was written beside the others in its place, down to the disk; one that is there already stays."""
    place = run_folder(books, run.id)
    if place.exists():
        return read_run(books, run.id)
    for path in run.path.iterdir():
        with path.open("rb+") as handle:
            os.fsync(handle.fileno())
    open_as_others(run.path)
    run.path.replace(place)
    sync_folder(place.parent)
    return Run(place, run.id, run.about)


def read_run(books: Path, run_id: str) -> Run:
    """Return a run after every byte of it was held against its id, or raise RunDamaged with the files that differ."""
    return check_run(run_folder(books, run_id), run_id)


def check_run(folder: Path, run_id: str | None = None) -> Run:
    """Return the run in a folder, wherever that is, after every byte was held against its manifest and its id."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        wanted = dict(manifest["files"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunDamaged("RUN_UNREADABLE", str(folder / MANIFEST)) from error
    found = {path.name: _sha256(path) for path in folder.iterdir() if path.name != MANIFEST and path.is_file()}
    differ = sorted(name for name in {*wanted, *found} if wanted.get(name) != found.get(name))
    if run_id is not None and digest(manifest) != run_id:
        differ.append(MANIFEST)
    if differ:
        raise RunDamaged("RUN_DAMAGED", str(folder), files=", ".join(differ))
    return Run(folder, digest(manifest), manifest)


def _write_json(path: Path, content: Any) -> None:
    text = json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8", newline="\n")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
