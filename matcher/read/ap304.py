"""Read claims of pharmacies (Vektis AP304): a header, insured people, each followed by performances, and a trailer.

Records are cut by the table of their version (`layouts/`) and never looped over. What the trailer says must be what
the file holds, or the whole file is refused. Names, addresses and birth dates are never cut out; of the insured only
a pseudonym, the year of birth and the sex go on, and nothing else of them is written anywhere.
"""

import io
import re
from pathlib import Path

import polars as pl

from ..errors import FileUnusable
from .ap304_checks import check_whole
from .ap304_lines import lines_of, people_of
from .encoding import as_utf8
from .found import Found, Note
from .headers import Header
from .layout import ClaimLayout, claim_layouts
from .source import Source

# How a record begins: a header with code and version, or a record with its number. Two lines are looked at, so that
# a file whose header is damaged is still told for what it is.
_RECORD = re.compile(rb"(01\d{7}[A-Za-z ]|0[234]\d{12}|98\d{12}|99\d{12})[^;,\t|]{40}")
_LINES_LOOKED_AT = 2
_LONGEST_RECORD = 4_096
_OF_PERFORMANCE = ("bsn", "amount", "amount_sign")  # read from performances otherwise than as they are written
_BLANK = r"^[\s\x1a]*$"  # with the end-of-file sign of old programs


def is_ap304(source: Source) -> bool:
    """Tell whether a file begins as a claim message does."""
    first = source.beginning.split(b"\n", _LINES_LOOKED_AT)[:_LINES_LOOKED_AT]
    return any(_RECORD.match(line) for line in first)


def read_ap304(source: Source) -> Found:
    """Return a line for each performance of a claim file; raise FileUnusable where the file as a whole is not sound."""
    text = as_utf8(source)
    header_no, first = _first_record(source)
    layout = _layout_of(first, source.name, header_no)
    header = _header(layout, first, source.name)
    records = _records(text, layout)
    people, trailer = _people_and_trailer(records, layout)
    written = source.workspace / "records.parquet"
    records.select(_cut(layout)).sink_parquet(written, compression="lz4")
    cut = pl.scan_parquet(written)
    check_whole(cut, trailer, _first_stranger(records, layout), layout, source.name)
    known = people_of(people, header, source.reading.key)
    lines = lines_of(cut, known, header, layout)
    converted = source.workspace / "lines.parquet"
    lines.sink_parquet(converted, compression="lz4")
    seen = cut.select(
        (pl.col("record") == layout.records["performance"].code).sum().alias("lines"), pl.col("record").null_count()
    )
    n_lines, n_blank = seen.collect().row(0)
    names = [name for name in lines.collect_schema().names() if name not in ("line_no", "damage")]
    notes = (*_notes_on(header, layout), *_notes_on_lists(cut, layout))
    own = Header(columns={name: name for name in names}, left_out=())
    return Found(pl.scan_parquet(converted), own, n_lines, n_blank, notes=notes)


def _first_record(source: Source) -> tuple[int, str]:
    for number, line in enumerate(source.start.split(b"\n"), 1):
        text = line[:_LONGEST_RECORD].decode("utf-8", errors="replace").removeprefix("\ufeff").rstrip("\r\n")
        if not re.match(_BLANK, text):
            return number, text
    return 1, ""


def _layout_of(first: str, where: str, line: int) -> ClaimLayout:
    if not re.match(r"01\d{7}", first):
        raise FileUnusable("CLAIM_NO_HEADER", where, line=line)
    known = claim_layouts()
    number = first[5:7]
    if number not in known:
        versions = ", ".join(layout.version for layout in known.values())
        raise FileUnusable("CLAIM_VERSION_UNKNOWN", where, message=first[2:5], version=first[5:9], known=versions)
    return known[number]


def _header(layout: ClaimLayout, first: str, where: str) -> dict[str, str | None]:
    named = layout.records["header"].named
    cut = pl.DataFrame({"text": [first]}).select(field.of(pl.col("text")).alias(name) for name, field in named.items())
    header = cut.row(0, named=True)
    if (header["purpose"] or "").upper() == "T":
        raise FileUnusable("CLAIM_IS_TEST", where)
    return header


