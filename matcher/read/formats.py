"""Which format a file is in, told by its content and never by its name, and who reads it.

A new format is one more `Format`: what its content begins with, and a function from `Source` to `Found`.
"""

from collections.abc import Callable
from typing import NamedTuple

from ..errors import FileUnusable
from .ap304 import is_ap304, read_ap304
from .columnar import read_arrow_file, read_arrow_stream, read_parquet
from .delimited import read_delimited
from .excel import is_workbook, read_excel
from .fhir import is_fhir, read_fhir
from .found import Found
from .source import Source

# What is told apart and not read; anything else is taken for text.
_NOT_READ = {
    b"PK": "Word / PowerPoint",
    b"%PDF": "PDF",
    b"<": "HTML / XML",
    b"{": "JSON",
}


class Format(NamedTuple):
    """A format of lines: its name, how its content is told, and who reads it."""

    name: str
    is_it: Callable[[Source], bool]
    read: Callable[[Source], Found]


def _begins(magic: bytes) -> Callable[[Source], bool]:
    return lambda source: source.start.startswith(magic)


def _is_text(source: Source) -> bool:
    return not any(source.beginning.startswith(magic) for magic in _NOT_READ)


# The first that recognises the content reads it: text, which can be nearly anything, comes last.
FORMATS = (
    Format("Parquet", _begins(b"PAR1"), read_parquet),
    Format("Arrow", _begins(b"ARROW1"), read_arrow_file),
    Format("Arrow", _begins(b"\xff\xff\xff\xff"), read_arrow_stream),
    Format("Excel", is_workbook, read_excel),
    Format("FHIR", is_fhir, read_fhir),
    Format("AP304", is_ap304, read_ap304),
    Format("CSV", _is_text, read_delimited),
)


def format_of(source: Source) -> Format:
    """Return the format of a file, or raise FileUnusable with the format that it has and we do not read."""
    for each in FORMATS:
        if each.is_it(source):
            return each
    kind = next(kind for magic, kind in _NOT_READ.items() if source.beginning.startswith(magic))
    raise FileUnusable("FORMAT_NOT_READ", source.name, kind=kind)
