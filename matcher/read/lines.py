"""Read files of lines into one frame of text, in the order given; every line keeps its file and line number."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from ..errors import FileUnusable
from ..frames import CANONICAL_COLUMNS, RAW_LINES, RawLines
from .formats import format_of
from .found import Found, Note
from .headers import MENDS
from .mended import FileLines, without_mended
from .source import Reading, Source
from .unpack import sources_of, stamp_of

_DAMAGED = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)
# How a file is refused that turns out to be no file of lines at all: in a folder or archive it is passed over.
_NO_LINES = (
    "FORMAT_NOT_READ",
    "FILE_NOT_TEXT",
    "FILE_EMPTY",
    "NO_KNOWN_COLUMNS",
    "NO_LINES",
    "FHIR_NOT",
    "FHIR_NO_LINES",
)


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
    """The lines of all files (`RAW_LINES`), what was found in each, and what was passed over."""

    lines: RawLines
    files: tuple[FileRead, ...]
    notes: tuple[Note, ...]
    _stamps: Mapping[Path, tuple[int, int]] = field(repr=False)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Let what is done with the lines fail as FileUnusable where a file proves to be damaged within.

        Lines are read where they are asked for, and damage in the middle of a file shows only then. Who is to blame is
        looked up when something failed, and costs nothing before that.
        """
        try:
            yield
        except _DAMAGED:
            for file in self.files:
                of_file = self.lines.filter(pl.col("source") == file.name)
                try:
                    of_file.select(pl.all().count()).collect()
                except _DAMAGED as error:
                    raise FileUnusable("COLUMNS_BROKEN", file.name) from error
            raise

    def check_unchanged(self) -> None:
        """Raise FileUnusable where a file was written to since it was read: its lines may be from two moments."""
        for path, stamp in self._stamps.items():
            if not path.exists() or stamp_of(path) != stamp:
                raise FileUnusable("FILE_CHANGED", path.name)


def read_lines(paths: Sequence[Path], reading: Reading) -> LinesRead:
    """Return the lines of files, folders and archives, in the order given; raise FileUnusable for what cannot be read.

    Content that comes twice is read once. A mended reject takes the place of the line that it mends.
    """
    asked = sources_of(paths, reading)
    notes, refused = list(asked.notes), list[FileUnusable]()
    read: list[tuple[FileRead, FileLines]] = []
    for source in asked.sources:
        try:
            read.append(_read_source(source))
        except FileUnusable as error:
            if source.is_named or error.code not in _NO_LINES:
                raise
            refused.append(error)
            notes.append(Note("PASSED_OVER", {"where": source.name}))
    if not read:
        raise refused[0] if len(refused) == 1 else FileUnusable("NOTHING_TO_READ", ", ".join(p.name for p in paths))
    replaced = without_mended([lines for _, lines in read])
    files = tuple(_with_replaced(file, lines) for (file, _), lines in zip(read, replaced, strict=True))
    frame = pl.concat([each.lines for each in replaced], how="vertical_relaxed")
    return LinesRead(RawLines(frame), files, tuple(notes), asked.stamps)


def _read_source(source: Source) -> tuple[FileRead, FileLines]:
    if not source.beginning:
        raise FileUnusable("FILE_EMPTY", source.name)
    source.workspace.mkdir(parents=True)
    format_ = format_of(source)
    found = format_.read(source)
    if found.n_lines == 0:
        raise FileUnusable("NO_LINES", source.name)
    file = FileRead(
        source.name, source.sha256, found.n_lines, found.header.columns, found.header.left_out,
        found.blank_lines, found.encoding, found.delimiter, format_.name, found.notes,
    )  # fmt: skip
    return file, FileLines(source.name, _raw(source.name, found), _mends(found))


def _raw(name: str, found: Found) -> pl.LazyFrame:
    schema = found.lines.collect_schema()
    present = [_as_text(name, schema[name]) for name in CANONICAL_COLUMNS if name in schema]
    absent = [pl.lit(None).alias(name) for name in CANONICAL_COLUMNS if name not in schema]
    damage = pl.col("damage") if "damage" in schema else pl.lit(None).alias("damage")
    frame = found.lines.select(pl.lit(name).alias("source"), "line_no", damage, *present, *absent)
    return frame.select(RAW_LINES.names())


def _mends(found: Found) -> pl.DataFrame | None:
    """Return which line of which file each line mends, where this is a file of mended rejects."""
    if found.header.mends is None:
        return None
    source, line_no = MENDS
    number = _as_text(line_no, found.lines.collect_schema()[line_no]).str.strip_chars().cast(pl.Int64, strict=False)
    return found.lines.select("line_no", pl.col(source).cast(pl.String), number).collect()


def _with_replaced(file: FileRead, lines: FileLines) -> FileRead:
    if not lines.replaced:
        return file
    note = Note("MENDED", {"n": lines.replaced})
    return replace(file, lines=file.lines - lines.replaced, notes=(*file.notes, note))


def _as_text(name: str, dtype: pl.DataType) -> pl.Expr:
    """Return a column as it would have been written: a whole number that came as a float has no `.0`."""
    column = pl.col(name)
    if not dtype.is_float():
        return column.cast(pl.String)
    whole = pl.when(column == column.round()).then(column.cast(pl.Int64, strict=False)).cast(pl.String)
    return pl.coalesce(whole, column.cast(pl.String))
