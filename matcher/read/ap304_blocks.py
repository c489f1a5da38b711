"""The records of a claim file a block at a time, with what the blocks before tell of them.

Names, addresses and birth dates are never cut out of a performance; who is insured is held for as long as a block is.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from .layout import ClaimLayout

BLANK = r"^[\s\x1a]*$"  # with the end-of-file sign of old programs
_OF_PERFORMANCE = ("bsn", "amount", "amount_sign")  # read from performances otherwise than as they are written


@dataclass(frozen=True)
class ClaimBlock:
    """The records of a block of whole lines, in order.

    `records` has a row for each line: `line_no`, `record` (its kind; nothing for a blank line), `before` (the kind of
    the record before it), `length`, `bytes` and `person`: the number of the insured record of this block that it
    comes after, 0 where that stood in an earlier block, nothing where none came before. `performances` has the
    same and what is cut out of them, with `is_other` where it is of somebody else than that insured person.
    `insured` and `trailer` have what these records say.
    """

    records: pl.DataFrame
    performances: pl.DataFrame
    insured: pl.DataFrame
    trailer: pl.DataFrame


@dataclass(frozen=True)
class _Before:
    """What the lines so far tell of those to come; the number of who was insured last is written nowhere."""

    n_lines: int = 0
    record: str | None = None
    bsn: str | None = None

    def after(self, lines: pl.DataFrame) -> "_Before":
        """Return the same after the lines of one more block."""
        record, bsn = (lines[name].drop_nulls().tail(1).to_list() for name in ("record", "whose"))
        return _Before(self.n_lines + lines.height, record[0] if record else self.record, bsn[0] if bsn else self.bsn)


def claim_blocks(blocks: Iterable[bytes], layout: ClaimLayout) -> Iterator[ClaimBlock]:
    """Give the records of each block of whole lines; all together they are the same wherever the text is divided."""
    codes, before = {name: record.code for name, record in layout.records.items()}, _Before()
    for block in blocks:
        lines = _lines(block, layout, before)
        kinds = lines.partition_by("record", as_dict=True)
        performances, insured, trailer = (
            kinds.get((codes[name],), lines.clear()) for name in ("performance", "insured", "trailer")
        )
        yield ClaimBlock(
            lines.select("line_no", "record", "before", "length", "bytes", "person"),
            performances.select(_cut_of_performance(layout)),
            insured.select(
                field.of(pl.col("text")).alias(name) for name, field in layout.records["insured"].named.items()
            ),
            trailer.select(_cut_of_trailer(layout)),
        )
        before = before.after(lines)


def _lines(block: bytes, layout: ClaimLayout, before: _Before) -> pl.DataFrame:
    insured, text = layout.records["insured"], pl.col("text")
    is_insured = (pl.col("record") == insured.code).fill_null(value=False)
    person = is_insured.cast(pl.UInt32).cum_sum()
    whose = pl.when(is_insured).then(insured.named["bsn"].of(text).fill_null("")).forward_fill()
    return (
        pl.scan_lines(io.BytesIO(block), name="text", row_index_name="row")
        .with_columns(pl.when(~text.str.contains(BLANK)).then(text.str.slice(0, 2)).alias("record"))
        .select(
            (pl.col("row") + 1 + before.n_lines).cast(pl.Int64()).alias("line_no"),
            "text",
            "record",
            pl.col("record").forward_fill().shift().fill_null(pl.lit(before.record, pl.String())).alias("before"),
            text.str.len_chars().alias("length"),
            text.str.len_bytes().alias("bytes"),
            (person if before.bsn is not None else pl.when(person > 0).then(person)).alias("person"),
            whose.fill_null(pl.lit(before.bsn, pl.String())).alias("whose"),
        )
        .collect()
    )


def _cut_of_performance(layout: ClaimLayout) -> list[pl.Expr]:
    text, performance = pl.col("text"), layout.records["performance"]
    named = {name: field for name, field in performance.named.items() if name not in _OF_PERFORMANCE}
    return [
        *(pl.col(name) for name in ("line_no", "record", "length", "bytes", "person")),
        (performance.named["bsn"].of(text).fill_null("") != pl.col("whose")).alias("is_other"),
        performance.cents(text).alias("cents"),
        performance.is_credit(text).alias("is_credit"),
        *(field.of(text).alias(name) for name, field in named.items()),
    ]


def _cut_of_trailer(layout: ClaimLayout) -> list[pl.Expr]:
    text, trailer = pl.col("text"), layout.records["trailer"]
    counts = {name: field for name, field in trailer.named.items() if name not in ("amount", "amount_sign")}
    return [
        *(field.of(text).fill_null("0").cast(pl.Int64, strict=False).alias(name) for name, field in counts.items()),
        trailer.cents(text).alias("cents"),
    ]
