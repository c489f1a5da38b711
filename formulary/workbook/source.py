"""A workbook read as if it were a rules folder: the same files; faults name sheet and cell."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import _SENTENCES, Fault
from ..folder import Folder
from ..sentences import Language
from .archive import Archive
from .cells import Problem, Sheet, Values, read_sheet
from .contents import Places, csv_of, fields_of, list_of, text_of
from .naming import INDEX_SHEETS, Target, sheet_name, target_as_listed, target_by_name
from .toml_text import toml_text
from .xml_parts import DateStyles, Elements, SharedStrings, read_part

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_STRINGS, _STYLES = "xl/sharedStrings.xml", "xl/styles.xml"
# Excel counts days from 1900 and holds 1900 for a leap year; older Macintosh workbooks count from 1904.
_DAY_ZERO, _DAY_ZERO_1904 = date(1899, 12, 30), date(1904, 1, 1)


@dataclass(frozen=True)
class SheetFault(Fault):
    """One thing that is wrong in a workbook, with its place: sheet and cell, or the row and column it lacks."""

    sheet: str | None = None
    cell: str | None = None

    def sentence(self, language: Language = Language.EN) -> str:
        """Return the place and the sentence, in the language asked for."""
        places = (("SHEET", "sheet"), ("CELL", "cell"), ("ROW", "row"), ("COLUMN", "column"))
        place = self.file
        for code, name in places:
            value = getattr(self, name)
            if value is not None and (self.cell is None or name in {"sheet", "cell"}):
                place += _SENTENCES.say(f"PLACE_{code}", language, **{name: value})
        return f"{place}: {_SENTENCES.say(self.code, language, **self.values)}"


def open_rules(path: Path) -> Folder:
    """Return a rules folder, or a workbook to be read as one; raise RulesInvalid for a file that is no workbook."""
    return Workbook(path) if path.is_file() else Folder(path)


class Workbook(Folder):
    """A workbook being read as a rules folder: its files are made of sheets, each when it is asked for."""

    def __init__(self, path: Path) -> None:
        """Open the workbook and see which sheets it has; no table is read yet."""
        super().__init__(path)
        self._archive = Archive(path)
        self.checksums[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
        if self._archive.has_macros():
            self._note(Problem("MACROS", None, {}), None)
        self._parts = self._sheet_parts()
        self._targets = self._sheet_targets()
        self._places: dict[Target, Places] = {}

    def files(self) -> list[str]:
        """Return the names of the files that the sheets make."""
        return sorted({target.file for target in self._targets})

    def has(self, path: Path) -> bool:
        """Tell whether the workbook has this file."""
        return self.name_of(path) in self.files()

    def matching(self, pattern: str) -> list[Path]:
        """Return the files whose name in the folder fits the pattern; a `*` stays within one part of a name."""
        depth = len(PurePosixPath(pattern).parts)
        names = [PurePosixPath(name) for name in self.files()]
        return [self.path / name for name in names if len(name.parts) == depth and name.match(pattern)]

    def content(self, path: Path) -> bytes | None:
        """Return a file made of its sheets: a table as CSV, a document as TOML; or nothing and a fault."""
        if not path.is_relative_to(self.path):  # a catalogue named beside the workbook
            return super().content(path)
        file = self.name_of(path)
        sheets = {target: name for target, name in self._targets.items() if target.file == file}
        if not sheets:
            self._note(Problem("SHEET_MISSING", None, {}), sheet_name(Target(file), ()))
            return None
        if file.endswith(".csv"):
            return self._csv(*next(iter(sheets.items())))
        document: dict[str, Any] = {}
        for target, name in sorted(sheets.items(), key=lambda each: each[0].array is not None):
            document |= self._document(target, name)
        return toml_text(document).encode()

    def placed(self) -> list[Fault]:
        """Return every fault, those of files with the sheet and cell they come from."""
        return [fault if isinstance(fault, SheetFault) else self._placed(fault) for fault in self.faults]

    def _csv(self, target: Target, name: str) -> bytes:
        sheet = self._sheet(name)
        content, self._places[target] = csv_of(sheet)
        self._note_all(sheet)
        return content

    def _document(self, target: Target, name: str) -> Mapping[str, Any]:
        sheet = self._sheet(name)
        if target.array is None:
            content, self._places[target] = fields_of(sheet)
        else:
            tables, self._places[target] = list_of(sheet)
            content = {target.array: tables} if tables else {}
        self._note_all(sheet)
        return content

    def _sheet(self, name: str) -> Sheet:
        return read_sheet(self._archive, self._parts[name], name, self._values)

    @cached_property
    def _values(self) -> Values:
        strings, styles = SharedStrings(), DateStyles()
        for part, handler in ((_STRINGS, strings), (_STYLES, styles)):
            if self._archive.has(part):
                read_part(self._archive, part, handler)
        is_1904 = any(each.get("date1904") in {"1", "true"} for each in self._overview.named("workbookPr"))
        return Values(strings.strings, styles.styles, _DAY_ZERO_1904 if is_1904 else _DAY_ZERO)

    @cached_property
    def _overview(self) -> Elements:
        overview = Elements()
        read_part(self._archive, _WORKBOOK, overview)
        return overview

    def _sheet_parts(self) -> dict[str, str]:
        """Return the part of each sheet by its name, in the order of the tabs; hidden sheets are a fault."""
        relations = Elements()
        read_part(self._archive, _RELATIONS, relations)
        parts = {each.get("Id"): each.get("Target", "") for each in relations.named("Relationship")}
        found = {}
        for sheet in self._overview.named("sheet"):
            name, part = sheet.get("name", ""), parts.get(sheet.get("id"), "")
            if sheet.get("state", "visible") != "visible":
                self._note(Problem("HIDDEN_SHEET", None, {}), name)
            found[name] = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
        return found

    def _sheet_targets(self) -> dict[Target, str]:
        """Return the sheet of each file: as the first sheet lists it, else by its name; others are a fault."""
        listed = self._listed()
        targets: dict[Target, str] = {}
        for name in self._parts:
            if name in INDEX_SHEETS.values():
                continue
            target = listed.get(name) or target_by_name(name)
            if target is None:
                self._note(Problem("SHEET_UNKNOWN", None, {}), name)
            elif target in targets:
                self._note(Problem("SHEET_TWICE", None, {"other": targets[target]}), name)
            else:
                targets[target] = name
        return targets

    def _listed(self) -> dict[str, Target]:
        found = {}
        for index in set(INDEX_SHEETS.values()) & set(self._parts):
            for row in self._sheet(index).rows.values():
                name, target = text_of(row.get(1, "")), target_as_listed(text_of(row.get(2, "")))
                if name in self._parts and target is not None:
                    found[name] = target
        return found

    def _note_all(self, sheet: Sheet) -> None:
        for problem in sheet.problems:
            self._note(problem, sheet.name)

    def _note(self, problem: Problem, sheet: str | None) -> None:
        fault = SheetFault(problem.code, self.path.name, values=problem.values, sheet=sheet, cell=problem.cell)
        if fault not in self.faults:  # a table that is read twice is wrong once
            self.faults.append(fault)

    def _placed(self, fault: Fault) -> SheetFault:
        steps = tuple(re.findall(r'[^.\[\]{}"]+', fault.column or ""))
        found = [(target, name) for target, name in self._targets.items() if target.file == fault.file]
        if not found:
            return SheetFault(fault.code, self.path.name, None, fault.column, fault.values)
        places, row, steps = self._place(found, fault, steps)
        cell = _cell_at(places, row, steps)
        return SheetFault(fault.code, self.path.name, row, fault.column, fault.values, sheet=places.sheet, cell=cell)

    def _place(
        self, found: list[tuple[Target, str]], fault: Fault, steps: tuple[str, ...]
    ) -> tuple[Places, int | None, tuple[str, ...]]:
        """Return the places of the sheet that a fault is about, its row there, and what is left of its field."""
        for target, name in found:
            places = self._places.get(target, Places(name))
            # A field of a list stands in the sheet of that list: `parts.2.indicator`, or by an id `PPI.composite`.
            if len(steps) > 1 and target.array == steps[0] and steps[1].isdigit():
                return places, places.rows.get(int(steps[1])), steps[2:]
            if len(steps) > 1 and steps[0] in places.ids:
                return places, places.ids[steps[0]], steps[1:]
        # Anything else stands in the sheet of the document itself, or in the list of the same name as the file.
        target, name = min(found, key=lambda each: (each[0].array is not None, each[0].array != Path(fault.file).stem))
        row = None if fault.row is None else self._places.get(target, Places(name)).rows.get(fault.row)
        return self._places.get(target, Places(name)), row, steps


def _cell_at(places: Places, row: int | None, steps: tuple[str, ...]) -> str | None:
    """Return the cell of a field; a place inside a list that stands in one cell is that cell."""
    for length in range(len(steps), 0, -1):
        if row is not None and steps[:length] in places.columns:
            return f"{places.columns[steps[:length]]}{row}"
        if steps[:length] in places.cells:
            return places.cells[steps[:length]]
    return None
