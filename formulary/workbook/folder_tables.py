"""The files of a rules folder as tables: CSV as it stands; of a TOML document its fields, and each list of tables."""

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import Fault, RulesNotFound
from ..folder import Folder
from .cells import Value
from .contents import csv_bytes
from .naming import Target
from .nested import flattened

_REGION = "region.toml"


@dataclass(frozen=True)
class Page:
    """What one sheet will hold: a header and the rows under it."""

    target: Target
    header: list[str]
    rows: list[list[Value]]


@dataclass(frozen=True)
class FolderPages:
    """The pages of a folder in the order in which a committee reads them, and what could not be taken along."""

    title: str
    pages: list[Page]
    faults: list[Fault]
    left_out: tuple[str, ...]
    rewritten: tuple[str, ...]


def pages_of(folder: Path) -> FolderPages:
    """Return every table of a rules folder; raise RulesNotFound where it is none.

    `left_out` are files that are no table; `rewritten` the CSV files that are not in canonical form, whose content
    stays the same and whose bytes do not.
    """
    if not (folder / _REGION).is_file():
        raise RulesNotFound("RULES_NOT_FOUND", str(folder))
    reading = Folder(folder)
    pages: list[Page] = []
    left_out, rewritten = [], []
    for path in _files_of(reading):
        name = reading.name_of(path)
        if path.suffix == ".csv":
            rows = _rows_of(reading, path)
            pages.append(Page(Target(name), rows[0] if rows else [], [list(row) for row in rows[1:]]))
            rewritten += [] if csv_bytes(rows) == reading.content(path) else [name]
        elif path.suffix == ".toml":
            pages += _document_pages(name, reading.toml(path) or {})
        else:
            left_out.append(name)
    title = str((reading.toml(folder / _REGION) or {}).get("name", folder.name))
    return FolderPages(title, pages, reading.faults, tuple(left_out), tuple(rewritten))


def _files_of(reading: Folder) -> list[Path]:
    """Return the files, the region first and the long product lists last."""
    paths = [path for path in reading.matching("**/*") if not path.name.startswith(".")]

    def place(path: Path) -> tuple[bool, bool, str, bool, str]:
        is_list = path.parent == reading.path and path.suffix == ".csv"
        return path.name != _REGION, is_list, str(path.parent), path.suffix == ".csv", path.name

    return sorted(paths, key=place)


def _rows_of(reading: Folder, path: Path) -> list[list[str]]:
    """Return the cells of a CSV file, blank rows left out; a row that does not fit its header is a fault."""
    name, text = reading.name_of(path), reading.text(path) or ""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    rows: list[list[str]] = []
    for cells in reader:
        if rows and len(cells) != len(rows[0]) and cells:
            reading.fault("ROW_LENGTH", name, reader.line_num, found=len(cells), wanted=len(rows[0]))
        elif any(cells):
            rows.append(cells)
    for header in rows[:1]:
        if not all(cell.strip() for cell in header):
            reading.fault("COLUMN_NAMELESS", name, 1)
    return rows


def _document_pages(name: str, content: Mapping[str, Any]) -> list[Page]:
    lists = {key: value for key, value in content.items() if _is_list_of_tables(key, value)}
    fields = flattened({key: value for key, value in content.items() if key not in lists})
    pages = [Page(Target(name), ["field", "value"], [[field, value] for field, value in fields])] if fields else []
    return pages + [_list_page(Target(name, key), tables) for key, tables in lists.items()]


def _is_list_of_tables(key: str, value: Any) -> bool:
    # An empty table would be an empty row, and a sheet cannot tell that from nothing.
    is_list = isinstance(value, list) and bool(value) and all(isinstance(each, Mapping) and each for each in value)
    return is_list and re.fullmatch(r"[A-Za-z0-9_-]+", key) is not None


def _list_page(target: Target, tables: list[Mapping[str, Any]]) -> Page:
    rows = [dict(flattened(each)) for each in tables]
    header = list(dict.fromkeys(name for row in rows for name in row))
    return Page(target, header, [[row.get(name, "") for name in header] for row in rows])
