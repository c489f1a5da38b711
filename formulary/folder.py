"""Read the files of a rules folder once: bytes to documents, every fault noted with its place, nothing raised."""

import csv
import hashlib
import io
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .documents import Document
from .errors import Fault

if TYPE_CHECKING:
    from _csv import Reader

AnyDocument = TypeVar("AnyDocument", bound=Document)

# What pydantic calls a mistake, and what we call it in `sentences.toml`.
_CODES = {
    "missing": "MISSING",
    "string_too_short": "MISSING",
    "too_short": "MISSING",
    "extra_forbidden": "UNKNOWN_FIELD",
    "greater_than_equal": "TOO_SMALL",
    "less_than_equal": "TOO_LARGE",
    "enum": "NOT_ONE_OF",
    "literal_error": "NOT_ONE_OF",
    "string_pattern_mismatch": "BAD_PATTERN",
}


class Folder:
    """A rules folder being read: collects checksums and faults on the way."""

    def __init__(self, path: Path) -> None:
        """Start at `path`; nothing is read yet."""
        self.path = path
        self.faults: list[Fault] = []
        self.checksums: dict[str, str] = {}

    def name_of(self, path: Path) -> str:
        """Return how a file is named in faults and checksums: relative to the folder, with forward slashes."""
        return path.relative_to(self.path).as_posix() if path.is_relative_to(self.path) else path.name

    def fault(self, code: str, file: str, row: int | None = None, column: str | None = None, **values: object) -> None:
        """Note one fault."""
        self.faults.append(Fault(code, file, row, column, values))

    def has(self, path: Path) -> bool:
        """Tell whether there is this file."""
        return path.is_file()

    def matching(self, pattern: str) -> list[Path]:
        """Return the files whose name in the folder fits the pattern, in the order of their names."""
        return sorted(path for path in self.path.glob(pattern) if path.is_file())

    def content(self, path: Path) -> bytes | None:
        """Return a file's bytes, or nothing and a fault; the one place where a rules file is opened."""
        try:
            return path.read_bytes()
        except OSError:
            self.fault("FILE_MISSING", self.name_of(path))
            return None

    def placed(self) -> list[Fault]:
        """Return every fault with the place that people know: here the file itself, in a workbook the sheet."""
        return self.faults

    def text(self, path: Path) -> str | None:
        """Return a file's text (UTF-8, or Windows-1252 as a Dutch Excel writes it), or nothing and a fault."""
        name = self.name_of(path)
        content = self.content(path)
        if content is None:
            return None
        self.checksums[name] = hashlib.sha256(content).hexdigest()
        if b"\0" in content:
            self.fault("FILE_NOT_TEXT", name)
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("cp1252", errors="replace")

    def toml(self, path: Path) -> dict[str, Any] | None:
        """Return a TOML file as a dictionary, or nothing and a fault."""
        text = self.text(path)
        if text is None:
            return None
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            self.fault("TOML_INVALID", self.name_of(path), detail=str(error))
            return None

    def document(self, path: Path, kind: type[AnyDocument]) -> AnyDocument | None:
        """Return a TOML file as a document, or nothing and its faults."""
        content = self.toml(path)
        return None if content is None else self.valid(kind, content, self.name_of(path))

    def tables(self, path: Path, kinds: Mapping[str, type[Document]]) -> list[Document]:
        """Return every `[[table]]` of a TOML file as a document of its kind; those with faults are left out."""
        content = self.toml(path)
        if content is None:
            return []
        name = self.name_of(path)
        for unknown in sorted(set(content) - set(kinds)):
            self.fault("UNKNOWN_FIELD", name, column=unknown, value=unknown)
        for table in kinds:
            if not isinstance(content.get(table, []), list):
                self.fault("NOT_TABLES", name, column=table)
        listed = {table: each for table, each in content.items() if isinstance(each, list)}
        found = [
            self.valid(kind, each, name, None, f"{table}[{n}].")
            for table, kind in kinds.items()
            for n, each in enumerate(listed.get(table, []), 1)
        ]
        return [each for each in found if each is not None]

    def rows(self, path: Path, kind: type[AnyDocument]) -> list[tuple[int, AnyDocument]]:
        """Return every row of a CSV file as a document, with its row number; those with faults are left out."""
        name = self.name_of(path)
        validated = [(row_no, self.valid(kind, row, name, row_no)) for row_no, row in self.table(path)]
        return [(row_no, each) for row_no, each in validated if each is not None]

    def table(self, path: Path) -> list[tuple[int, dict[str, str]]]:
        """Return a CSV file's rows with their row number (header = 1); blank cells are left out, as not given."""
        text = self.text(path)
        if text is None:
            return []
        name = self.name_of(path)
        header_line = text.partition("\n")[0]
        delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
        # A text file of any system: the reader takes only the line ends it knows, and no others within a cell.
        read = csv.reader(io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n")), delimiter=delimiter)
        rows = self._readable(name, read)
        _, header_cells = next(rows, (1, []))
        header = [cell.strip() for cell in header_cells]
        for double in sorted({cell for cell in header if header.count(cell) > 1}):
            self.fault("COLUMN_TWICE", name, 1, double)
        table = []
        for row_no, written in rows:
            cells = [cell.strip() for cell in written]
            if not any(cells):
                continue
            if len(cells) != len(header):
                self.fault("ROW_LENGTH", name, row_no, found=len(cells), wanted=len(header))
                continue
            table.append((row_no, {key: cell for key, cell in zip(header, cells, strict=True) if cell}))
        return table

    def _readable(self, name: str, rows: "Reader") -> Iterator[tuple[int, list[str]]]:
        """Give the rows with their numbers, up to one that cannot be read at all, which is a fault."""
        try:
            for cells in rows:
                yield rows.line_num, cells
        except csv.Error as error:
            self.fault("CSV_UNREADABLE", name, rows.line_num, detail=str(error))

    def valid(
        self,
        kind: type[AnyDocument],
        content: Mapping[str, Any],
        name: str,
        row: int | None = None,
        within: str = "",
    ) -> AnyDocument | None:
        """Return the content as a document, or nothing and one fault for each thing wrong with it."""
        try:
            return kind.model_validate(content)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self.faults.append(_fault_of(detail, name, row, within))
            return None


def _fault_of(detail: ErrorDetails, name: str, row: int | None, within: str) -> Fault:
    # People count from 1, and so does every other place we name.
    steps = [part + 1 if isinstance(part, int) else part for part in detail["loc"]]
    column = within + ".".join(str(step) for step in steps) or None
    context = {key: str(value) for key, value in detail.get("ctx", {}).items()}
    value = "" if detail["type"] == "missing" else str(detail["input"])[:60]
    return Fault(_code_of(detail["type"]), name, row, column, {**context, "value": value, "detail": detail["msg"]})


def _code_of(kind: str) -> str:
    if kind.isupper():
        return kind
    if kind.startswith(("date_", "datetime_")):
        return "NOT_A_DATE"
    if kind.startswith("int_"):
        return "NOT_A_NUMBER"
    return _CODES.get(kind, "NOT_UNDERSTOOD")
