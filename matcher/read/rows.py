"""Cut a block of delimited text into rows: which are whole, which are blank, and what is wrong with the others."""

import io
import re
from dataclasses import dataclass

import polars as pl

from ..enumerations import Problem

LONGEST_LINE = 100_000
_LINES_JOINED_MAX = 1_000
_TAKEN_OUT = "\x01"  # stands where a quoted field stood
_BLANK, _OPEN_QUOTE = "BLANK", "OPEN_QUOTE"


@dataclass(frozen=True)
class Rows:
    """The rows of a block: `text` and `line_no` of the whole ones, `line_no` and `damage` of the broken ones.

    `n_lines` counts the lines of text, blank ones and those joined to a row included; `has_quote` tells whether
    anything is quoted. Where not a row is broken, blank or joined, `is_intact`: the block can be read as it stands.
    `rest` is the end of the block where it opens a quoted field that only the next block may close. On line `unclosed`
    a field is opened that is never closed: nobody can tell where it ends.
    """

    whole: pl.DataFrame
    broken: pl.DataFrame
    n_lines: int
    n_blank: int = 0
    has_quote: bool = False
    is_intact: bool = False
    rest: bytes = b""
    unclosed: int | None = None


def rows_of(block: bytes, first: int, shape: tuple[str, int], *, is_last: bool) -> Rows:
    """Return the rows of a block whose first line has the number `first`; `shape` is delimiter and number of fields."""
    lines = pl.scan_lines(io.BytesIO(block), name="text", row_index_name="row")
    number = (pl.col("row").cast(pl.Int64()) + first).alias("line_no")
    has_quote = pl.col("text").str.contains('"', literal=True).alias("has_quote")
    told = lines.select(number, "text", _kind(*shape).alias("kind"), has_quote).collect()
    n_quoted = bool(told["has_quote"].any())
    if told["kind"].null_count() == told.height:
        return Rows(told.select("line_no", "text"), _broken(told.head(0)), told.height, 0, n_quoted, is_intact=True)
    rest, unclosed = b"", None
    if (told["kind"] == _OPEN_QUOTE).any():
        joined = _joined(told, shape, is_last=is_last)
        rest = "".join(f"{text}\n" for text in told["text"][joined.unfinished :]).encode()
        unclosed = None if joined.unclosed is None else int(told["line_no"][joined.unclosed])
        told = told.head(joined.unfinished)
    n_lines, n_blank = told.height, int((told["kind"] == _BLANK).sum())
    if (told["kind"] == _OPEN_QUOTE).any():
        told = _with_joined(told, joined)
    whole = told.filter(pl.col("kind").is_null()).select("line_no", "text")
    return Rows(whole, _broken(told), n_lines, n_blank, n_quoted, rest=rest, unclosed=unclosed)


def _kind(delimiter: str, width: int) -> pl.Expr:
    """Return what is wrong with each line as a row; nothing where it is whole."""
    quote, text = '"', pl.col("text")
    has_quote = text.str.contains(quote, literal=True)
    # Whole quoted fields are taken out before delimiters are counted; a quote that is left opened is not closed.
    whole_field = rf'(^|\{delimiter})"(?:[^"]|"")*"'
    bare = pl.when(has_quote).then(text.str.replace_all(whole_field, f"${{1}}{_TAKEN_OUT}")).otherwise(text)
    # A row that goes on in the next line has opened a quotation mark more than it closed.
    opens = text.str.count_matches(quote, literal=True) % 2 == 1
    misplaced = bare.str.contains(quote, literal=True) | bare.str.contains(rf"{_TAKEN_OUT}[^\{delimiter}]")
    fields = bare.str.count_matches(delimiter, literal=True) + 1
    return (
        pl.when(text.str.contains(r"^\s*$"))
        .then(pl.lit(_BLANK))
        .when(text.str.len_bytes() > LONGEST_LINE)
        .then(pl.lit(Problem.FIELD_TOO_LONG))
        .when(text.str.contains("\0", literal=True))
        .then(pl.lit(Problem.NUL_CHARACTER))
        .when(has_quote & opens)
        .then(pl.lit(_OPEN_QUOTE))
        .when(has_quote & misplaced)
        .then(pl.lit(Problem.QUOTE_MISPLACED))
        .when(fields < width)
        .then(pl.lit(Problem.TOO_FEW_FIELDS))
        .when(fields > width)
        .then(pl.lit(Problem.TOO_MANY_FIELDS))
    )


