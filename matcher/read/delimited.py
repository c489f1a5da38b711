"""Read delimited text in its Dutch dialects: encoding and delimiter are found out, broken rows kept apart.

A file whose rows are all whole is scanned as it is. Otherwise its whole rows are copied to the workspace and
scanned there, and each broken row becomes a line of which only the number and the damage are known: what stands
where cannot be told, so nothing of it may be kept.
"""

import csv
import io
from pathlib import Path

import polars as pl

from ..enumerations import Problem
from ..errors import FileUnusable
from .encoding import as_utf8
from .found import Found
from .headers import Header, recognise, recognised_count
from .source import Source

_DELIMITERS = (";", ",", "\t", "|")
_LONGEST_LINE = 100_000
_HEADER_LENGTH = 1 << 16
_TAKEN_OUT = "\x01"  # stands where a quoted field stood


def read_delimited(source: Source) -> Found:
    """Return the lines of a delimited text file, or raise FileUnusable with what is wrong with it."""
    where, workspace, header_map = source.name, source.workspace, source.reading.header_map
    text = as_utf8(source.path, where, workspace)
    first_line, header_no = _header_line(text.path, where)
    delimiter = _delimiter(first_line)
    names = next(csv.reader(io.StringIO(first_line), delimiter=delimiter), [])
    header = recognise([name.strip() for name in names], where, header_map)
    rows = _rows(text.path, header_no, delimiter, len(names))
    seen = rows.select(
        pl.len(), pl.col("kind").is_null().sum().alias("whole"), (pl.col("kind") == "BLANK").sum().alias("blank"),
        pl.col("has_quote").any().alias("has_quote"),
        pl.col("line_no").filter(pl.col("kind") == "OPEN_QUOTE").min().alias("open_quote"),
    ).collect().row(0, named=True)  # fmt: skip
    if seen["open_quote"] is not None:
        raise FileUnusable("QUOTE_NOT_CLOSED", where, line=seen["open_quote"])
    columns = _column_names(names, header)
    if seen["whole"] == seen["len"]:
        scan = _scan(text.path, delimiter, columns, header_no, quoted=bool(seen["has_quote"]))
        lines = scan.with_row_index("row").with_columns(
            (pl.col("row") + header_no + 1).cast(pl.Int64()).alias("line_no")
        )
    else:
        lines = _whole_and_broken(rows, delimiter, columns, workspace)
    kept = lines.select("line_no", *(["damage"] if seen["whole"] < seen["len"] else []), *header.columns.values())
    converted = workspace / "lines.parquet"
    try:
        kept.sink_parquet(converted, compression="lz4")
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        raise FileUnusable("TEXT_NOT_A_TABLE", where) from error
    n_lines = seen["len"] - seen["blank"]
    return Found(pl.scan_parquet(converted), header, n_lines, seen["blank"], text.encoding, delimiter)


def _header_line(path: Path, where: str) -> tuple[str, int]:
    """Return the first line that is not blank, and its number."""
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_HEADER_LENGTH), b""), 1):
            text = line.decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r\n")
            if text.strip():
                return text, number
    raise FileUnusable("FILE_EMPTY", where)


def _delimiter(header: str) -> str:
    def _known(delimiter: str) -> tuple[int, int]:
        names = next(csv.reader(io.StringIO(header), delimiter=delimiter), [])
        return recognised_count(names), len(names)

    return max(_DELIMITERS, key=_known)


def _rows(path: Path, header_no: int, delimiter: str, width: int) -> pl.LazyFrame:
    """Return every line after the header with its number, and what is wrong with it as a row (`kind`)."""
    lines = pl.scan_lines(str(path), name="text", row_index_name="row", glob=False).filter(pl.col("row") >= header_no)
    quote, text = '"', pl.col("text")
    has_quote = text.str.contains(quote, literal=True)
    # Whole quoted fields are taken out before delimiters are counted; a quote that is left opened is not closed.
    whole_field = rf'(^|\{delimiter})"(?:[^"]|"")*"'
    bare = pl.when(has_quote).then(text.str.replace_all(whole_field, f"${{1}}{_TAKEN_OUT}")).otherwise(text)
    opens = bare.str.contains(rf'(?:^|\{delimiter})"')
    misplaced = bare.str.contains(quote, literal=True) | bare.str.contains(rf"{_TAKEN_OUT}[^\{delimiter}]")
    fields = bare.str.count_matches(delimiter, literal=True) + 1
    kind = (
        pl.when(text.str.contains(r"^\s*$"))
        .then(pl.lit("BLANK"))
        .when(text.str.len_bytes() > _LONGEST_LINE)
        .then(pl.lit(Problem.FIELD_TOO_LONG))
        .when(text.str.contains("\0", literal=True))
        .then(pl.lit(Problem.NUL_CHARACTER))
        .when(has_quote & opens)
        .then(pl.lit("OPEN_QUOTE"))
        .when(has_quote & misplaced)
        .then(pl.lit(Problem.QUOTE_MISPLACED))
        .when(fields < width)
        .then(pl.lit(Problem.TOO_FEW_FIELDS))
        .when(fields > width)
        .then(pl.lit(Problem.TOO_MANY_FIELDS))
    )
    number = (pl.col("row") + 1).cast(pl.Int64()).alias("line_no")
    return lines.select(number, "text", kind.alias("kind"), has_quote.alias("has_quote"))


def _column_names(names: list[str], header: Header) -> list[str]:
    # Columns that are not ours are numbered: two may have no name at all.
    ours = set(header.columns.values())
    return [name.strip() if name.strip() in ours else f"\0{n}" for n, name in enumerate(names)]


def _scan(path: Path, delimiter: str, columns: list[str], skip: int, *, quoted: bool) -> pl.LazyFrame:
    return pl.scan_csv(
        path,
        separator=delimiter,
        has_header=False,
        skip_lines=skip,
        quote_char='"' if quoted else None,
        schema=dict.fromkeys(columns, pl.String()),
        glob=False,
        raise_if_empty=False,
    )


def _whole_and_broken(rows: pl.LazyFrame, delimiter: str, columns: list[str], workspace: Path) -> pl.LazyFrame:
    copy = workspace / "whole.csv"
    whole = rows.filter(pl.col("kind").is_null())
    whole.select("text").sink_csv(copy, include_header=False, quote_style="never")
    numbers = whole.select("line_no").collect().lazy()
    scanned = _scan(copy, delimiter, columns, 0, quoted=True)
    intact = pl.concat([numbers, scanned], how="horizontal").with_columns(
        pl.lit(None, pl.Enum(Problem)).alias("damage")
    )
    broken = rows.filter(pl.col("kind").is_not_null() & (pl.col("kind") != "BLANK"))
    damaged = broken.select("line_no", pl.col("kind").cast(pl.Enum(Problem)).alias("damage")).collect().lazy()
    empty = [pl.lit(None, pl.String()).alias(name) for name in columns]
    return intact.merge_sorted(damaged.with_columns(empty).select("line_no", *columns, "damage"), key="line_no")
