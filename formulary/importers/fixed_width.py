"""Read the fixed-width files of a G-Standaard delivery by their layouts, noting every record that does not obey.

A position counts characters; the files are single-byte text (ASCII or Windows-1252), so once decoded a character is
a byte, and a record of another length has lost or gained something.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import polars as pl

from ..codes import gstandaard
from .delivery import Delivery

_END_OF_FILE = b"\x1a"  # what older systems write after the last record


@dataclass(frozen=True)
class Layout:
    """Where the fields of one file's records stand: (start, length), start counting from 1."""

    file: str
    key: tuple[str, ...]
    codes: tuple[str, ...]
    fields: dict[str, tuple[int, int]]

    @property
    def length_min(self) -> int:
        """Return the shortest record that holds every field."""
        return max(start + length - 1 for start, length in self.fields.values())


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("layouts.toml").read_text(encoding="utf-8"))


def setting(table: str, name: str) -> Any:
    """Return one value of `layouts.toml`."""
    return _tables()[table][name]


@cache
def layout_of(kind: str) -> Layout:
    """Return the layout of one kind of record, with the fields that every file begins with."""
    table, common = _tables()[kind], _tables()["all_files"]
    leading = {name: common[name] for name in ("file_number", "mutation")}
    fields = {name: (start, length) for name, (start, length) in {**leading, **table["fields"]}.items()}
    return Layout(table["file"], tuple(table["key"]), tuple(table["codes"]), fields)


def read_records(delivery: Delivery, folder: Path, kind: str) -> pl.DataFrame:
    """Return the records of one file that hold, a text column a field and its codes as numbers.

    Deleted records and records whose own code fails its check digit are left out and counted. A file that is missing
    or not laid out as promised gives no records, and faults.
    """
    layout = layout_of(kind)
    path = _path_of(delivery, folder, layout.file)
    if path is None:
        return _no_records(layout)
    lines = _lines_of(path)
    if not _check_lengths(delivery, path.name, lines, layout):
        return _no_records(layout)
    records = lines.select("row", *_slices(layout))
    _check_file_numbers(delivery, path.name, records, layout)
    return _numbered(delivery, path.name, records, layout)


def _path_of(delivery: Delivery, folder: Path, number: str) -> Path | None:
    # BST020T as delivered, 020 or bst020.txt as people rename it.
    pattern = re.compile(rf"(bst)?0*{int(number)}t?(\.\w+)?", re.IGNORECASE)
    found = sorted(path for path in folder.iterdir() if path.is_file() and pattern.fullmatch(path.name))
    if len(found) == 1:
        return found[0]
    code = "FILE_TWICE" if found else "FILE_NOT_DELIVERED"
    delivery.fault(code, f"BST{number}", names=", ".join(path.name for path in found))
    return None


def _lines_of(path: Path) -> pl.DataFrame:
    content = path.read_bytes().rstrip(_END_OF_FILE + b"\r\n")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        content = content.decode("cp1252", errors="replace").encode()
    lines = pl.scan_lines(content, name="line", row_index_name="row", row_index_offset=1)
    return lines.filter(pl.col("line").str.len_bytes() > 0).collect()


def _check_lengths(delivery: Delivery, file: str, lines: pl.DataFrame, layout: Layout) -> bool:
    if lines.is_empty():
        delivery.fault("FILE_EMPTY", file)
        return False
    length = pl.col("line").str.len_chars()
    usual = int(lines.select(length.mode().max()).item())
    if usual < layout.length_min:
        delivery.fault("RECORDS_TOO_SHORT", file, found=usual, wanted=layout.length_min)
        return False
    odd = lines.filter(length != usual).select("row", pl.format("{} ({})", length, pl.lit(usual)))
    delivery.fault_rows("RECORD_LENGTH", file, odd.rows())
    return True


def _slices(layout: Layout) -> list[pl.Expr]:
    return [
        pl.col("line").str.slice(start - 1, length).str.strip_chars().alias(name)
        for name, (start, length) in layout.fields.items()
    ]


def _check_file_numbers(delivery: Delivery, file: str, records: pl.DataFrame, layout: Layout) -> None:
    other = records.filter(pl.col("file_number") != layout.file.zfill(4)).select("row", "file_number")
    delivery.fault_rows("FILE_NUMBER", file, other.rows(), f"BSTNUM {layout.file.zfill(4)}")


def _numbered(delivery: Delivery, file: str, records: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    kept = records.filter(pl.col("mutation") != setting("all_files", "deleted"))
    delivery.counts["deleted"] += records.height - kept.height
    kept = _with_codes(delivery, kept, layout)
    doubles = kept.filter(~pl.struct(layout.key).is_first_distinct())
    delivery.fault_rows("RECORD_TWICE", file, doubles.select("row", pl.concat_str(layout.key, separator=" ")).rows())
    return kept.unique(layout.key, keep="first", maintain_order=True).drop("row", "file_number", "mutation")


def _with_codes(delivery: Delivery, records: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    for name in layout.codes:
        code = gstandaard.compacted(pl.col(name))
        read = records.with_columns(pl.when(gstandaard.has_valid_check(code)).then(code).alias(name))
        # A code of zeros or blanks says that there is none: only a code that is wrong is refused.
        given = records[name].str.strip_chars("0 ") != ""
        delivery.counts["codes_refused"] += int((given & read[name].is_null()).sum())
        records = read
    return records.drop_nulls(set(layout.key) & set(layout.codes))


def _no_records(layout: Layout) -> pl.DataFrame:
    names = [name for name in layout.fields if name not in ("file_number", "mutation")]
    return pl.DataFrame(schema={name: pl.Int32() if name in layout.codes else pl.String() for name in names})