def _broken(told: pl.DataFrame) -> pl.DataFrame:
    is_broken = pl.col("kind").is_not_null() & (pl.col("kind") != _BLANK)
    return told.filter(is_broken).select("line_no", pl.col("kind").cast(pl.Enum(Problem)).alias("damage"))


@dataclass
class _Joined:
    """Rows that are written over several lines: first line -> text, the lines that go into them, and what is cut off.

    From line `unfinished` on a quoted field is open that the next block may close; `unclosed` is never closed.
    """

    texts: dict[int, str]
    swallowed: list[int]
    unfinished: int
    unclosed: int | None = None


def _joined(told: pl.DataFrame, shape: tuple[str, int], *, is_last: bool) -> _Joined:
    """Return which lines make one row together, for every line that opens a quoted field."""
    texts, row, opening = told["text"].to_list(), _row_pattern(*shape), _opening_pattern(shape[0])
    found, after, tried = _Joined({}, [], len(texts)), 0, -1
    for start in told["kind"].eq(_OPEN_QUOTE).arg_true().to_list():
        if start < after:
            continue
        end, is_told = _closing(texts, start)
        if end is None and not is_told and not is_last:
            found.unfinished = start
            break
        # A mark that may have closed a stray one before it does not open anything for certain.
        if end is None and start > tried and opening.search(texts[start]):
            found.unclosed = start if found.unclosed is None else found.unclosed
            continue
        end = start if end is None else end
        tried = max(tried, end)
        text = "\n".join(texts[start : end + 1])
        if row.fullmatch(text):
            found.texts[start] = text
            found.swallowed += range(start + 1, end + 1)
            after = end + 1
    return found


def _closing(texts: list[str], start: int) -> tuple[int | None, bool]:
    """Return the line with which the quotation marks since `start` come out even, and whether that can be told here.

    No line where that is too far off, or where the block ends before.
    """
    n_quotes = n_signs = 0
    for n in range(start, min(start + _LINES_JOINED_MAX, len(texts))):
        n_quotes += texts[n].count('"')
        n_signs += len(texts[n])
        if n_signs > LONGEST_LINE:
            return None, True
        if n_quotes % 2 == 0:
            return n, True
    return None, start + _LINES_JOINED_MAX <= len(texts)


def _with_joined(told: pl.DataFrame, joined: _Joined) -> pl.DataFrame:
    """Return the lines with those joined that make one row together.

    Where they make none, the quotation mark was a stray one: that line is broken, and the lines after it stand alone.
    """
    at, starts = pl.int_range(pl.len()), list(joined.texts)
    stays = pl.col("kind").replace(_OPEN_QUOTE, str(Problem.QUOTE_MISPLACED))
    kind = pl.when(at.is_in(starts)).then(None).otherwise(stays).alias("kind")
    text = told["text"].scatter(starts, list(joined.texts.values())) if starts else told["text"]
    return told.with_columns(text, kind).filter(~at.is_in(joined.swallowed))


def _row_pattern(delimiter: str, width: int) -> re.Pattern[str]:
    field = rf'(?:"(?:[^"\0]|"")*+"|[^"\n\0{re.escape(delimiter)}]*+)'
    return re.compile(rf"{field}(?:{re.escape(delimiter)}{field}){{{width - 1}}}")


def _opening_pattern(delimiter: str) -> re.Pattern[str]:
    """Return what a line ends in that opens a field with a quotation mark and does not close it."""
    return re.compile(rf'(?:^|{re.escape(delimiter)})"(?:[^"]|"")*$')
