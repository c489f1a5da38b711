"""Read files of dispensing lines, each format in its own room: what was written, and where."""

from .found import Note
from .layout import ClaimLayout, ClaimRecord, claim_layouts
from .lines import FileRead, LinesRead, read_lines
from .source import Reading

__all__ = ["ClaimLayout", "ClaimRecord", "FileRead", "LinesRead", "Note", "Reading", "claim_layouts", "read_lines"]
