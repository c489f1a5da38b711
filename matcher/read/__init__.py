"""Read files of dispensing lines, each format in its own room: what was written, and where."""

from .lines import FileRead, LinesRead, read_lines

__all__ = ["FileRead", "LinesRead", "read_lines"]