def _records(content: Path | io.BytesIO, layout: ClaimLayout) -> pl.LazyFrame:
    """Return every record with its number, kind, and whose it is: the place of the insured record before it."""
    scan = pl.scan_lines(content, name="text", row_index_name="row", glob=False)
    text = pl.when(pl.col("row") == 0).then(pl.col("text").str.strip_prefix("\ufeff")).otherwise("text")
    kind = pl.when(~pl.col("text").str.contains(_BLANK)).then(pl.col("text").str.slice(0, 2))
    is_insured = (pl.col("record") == layout.records["insured"].code).fill_null(value=False)
    return (
        scan.select((pl.col("row") + 1).cast(pl.Int64()).alias("line_no"), text.alias("text"))
        .with_columns(kind.alias("record"))
        .with_columns(is_insured.cast(pl.Int64).cum_sum().alias("person"))
        .with_columns(pl.when(pl.col("person") > 0).then(pl.col("person") - 1).alias("person"))
    )


def _cut(layout: ClaimLayout) -> list[pl.Expr]:
    """Return what is cut out of each performance; of other records only their kind and length."""
    text, performance = pl.col("text"), layout.records["performance"]
    of_performance = pl.when(pl.col("record") == performance.code).then("text")
    named = {name: field for name, field in performance.named.items() if name not in _OF_PERFORMANCE}
    return [
        *(pl.col(name) for name in ("line_no", "record", "person")),
        text.str.len_chars().alias("length"),
        text.str.len_bytes().alias("bytes"),
        performance.cents(of_performance).alias("cents"),
        performance.is_credit(of_performance).alias("is_credit"),
        *(field.of(of_performance).alias(name) for name, field in named.items()),
    ]


def _first_stranger(records: pl.LazyFrame, layout: ClaimLayout) -> int | None:
    """Return the line of the first performance that is not of the insured person before it, or nothing."""
    insured, performance = layout.records["insured"], layout.records["performance"]
    # A pass of its own, because nothing else may wait in memory for what is carried from line to line.
    number = performance.named["bsn"].of(pl.col("text")).fill_null("")
    before = pl.when(pl.col("record") == insured.code).then(number).forward_fill()
    is_other = (pl.col("record") == performance.code) & (number != before)
    found = records.select("line_no", is_other.alias("is_other")).filter("is_other").select(pl.col("line_no").min())
    line: int | None = found.collect().item()
    return line


def _people_and_trailer(records: pl.LazyFrame, layout: ClaimLayout) -> tuple[pl.DataFrame, pl.DataFrame]:
    insured, trailer = layout.records["insured"], layout.records["trailer"]
    around, text = records.filter(pl.col("record").is_in([insured.code, trailer.code])), pl.col("text")
    counts = {name: field for name, field in trailer.named.items() if name not in ("amount", "amount_sign")}
    asked = around.select(
        "record",
        *(field.of(text).alias(name) for name, field in insured.named.items()),
        *(field.of(text).fill_null("0").cast(pl.Int64, strict=False).alias(name) for name, field in counts.items()),
        trailer.cents(text).alias("cents"),
    )
    # A text that is cut out of a line keeps the whole line in memory, and all of the file with it: copied, it does not.
    copied = io.BytesIO()
    asked.sink_parquet(copied, compression="uncompressed")
    copied.seek(0)
    rows = pl.read_parquet(copied)
    is_insured = pl.col("record") == insured.code
    return (
        rows.filter(is_insured).select(list(insured.named)),
        rows.filter(~is_insured).select(*counts, "cents"),
    )


def _notes_on(header: dict[str, str | None], layout: ClaimLayout) -> list[Note]:
    notes = []
    if header["message_code"] not in layout.message_codes:
        notes.append(
            Note("CLAIM_CODE_UNKNOWN", {"message_code": header["message_code"] or "000", "version": layout.version})
        )
    if (header["subversion"] or "00") not in layout.subversions:
        notes.append(Note("CLAIM_SUBVERSION", {"version": layout.version, "subversion": header["subversion"]}))
    return notes


def _notes_on_lists(cut: pl.LazyFrame, layout: ClaimLayout) -> list[Note]:
    known = [*layout.medicine_lists, *layout.local_lists, *layout.compound_lists, *layout.service_lists]
    is_performance = pl.col("record") == layout.records["performance"].code
    other = cut.filter(is_performance, ~pl.col("code_list").is_in(known), pl.col("code_list").str.contains(r"^\d{3}$"))
    found = other.group_by("code_list").len().sort("code_list").collect()
    if found.is_empty():
        return []
    return [Note("CLAIM_LISTS", {"lists": ", ".join(found["code_list"]), "n": found["len"].sum()})]
