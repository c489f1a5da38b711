"""Read files of dispensing lines, each format in its own room: what was written, and where."""

from .explained import ColumnExplained, explained
from .found import Note
from .layout import ClaimLayout, ClaimRecord, claim_layouts
from .lines import FileRead, LinesRead, read_lines
from .source import Reading

__all__ = [
    "ClaimLayout",
    "ClaimRecord",
    "ColumnExplained",
    "FileRead",
    "LinesRead",
    "Note",
    "Reading",
    "claim_layouts",
    "explained",
    "read_lines",
]
