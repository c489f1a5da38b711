"""Read a product list in CSV by its headers, Dutch or English, into the text columns of a catalogue."""

import csv
import io
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import polars as pl
from anyascii import anyascii

from ..codes import atc, gstandaard
from ..frames import CATALOGUE, conform
from .delivery import Delivery, Imported

_DELIMITERS = (",", ";", "\t", "|")
_REQUIRED = ("product_name", "atc")
_DAYS = ("valid_from", "valid_until")
_DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%Y%m%d")


@dataclass(frozen=True)
class TextTable:
    """A list's columns under our names, all text, with the row each stands in; and the headers nobody knew."""

    columns: pl.DataFrame
    unknown_headers: tuple[str, ...]


def read_text_table(delivery: Delivery, path: Path, kind: str) -> TextTable:
    """Return a CSV file's rows; every fault of its shape is noted, and refused together."""
    text = _text_of(delivery, path)
    delivery.refuse_faults()
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    rows = _rows_of(delivery, path.name, text, delimiter)
    header = rows[0][1] if rows else []
    meanings = _meanings_of(delivery, path.name, header, kind)
    odd = [(row_no, f"{len(cells)} ({len(header)})") for row_no, cells in rows if len(cells) != len(header)]
    delivery.fault_rows("ROW_LENGTH", path.name, odd)
    delivery.refuse_faults()
    columns = {name: [cells[place].strip() for _, cells in rows[1:]] for name, place in meanings.items()}
    numbered = pl.DataFrame({"row": [row_no for row_no, _ in rows[1:]], **columns})
    known = set(meanings.values())
    return TextTable(numbered, tuple(name for place, name in enumerate(header) if name and place not in known))


def catalogue_of(delivery: Delivery, file: str, table: TextTable) -> Imported:
    """Return the typed catalogue: rows without a name are left out; a wrong code becomes empty; both are counted."""
    found = table.columns.with_columns(pl.col(pl.String()).replace("", None))
    named = found.drop_nulls("product_name")
    typed = [*_code_columns(named), *(_day(name) for name in _DAYS if name in named.columns)]
    absent = [pl.lit(None, dtype).alias(name) for name, dtype in CATALOGUE.items() if name not in named.columns]
    read = named.with_columns(typed).with_columns(absent)
    _note_days(delivery, file, named, read)
    delivery.refuse_faults()
    codes = [name for name in gstandaard.CODE_KINDS if name in named.columns]
    refused = sum(read[name].null_count() - named[name].null_count() for name in codes)
    delivery.counts.update(
        products=read.height,
        nameless=found.height - named.height,
        codes_refused=refused,
        atc_refused=read["atc"].null_count() - named["atc"].null_count(),
    )
    return Imported(conform(read.lazy(), CATALOGUE).collect(), dict(delivery.counts), table.unknown_headers)


def _text_of(delivery: Delivery, path: Path) -> str:
    if not path.is_file():
        delivery.fault("FILE_NOT_DELIVERED", path.name)
        return ""
    content = path.read_bytes()
    if b"\0" in content:
        delivery.fault("FILE_NOT_TEXT", path.name)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _rows_of(delivery: Delivery, file: str, text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, cells))
    except csv.Error as error:
        delivery.fault("NOT_A_TABLE", file, reader.line_num, detail=error)
    if not rows:
        delivery.fault("FILE_EMPTY", file)
    return rows


def _meanings_of(delivery: Delivery, file: str, header: list[str], kind: str) -> dict[str, int]:
    meanings: dict[str, int] = {}
    for place, written in enumerate(header):
        meaning = _known_headers(kind).get(_plain(written))
        if meaning in meanings:
            delivery.fault("COLUMN_MEANT_TWICE", file, 1, written, other=header[meanings[meaning]], meaning=meaning)
        elif meaning is not None:
            meanings[meaning] = place
    for name in _REQUIRED:
        if header and name not in meanings:
            delivery.fault("COLUMN_MISSING", file, 1, name)
    return meanings


@cache
def _known_headers(kind: str) -> dict[str, str]:
    table = tomllib.loads(files(__package__).joinpath("headers.toml").read_text(encoding="utf-8"))[kind]
    return {_plain(written): name for name, spellings in table.items() for written in (name, *spellings)}


def _plain(header: str) -> str:
    return "".join(character for character in anyascii(header).casefold() if character.isalnum())


def _code_columns(named: pl.DataFrame) -> list[pl.Expr]:
    typed = [atc.compacted(pl.col("atc"))]
    for name in gstandaard.CODE_KINDS:
        if name in named.columns:
            code = gstandaard.compacted(pl.col(name))
            typed.append(pl.when(gstandaard.has_valid_check(code)).then(code).alias(name))
    return typed


def _day(name: str) -> pl.Expr:
    return pl.coalesce([pl.col(name).str.to_date(pattern, strict=False) for pattern in _DATE_FORMATS]).alias(name)


def _note_days(delivery: Delivery, file: str, named: pl.DataFrame, read: pl.DataFrame) -> None:
    # A validity that is not understood would silently mean "always", so it is refused where a code is only left out.
    for name in _DAYS:
        if name in named.columns:
            wrong = named.filter(named[name].is_not_null() & read[name].is_null())
            delivery.fault_rows("NOT_A_DATE", file, wrong.select("row", name).rows(), name)
