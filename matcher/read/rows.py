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
    `rest` is the end of the block where it opens a quoted field that only the next block may close.
    """

    whole: pl.DataFrame
    broken: pl.DataFrame
    n_lines: int
    n_blank: int = 0
    has_quote: bool = False
    is_intact: bool = False
    rest: bytes = b""


def rows_of(block: bytes, first: int, shape: tuple[str, int], *, is_last: bool) -> Rows:
    """Return the rows of a block whose first line has the number `first`; `shape` is delimiter and number of fields."""
    lines = pl.scan_lines(io.BytesIO(block), name="text", row_index_name="row")
    number = (pl.col("row").cast(pl.Int64()) + first).alias("line_no")
    has_quote = pl.col("text").str.contains('"', literal=True).alias("has_quote")
    told = lines.select(number, "text", _kind(*shape).alias("kind"), has_quote).collect()
    n_quoted = bool(told["has_quote"].any())
    if told["kind"].null_count() == told.height:
        return Rows(told.select("line_no", "text"), _broken(told.head(0)), told.height, 0, n_quoted, is_intact=True)
    rest = b""
    if (told["kind"] == _OPEN_QUOTE).any():
        joined = _joined(told, _row_pattern(*shape), is_last=is_last)
        rest = "".join(f"{text}\n" for text in told["text"][joined.unfinished :]).encode()
        told = told.head(joined.unfinished)
    n_lines, n_blank = told.height, int((told["kind"] == _BLANK).sum())
    if (told["kind"] == _OPEN_QUOTE).any():
        told = _with_joined(told, joined)
    whole = told.filter(pl.col("kind").is_null()).select("line_no", "text")
    return Rows(whole, _broken(told), n_lines, n_blank, n_quoted, rest=rest)


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

    From line `unfinished` on a quoted field is open that the next block may close.
    """

    texts: dict[int, str]
    swallowed: list[int]
    unfinished: int


def _joined(told: pl.DataFrame, row: re.Pattern[str], *, is_last: bool) -> _Joined:
    """Return which lines make one row together, for every line that opens a quoted field."""
    texts = told["text"].to_list()
    found, after = _Joined({}, [], len(texts)), 0
    for start in told["kind"].eq(_OPEN_QUOTE).arg_true().to_list():
        if start < after:
            continue
        end = _closing(texts, start)
        if end is None and not is_last:
            found.unfinished = start
            break
        text = "\n".join(texts[start : (end or start) + 1])
        if row.fullmatch(text):
            found.texts[start] = text
            found.swallowed += range(start + 1, (end or start) + 1)
            after = (end or start) + 1
    return found


def _closing(texts: list[str], start: int) -> int | None:
    """Return the line with which the quotation marks since `start` come out even; `start` where that is too far off.

    Nothing where the block ends before that can be told.
    """
    n_quotes = n_signs = 0
    for n in range(start, min(start + _LINES_JOINED_MAX, len(texts))):
        n_quotes += texts[n].count('"')
        n_signs += len(texts[n])
        if n_signs > LONGEST_LINE:
            return start
        if n_quotes % 2 == 0:
            return n
    return start if start + _LINES_JOINED_MAX <= len(texts) else None


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
