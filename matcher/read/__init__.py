"""Read files of dispensing lines, each format in its own room: what was written, and where."""

from .found import Note
from .lines import FileRead, LinesRead, read_lines
from .source import Reading

__all__ = ["FileRead", "LinesRead", "Note", "Reading", "read_lines"]
