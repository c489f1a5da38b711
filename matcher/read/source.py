"""What a reader is given: one file with its name, its first bytes, and what whoever asked said about reading it."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ..errors import FileUnusable

IN_MEMORY_MAX = 1 << 30


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
    """One file to be read, by itself or packed in an archive.

    `name` is how it is called in results, `start` its first bytes (unpacked), `workspace` a folder of its own.
    One that was asked for by name must be lines; one that was found in a folder or archive may be something else.
    """

    name: str
    start: bytes = field(repr=False)
    sha256: str
    workspace: Path
    reading: Reading
    open: Callable[[], BinaryIO] = field(repr=False)
    path: Path | None = None
    is_named: bool = False

    @property
    def beginning(self) -> bytes:
        """Return the first bytes without a byte order mark and white space: what tells a format."""
        return self.start.removeprefix(b"\xef\xbb\xbf").lstrip()

    def content(self) -> Path | io.BytesIO:
        """Return what can be read from any place in it: the file itself, or what was packed, in memory.

        What was packed is not written to disk: nobody would know what stands in it.
        """
        if self.path is not None:
            return self.path
        with self.open() as packed:
            content = packed.read(IN_MEMORY_MAX + 1)
        if len(content) > IN_MEMORY_MAX:
            raise FileUnusable("TOO_LARGE_FOR_MEMORY", self.name)
        return io.BytesIO(content)
