"""What a reader is given: one file with its name, its first bytes, and what whoever asked said about reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Reading:
    """How files are to be read.

    `workspace` is a folder for what has to be converted on the way; it must live as long as the lines do. What is
    written there is under `key`: patients are pseudonyms in it. `header_map` says what headers mean that we do not
    know (theirs -> ours), and `sheet` which sheet of a workbook is meant.
    """

    workspace: Path
    key: bytes = field(repr=False)
    header_map: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None


@dataclass(frozen=True)
class Source:
    """One file to be read: where it lies, how it is called in results, its first bytes, and a workspace of its own."""

    path: Path
    name: str
    start: bytes = field(repr=False)
    workspace: Path
    reading: Reading

    @property
    def beginning(self) -> bytes:
        """Return the first bytes without a byte order mark and white space: what tells a format."""
        return self.start.removeprefix(b"\xef\xbb\xbf").lstrip()
