"""Read files of lines into one frame of text, in the order given; every line keeps its file and line number."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ..errors import FileUnusable
from ..frames import CANONICAL_COLUMNS, RAW_LINES, RawLines
from .formats import format_of
from .found import Note
from .source import Reading, Source

_BLOCK = 1 << 20


@dataclass(frozen=True)
class FileRead:
    """One file as it was found: its name, SHA-256, number of lines, and how its columns were understood."""

    name: str
    sha256: str
    lines: int
    columns: Mapping[str, str]
    left_out: tuple[str, ...]
    blank_lines: int = 0
    encoding: str = ""
    delimiter: str = ""
    format: str = ""
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class LinesRead:
    """The lines of all files (`RAW_LINES`) and what was found in each."""

    lines: RawLines
    files: tuple[FileRead, ...]
    _stamps: Mapping[Path, tuple[int, int]] = field(repr=False)

    def check_unchanged(self) -> None:
        """Raise FileUnusable where a file was written to since it was read: its lines may be from two moments."""
        for path, stamp in self._stamps.items():
            if not path.exists() or _stamp(path) != stamp:
                raise FileUnusable("FILE_CHANGED", path.name)


def read_lines(paths: Sequence[Path], reading: Reading) -> LinesRead:
    """Return the lines of the files, in the order given; raise FileUnusable for the first that cannot be read."""
    stamps = {path: _stamp(path) for path in paths}
    names = _names(paths)
    read = [_read_file(path, names[path], reading, n) for n, path in enumerate(stamps)]
    lines = pl.concat([frame for frame, _ in read], how="vertical_relaxed")
    return LinesRead(RawLines(lines), tuple(file for _, file in read), stamps)


def _read_file(path: Path, name: str, reading: Reading, number: int) -> tuple[pl.LazyFrame, FileRead]:
    source = Source(path, name, _start_of(path, name), reading.workspace / str(number), reading)
    source.workspace.mkdir(parents=True)
    format_ = format_of(source)
    found = format_.read(source)
    if found.n_lines == 0:
        raise FileUnusable("NO_LINES", name)
    columns = found.header.columns
    file = FileRead(
        name, _sha256(path), found.n_lines, columns, found.header.left_out,
        found.blank_lines, found.encoding, found.delimiter, format_.name, found.notes,
    )  # fmt: skip
    schema = found.lines.collect_schema()
    present = [_as_text(theirs, schema[theirs]).alias(ours) for ours, theirs in columns.items()]
    absent = [pl.lit(None).alias(ours) for ours in CANONICAL_COLUMNS if ours not in columns]
    damage = pl.col("damage") if "damage" in schema else pl.lit(None).alias("damage")
    frame = found.lines.select(pl.lit(name).alias("source"), "line_no", damage, *present, *absent)
    return frame.select(RAW_LINES.names()), file


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column as it would have been written: a whole number that came as a float has no `.0`."""
    column = pl.col(name)
    if not dtype.is_float():
        return column.cast(pl.String)
    whole = pl.when(column == column.round()).then(column.cast(pl.Int64, strict=False)).cast(pl.String)
    return pl.coalesce(whole, column.cast(pl.String))


def _start_of(path: Path, name: str) -> bytes:
    if path.is_dir():
        raise FileUnusable("FILE_IS_FOLDER", name)
    try:
        with path.open("rb") as file:
            start = file.read(_BLOCK)
    except OSError as error:
        raise FileUnusable("FILE_UNREADABLE", name, detail=error.strerror or "") from error
    if not start.strip(b"\xef\xbb\xbf\r\n\t "):
        raise FileUnusable("FILE_EMPTY", name)
    return start


def _names(paths: Sequence[Path]) -> dict[Path, str]:
    """Return how each file is named in results: its own name, or its whole path where two share one."""
    own = [path.name for path in paths]
    return {path: path.name if own.count(path.name) == 1 else path.as_posix() for path in paths}


def _stamp(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise FileUnusable("FILE_NOT_FOUND", path.name) from error
    return found.st_size, found.st_mtime_ns


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
