"""Read the XML parts of a workbook as a stream: no entities, no document type, no tree in memory."""

import re
import zlib
from collections.abc import Mapping
from typing import Protocol
from xml.parsers import expat
from zipfile import BadZipFile

from .archive import Archive

# What a part that is cut off, altered or made by hand can raise, from the zip up to the attributes of a cell.
_DAMAGED = (expat.ExpatError, ValueError, LookupError, EOFError, OSError, BadZipFile, zlib.error)
# Excel writes characters that XML cannot hold as _x000D_, and a text that looks like that with its own _ escaped.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NO_DATE_WORDS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.|General', re.IGNORECASE)


class Handler(Protocol):
    """What is told of each element, by its name without namespace."""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Take the beginning of an element."""
        ...

    def end(self, name: str) -> None:
        """Take the end of an element."""
        ...

    def text(self, text: str) -> None:
        """Take a piece of text."""
        ...


def read_part(archive: Archive, part: str, handler: Handler) -> None:
    """Tell `handler` of every element of a part; raise RulesInvalid where it is no XML or carries a document type."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        """Refuse a document type: entities are how a small file becomes a large one."""
        # A document type is where entities are declared; a workbook has no use for it.
        raise archive.unreadable("DOCTYPE")

    def begin(name: str, attributes: Mapping[str, str]) -> None:
        # Most programs write names without a prefix; where the root has one, so has every element.
        if ":" in name:
            parser.StartElementHandler = lambda name, attributes: handler.start(_local(name), attributes)
            parser.EndElementHandler = lambda name: handler.end(_local(name))
        else:
            parser.StartElementHandler, parser.EndElementHandler = handler.start, handler.end
        handler.start(_local(name), attributes)

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.CharacterDataHandler = handler.text
    try:
        with archive.open(part) as content:
            parser.ParseFile(content)
    except _DAMAGED as error:
        raise archive.unreadable(part) from error


class Elements:
    """Every element with its attributes, in order: for the small parts."""

    def __init__(self) -> None:
        """Start with none."""
        self.found: list[tuple[str, Mapping[str, str]]] = []

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Keep the element; its attributes lose their prefixes, which differ from program to program."""
        self.found.append((name, {_local(key): value for key, value in attributes.items()}))

    def end(self, name: str) -> None:
        """Nothing to do."""

    def text(self, text: str) -> None:
        """Nothing to do: the small parts say everything in attributes."""

    def named(self, name: str) -> list[Mapping[str, str]]:
        """Return the attributes of each element of this name."""
        return [attributes for found, attributes in self.found if found == name]


class SharedStrings:
    """The texts that cells refer to by number; phonetic guides are left out."""

    def __init__(self) -> None:
        """Start with none."""
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._in_text = self._in_phonetic = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Begin a string, a piece of it, or a phonetic guide beside it."""
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "t":
            self._in_text = not self._in_phonetic

    def end(self, name: str) -> None:
        """Keep a string that is complete."""
        if name == "si":
            self.strings.append(unescaped("".join(self._pieces)))
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        """Keep a piece of a string."""
        if self._in_text:
            self._pieces.append(text)


class DateStyles:
    """Which cell styles show a number as a date."""

    def __init__(self) -> None:
        """Start with none."""
        self.styles: set[int] = set()
        self._date_formats = set(_DATE_FORMATS)
        self._in_cell_styles = False
        self._n = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """Learn a number format, or the format of one more cell style."""
        if name == "numFmt" and has_date_words(attributes.get("formatCode", "")):
            self._date_formats.add(int(attributes["numFmtId"]))
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            if int(attributes.get("numFmtId", "0")) in self._date_formats:
                self.styles.add(self._n)
            self._n += 1

    def end(self, name: str) -> None:
        """Leave the cell styles."""
        if name == "cellXfs":
            self._in_cell_styles = False

    def text(self, text: str) -> None:
        """Nothing to do."""


def has_date_words(format_code: str) -> bool:
    """Tell whether a number format shows a day.

    >>> has_date_words("yyyy-mm-dd"), has_date_words('0.00 "dagen"'), has_date_words("dd-mm-jjjj")
    (True, False, True)
    """
    return re.search("[ydj]", _NO_DATE_WORDS.sub("", format_code), re.IGNORECASE) is not None


def unescaped(text: str) -> str:
    """Return a text as it was before Excel escaped what XML cannot hold.

    >>> unescaped("a_x000D_b"), unescaped("_x005F_x0041_")
    ('a\\rb', '_x0041_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _local(name: str) -> str:
    return name.rpartition(":")[2]
