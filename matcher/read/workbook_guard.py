"""Look an .xlsx through before it is read: how much it will become, and which cells have no value.

Everything is read as a stream and searched as text, because a tree of a sheet would cost more than the sheet. What
all of a sheet is searched for is searched for by polars, whose expressions are many times as fast as those of Python.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.parsers import expat

import polars as pl

from ..errors import FileUnusable

_PARTS_MAX, _UNPACKED_MAX = 5_000, 1_500_000_000
_RATIO_MAX, _RATIO_FROM = 200, 1 << 26
_LETTERS_MAX = 9
_CELLS_MAX = 20_000_000  # rows times columns: the native reader gives a place to every cell between the outermost
_TEXT_MAX = 1_000_000_000  # bytes that the cells hold when each has its own copy of a shared text
_STEP_MAX, _BLOCK = 1 << 20, 1 << 22
_SMALL_PART_MAX = 10_000_000
_IS_ENCRYPTED = 0x1
_WORKBOOK, _RELATIONS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"
_MACROS = "xl/vbaProject.bin"
# Programs write a cell as `<c r="B7"`, and near the corner: what is written otherwise or is far is looked at closely.
_TAG = r"<(?:[A-Za-z][A-Za-z0-9_.-]*:)?"
_ODD = rf"""{_TAG}(?:c|row)(?:[/>\t\r\n]| [^r]| r[^=]| r=[^"])"""
_USUAL_CELL = 'c r="'
_FAR = r' r="(?:[B-Zb-z][A-Za-z]|[A-Za-z]{3}|[A-Za-z]{0,2}[0-9]{6})[A-Za-z]*[0-9]*'
_NEAR_ROWS, _NEAR_COLUMNS = 99_999, 52
_SPACE = r"[ \t\r\n]"
_ANY = rf"""{_SPACE}r{_SPACE}*={_SPACE}*["'][A-Za-z]*[0-9]*"""
_ELEMENT, _ROW = rf"{_TAG}(?:c|row)[ \t\r\n/>]", rf"{_TAG}row[ \t\r\n/>]"
_ATTRIBUTE = rf"""{_SPACE}+[A-Za-z0-9_.:-]+{_SPACE}*={_SPACE}*(?:"[^"<]*"|'[^'<]*')"""
_PLACED = rf"""{_TAG}(?:c|row)(?:{_ATTRIBUTE})*?{_SPACE}+r{_SPACE}*={_SPACE}*["'][A-Za-z]*[0-9]+["']"""
_MAY_BE_FAULTY = r"""t=["']e|[<:]f"""
_BETWEEN_ROWS = re.compile(rb"[<:]row\b")
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_IS_ERROR, _IS_TEXT = re.compile(rb"""\bt=["']e["']"""), re.compile(rb"""\bt=["']str["']""")
_HAS_FORMULA, _HAS_VALUE = re.compile(rb"<(?:\w+:)?f\b"), re.compile(rb"<(?:\w+:)?v\b[^>/]*>[^<]")
_SHARED = re.compile(rb"""\bt\s*=\s*["']s["'][^>]*>\s*<(?:\w+:)?v[^>]*>\s*([0-9]+)""")


class Place(NamedTuple):
    """A cell by its row and column, both counting from 1."""

    row: int
    column: int


@dataclass
class Looked:
    """What was seen in a workbook: the part of each sheet by its name, cells without value by part, and the rest."""

    parts: Mapping[str, str]
    is_1904: bool
    has_macros: bool
    faults: dict[str, list[Place]] = field(default_factory=dict)
    beginnings: dict[str, bytes] = field(default_factory=dict)

    def first_filled(self, part: str, row: int) -> int:
        """Return the first column (from 1) of a row near the top that holds something."""
        found = re.search(rb'<(?:\w+:)?row\b[^>]*\br="%d".*?</(?:\w+:)?row>' % row, self.beginnings[part], re.DOTALL)
        cells = _CELL.findall(found[0]) if found else []
        filled = [_place(attributes) for attributes, content in cells if b"<" in content]
        return min((place.column for place in filled if place is not None), default=1)


def look_through(content: bytes, name: str) -> Looked:
    """Return what is in a workbook; raise FileUnusable where it would become too much, is locked, or carries entities.

    Raises what `zipfile` raises where the workbook is damaged.
    """
    look_through_sizes(content, name)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        looked = _overview(archive, name)
        longest = _longest_text(archive, name)
        for part in sorted(set(looked.parts.values())):
            if part not in archive.NameToInfo:
                raise FileUnusable("WORKBOOK_BROKEN", name)
            n_cells = _look_through_sheet(archive, part, name, looked)
            if n_cells * longest > _TEXT_MAX and _text_bytes(archive, part, name) > _TEXT_MAX:
                raise FileUnusable("WORKBOOK_TOO_LARGE", name)
    return looked


def look_through_sizes(content: bytes, name: str) -> None:
    """Raise FileUnusable where the zip of a workbook is locked, odd, or unpacks to too much."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
    if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
        raise FileUnusable("WORKBOOK_LOCKED", name)
    unpacked = sum(part.file_size for part in parts)
    is_bomb = unpacked > _RATIO_FROM and unpacked > len(content) * _RATIO_MAX
    if unpacked > _UNPACKED_MAX or len(parts) > _PARTS_MAX or is_bomb:
        raise FileUnusable("WORKBOOK_TOO_LARGE", name)
    # Two parts of one name are read differently by different programs.
    if len({part.filename for part in parts}) < len(parts):
        raise FileUnusable("WORKBOOK_BROKEN", name)


def _overview(archive: zipfile.ZipFile, name: str) -> Looked:
    sheets, targets, is_1904 = list[tuple[str, str]](), dict[str, str](), False
    for tag, attributes in [*_elements(archive, _WORKBOOK, name), *_elements(archive, _RELATIONS, name)]:
        if tag == "sheet":
            sheets.append((attributes.get("name", ""), attributes.get("id", "")))
        elif tag == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")
        elif tag == "workbookPr":
            is_1904 = attributes.get("date1904") in ("1", "true")
    found = {sheet: targets.get(relation, "") for sheet, relation in sheets}
    parts = {sheet: part.lstrip("/") if part.startswith("/") else f"xl/{part}" for sheet, part in found.items()}
    return Looked(parts, is_1904, _MACROS in archive.NameToInfo)


def _elements(archive: zipfile.ZipFile, part: str, name: str) -> list[tuple[str, dict[str, str]]]:
    """Return every element of a small part, names without prefix."""
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: found.append(
        (tag.rpartition(":")[2], {key.rpartition(":")[2]: value for key, value in attributes.items()})
    )
    with archive.open(part) as file:
        content = file.read(_SMALL_PART_MAX)
    if b"<!DOCTYPE" in content:
        raise FileUnusable("WORKBOOK_BROKEN", name)
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise FileUnusable("WORKBOOK_BROKEN", name) from error
    return found


def _steps(archive: zipfile.ZipFile, part: str, name: str, end: bytes) -> Iterator[bytes]:
    """Give a part in pieces that each end with `end`; no element in it may be longer than a step."""
    rest = b""
    with archive.open(part) as file:
        while block := file.read(_BLOCK):
            joined = rest + block
            # One sign is found many times as fast as several, and a sheet seldom has this one.
            is_declared = b"!" in joined and (b"<!DOCTYPE" in joined or b"<!ENTITY" in joined)
            if is_declared or b"\0" in joined:
                raise FileUnusable("WORKBOOK_BROKEN", name)
            whole, found, rest = joined.rpartition(end)
            if len(rest) > _STEP_MAX + _BLOCK:
                raise FileUnusable("WORKBOOK_TOO_LARGE", name)
            yield whole + found
    yield rest


def _longest_text(archive: zipfile.ZipFile, name: str) -> int:
    if _STRINGS not in archive.NameToInfo:
        return 0
    length = pl.col("text").str.split("</si>").explode().str.len_bytes().max()
    return max((int(_seen(step, length)[0]) for step in _steps(archive, _STRINGS, name, b"</si>")), default=0)


def _look_through_sheet(archive: zipfile.ZipFile, part: str, name: str, looked: Looked) -> int:
    """Note the cells of a sheet that have no value, and return how many cells there are; refuse a sheet too wide."""
    n_cells, is_odd, ends = 0, False, [Place(_NEAR_ROWS, _NEAR_COLUMNS)]
    faults = looked.faults.setdefault(part, [])
    text = pl.col("text").str
    asked = text.contains(_ODD), text.contains(_MAY_BE_FAULTY), text.count_matches(_USUAL_CELL), text.extract_all(_FAR)
    for step in _steps(archive, part, name, b"</row>"):
        looked.beginnings.setdefault(part, step[:_BLOCK])
        has_odd, may_be_faulty, n_usual, far = _seen(step, *asked)
        n_cells += _seen(step, text.count_matches(_ELEMENT))[0] if has_odd else n_usual
        is_odd = is_odd or has_odd
        ends.append(_outermost(far))
        if may_be_faulty:
            faults += _without_value(step)
    if (is_odd or _rectangle(ends) > _CELLS_MAX) and _exact_cells(archive, part, name) > _CELLS_MAX:
        raise FileUnusable("WORKBOOK_TOO_LARGE", name)
    return n_cells


def _seen(step: bytes, *asked: pl.Expr) -> tuple[Any, ...]:
    """Return what each expression says of a step; in what is no UTF-8 the signs of XML are still where they were."""
    text = pl.Series("text", [step], dtype=pl.Binary()).cast(pl.String, strict=False)
    text = text if text.null_count() == 0 else pl.Series("text", [step.decode("latin-1")])
    return text.to_frame().select(each.alias(str(n)) for n, each in enumerate(asked)).row(0)


def _outermost(places: Sequence[str]) -> Place:
    """Return the highest row and the highest column of these; 0 where there are none."""
    at = pl.Series("at", places, dtype=pl.String).to_frame()
    row = pl.col("at").str.extract(r"([0-9]{1,18})$").cast(pl.Int64).max()
    letters = pl.col("at").str.extract(r"""["']([A-Za-z]+)""").str.to_uppercase().drop_nulls().unique().implode()
    far, columns = at.select(row.alias("row"), letters.alias("letters")).row(0)
    return Place(far or 0, max((_column(each[:_LETTERS_MAX].encode()) for each in columns), default=0))


def _rectangle(places: Sequence[Place]) -> int:
    return max(place.row for place in places) * max(place.column for place in places)


def _exact_cells(archive: zipfile.ZipFile, part: str, name: str) -> int:
    """Return how many cells lie between the outermost; one that does not say where it is comes after the one before."""
    ends, is_unplaced, n_rows, widest = [Place(0, 0)], False, 0, 0
    text = pl.col("text").str
    asked = text.extract_all(_ANY), *(text.count_matches(each) for each in (_PLACED, _ELEMENT, _ROW))
    for step in _steps(archive, part, name, b"</row>"):
        places, n_placed, n_elements, rows = _seen(step, *asked)
        ends.append(_outermost(places))
        is_unplaced = is_unplaced or n_placed < n_elements
        n_rows += rows
        widest = max(widest, *(row.count(b"<c") + row.count(b":c") for row in _BETWEEN_ROWS.split(step)))
    if not is_unplaced:
        return _rectangle(ends)
    return (max(place.row for place in ends) + n_rows) * (max(place.column for place in ends) + widest)


def _text_bytes(archive: zipfile.ZipFile, part: str, name: str) -> int:
    """Return how many bytes the shared texts of a sheet are once each cell has its own."""
    told = Counter(int(n) for step in _steps(archive, part, name, b"</row>") for n in _SHARED.findall(step))
    texts = (text for step in _steps(archive, _STRINGS, name, b"</si>") for text in step.split(b"</si>"))
    return sum(len(text) * told[n] for n, text in enumerate(texts))


def _without_value(step: bytes) -> Sequence[Place]:
    places = []
    for attributes, content in _CELL.findall(step):
        is_unworked = _HAS_FORMULA.search(content) and not (_HAS_VALUE.search(content) or _IS_TEXT.search(attributes))
        place = _place(attributes)
        if place is not None and (is_unworked or _IS_ERROR.search(attributes)):
            places.append(place)
    return places


def _place(attributes: bytes) -> Place | None:
    found = _PLACE.search(attributes)
    return None if found is None else Place(int(found[2]), _column(found[1]))


def _column(letters: bytes) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return column
