"""Open a workbook and give the cells of its sheets as text, without letting a workbook made to do harm do it.

An .xlsx is looked through before the native reader sees it (`workbook_guard`), so that what it will cost is known. Of
the older and rarer kinds that cannot be told beforehand: they are read by a process of their own, which may be ended.
"""

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ..errors import FileUnusable
from .source import Source
from .workbook_child import frames_of
from .workbook_guard import Looked, Place, look_through, look_through_sizes

OLD_MAGIC = bytes.fromhex("d0cf11e0")  # .xls, and any workbook with a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SIZE_MAX = 300_000_000
_CHILD = Path(__file__).with_name("workbook_child.py")
_SECONDS, _SECONDS_PER_MB = 9, 4
DAMAGED = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    RuntimeError,
    NotImplementedError,
    ValueError,
    LookupError,
)


class Sheet(NamedTuple):
    """One sheet: its cells as text (a row a row of the sheet, from the first), and where its part lies."""

    name: str
    is_visible: bool
    cells: pl.DataFrame
    part: str = ""


@dataclass(frozen=True)
class Workbook:
    """The sheets of a workbook; of an .xlsx also what was seen when it was looked through."""

    sheets: Sequence[Sheet]
    looked: Looked | None = None

    def faults_in(self, sheet: Sheet) -> Sequence[Place]:
        """Return the cells of a sheet that hold an error, or a formula that was never worked out."""
        return () if self.looked is None else self.looked.faults.get(sheet.part, ())


def kind_of(source: Source) -> str | None:
    """Return which kind of workbook this is (xlsx, xlsb, ods, xls, other), or nothing where it is none."""
    if source.start.startswith(OLD_MAGIC):
        return "xls"
    if not source.start.startswith(b"PK"):
        return None
    with source.open() as file, zipfile.ZipFile(file) as archive:  # that it can be read was seen when it was found
        parts = set(archive.namelist())
    kinds = {"xl/workbook.xml": "xlsx", "xl/workbook.bin": "xlsb", "content.xml": "ods"}
    return next((kind for part, kind in kinds.items() if part in parts), "other")


def open_workbook(source: Source, kind: str) -> Workbook:
    """Return the sheets of a workbook, or raise FileUnusable with why it cannot or may not be read."""
    content = _content(source)
    if kind == "xls" and _ENCRYPTED in content:
        raise FileUnusable("WORKBOOK_LOCKED", source.name)
    try:
        if kind != "xlsx":
            return Workbook(_read_apart(content, kind, source.name))
        looked = look_through(content, source.name)
        sheets = [Sheet(name, visible, cells, looked.parts.get(name, "")) for name, visible, cells in _read(content)]
    except DAMAGED as error:
        raise FileUnusable("WORKBOOK_BROKEN", source.name) from error
    return Workbook(sheets, looked)


def _content(source: Source) -> bytes:
    with source.open() as file:
        content = file.read(_SIZE_MAX + 1)
    if len(content) > _SIZE_MAX:
        raise FileUnusable("WORKBOOK_TOO_LARGE", source.name)
    return content


def _read(content: bytes) -> list[tuple[str, bool, pl.DataFrame]]:
    try:
        return list(frames_of(content))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the native reader is no Exception
        raise ValueError(type(error).__name__) from error


def _read_apart(content: bytes, kind: str, name: str) -> list[Sheet]:
    """Return the sheets as another process read them: what goes wrong in it goes wrong there."""
    if kind != "xls":
        look_through_sizes(content, name)
    seconds = _SECONDS + _SECONDS_PER_MB * (len(content) >> 20)
    # -P: no module is taken from the folder where the command happens to run.
    command = [sys.executable, "-P", str(_CHILD)]
    try:
        ended = subprocess.run(command, input=content, capture_output=True, timeout=seconds, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise FileUnusable("WORKBOOK_TOO_LARGE", name) from error
    except subprocess.CalledProcessError as error:
        raise FileUnusable("WORKBOOK_BROKEN", name) from error
    return _sheets_in(io.BytesIO(ended.stdout))


def _sheets_in(told: io.BytesIO) -> list[Sheet]:
    sheets = []
    while line := told.readline():
        head = json.loads(line)
        cells = pl.read_ipc(io.BytesIO(told.read(head["bytes"])))
        sheets.append(Sheet(head["name"], head["is_visible"], cells))
    return sheets
