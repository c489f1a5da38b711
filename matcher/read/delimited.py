"""Read delimited text in its Dutch dialects: encoding, delimiter and header are found out, broken rows kept apart.

The text is read a block at a time, so that a file may be larger than memory, and what is written to the workspace has
passed the door: patients are pseudonyms in it. A broken row becomes a line of which only the number and the damage
are known: what stands where cannot be told, so nothing of it may be kept.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ..enumerations import Problem
from ..errors import FileUnusable
from .door import Door
from .encoding import blocks_of, encoding_of
from .found import Found, Note
from .headers import Header, header_row, recognise, recognised_count
from .rows import Rows, rows_of
from .source import Source

_DELIMITERS = (";", ",", "\t", "|")
_HEADER_LENGTH = 1 << 16
_HEADER_LINES = 30  # a header may stand below titles, not below pages of them
_SAYS_DELIMITER = "sep="  # what Excel writes above a table, for itself


class _Layout(NamedTuple):
    """On which line the header is, what it names, and what divides the fields."""

    header_no: int
    names: list[str]
    delimiter: str


@dataclass
class _Parts:
    """What was converted so far: a Parquet file for each block, and how many lines are in them."""

    workspace: Path
    paths: list[Path]
    n_lines: int = 0
    n_blank: int = 0
    n_broken: int = 0

    def add(self, whole: pl.DataFrame, rows: Rows) -> None:
        """Keep the lines of one more block: the whole ones, safe to be written, and the broken ones."""
        lines = _with_broken(whole, rows.broken)
        self.n_lines += lines.height
        self.n_blank += rows.n_blank
        self.n_broken += rows.broken.height
        self.paths.append(self.workspace / f"{len(self.paths):05}.parquet")
        lines.write_parquet(self.paths[-1], compression="lz4")


def read_delimited(source: Source) -> Found:
    """Return the lines of a delimited text file, or raise FileUnusable with what is wrong with it."""
    encoding = encoding_of(source)
    blocks = blocks_of(source, encoding)
    first = next(blocks, b"")
    layout = _layout(first, source)
    header = recognise(layout.names, source.name, source.reading.header_map)
    door, parts = Door(header, source.reading.key), _Parts(source.workspace, [])
    for rows, block in _rows(first, blocks, layout):
        if rows.unclosed is not None:
            raise FileUnusable("QUOTE_NOT_CLOSED", source.name, line=rows.unclosed)
        try:
            whole = _parsed(rows, block, layout, header)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
            raise FileUnusable("TEXT_NOT_A_TABLE", source.name) from error
        parts.add(door.passed(whole), rows)
    notes = (Note("HEADER_FOUND", {"row": layout.header_no}),) if layout.header_no > 1 + parts.n_blank else ()
    lines = pl.scan_parquet(parts.paths)
    lines = lines if parts.n_broken else lines.drop("damage")
    return Found(lines, header, parts.n_lines, parts.n_blank, encoding, layout.delimiter, notes)


def _layout(first: bytes, source: Source) -> _Layout:
    """Return where the header is: the first line that names columns of ours, else the first that is not blank."""
    lines = first.split(b"\n", _HEADER_LINES)[:_HEADER_LINES]
    texts = [line.decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r") for line in lines]
    filled = [n for n, text in enumerate(texts) if text.strip() and not text.lower().startswith(_SAYS_DELIMITER)]
    if not filled:
        raise FileUnusable("FILE_EMPTY", source.name)
    if any(len(texts[n]) > _HEADER_LENGTH for n in filled[:1]):
        raise FileUnusable("TEXT_NOT_A_TABLE", source.name)
    delimiter = max(_DELIMITERS, key=lambda each: _known(texts, each))
    rows = [_fields(text, delimiter) for text in texts]
    n = header_row(rows, source.reading.header_map)
    n = filled[0] if n is None else n
    return _Layout(n + 1, rows[n], delimiter)


def _known(texts: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many columns of ours a header divided like this would name, and how many columns."""
    rows = [_fields(text, delimiter) for text in texts]
    return max((recognised_count(row), len(row)) for row in rows)


def _fields(text: str, delimiter: str) -> list[str]:
    try:
        return [field.strip() for field in next(csv.reader(io.StringIO(text), delimiter=delimiter), [])]
    except csv.Error:  # a line far too long, or with a NUL in it: no header
        return []


def _rows(first: bytes, blocks: Iterator[bytes], layout: _Layout) -> Iterator[tuple[Rows, bytes]]:
    """Give the rows of each block of text, with the block; what a block leaves open goes before the next."""
    shape, number = (layout.delimiter, len(layout.names)), layout.header_no + 1
    block: bytes | None = first.split(b"\n", layout.header_no)[layout.header_no]
    while block is not None:
        following = next(blocks, None)
        rows = rows_of(block, number, shape, is_last=following is None)
        number += rows.n_lines
        yield rows, block
        block = None if following is None else rows.rest + following


def _parsed(rows: Rows, block: bytes, layout: _Layout, header: Header) -> pl.DataFrame:
    """Return the whole rows as columns of text: those that are asked for, and `line_no`."""
    content = block if rows.is_intact else "\n".join(rows.whole["text"]).encode()
    if rows.whole.is_empty():
        return pl.DataFrame(schema={"line_no": pl.Int64(), **dict.fromkeys(header.wanted, pl.String())})
    wanted = set(header.wanted.values())
    # Columns that are not ours are numbered: two may have no name at all.
    columns = [name if name in wanted else f"\0{n}" for n, name in enumerate(layout.names)]
    scan = pl.scan_csv(
        io.BytesIO(content),
        separator=layout.delimiter,
        has_header=False,
        quote_char='"' if rows.has_quote else None,
        schema=dict.fromkeys(columns, pl.String()),
        raise_if_empty=False,
    )
    parsed = scan.select(**header.wanted).collect()
    if parsed.height != rows.whole.height:
        raise pl.exceptions.ShapeError
    return parsed.insert_column(0, rows.whole["line_no"])


def _with_broken(whole: pl.DataFrame, broken: pl.DataFrame) -> pl.DataFrame:
    damage = whole.with_columns(pl.lit(None, pl.Enum(Problem)).alias("damage"))
    return damage if broken.is_empty() else pl.concat([damage, broken], how="diagonal").sort("line_no")
