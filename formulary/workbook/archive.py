"""Look at a workbook from outside before anything in it is parsed: what is too large, locked or no workbook is refused.

An .xlsx is a zip with XML in it. Its directory says how large each part will be once unpacked, and Python's reader
never unpacks more than that, so the sizes in the directory bound the work.
"""

from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from ..errors import RulesInvalid

_FILE_MB_MAX = 50
_UNPACKED_MB_MAX = 300
_PARTS_MAX = 2_000
_MB = 1_000_000
# Excel wraps a workbook with a password in the same container as its files of before 2007.
_OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_IS_ENCRYPTED = 0x1
# What a zip that is cut off, altered or of an unknown kind can raise.
_DAMAGED = (OSError, BadZipFile, LookupError, ValueError, RuntimeError)
_WORKBOOK_PART = "xl/workbook.xml"
_MACRO_PART = "vbaproject.bin"


class Archive:
    """The parts of a workbook, safe to read one after the other."""

    def __init__(self, path: Path) -> None:
        """Open the workbook; raise RulesInvalid where it is none, or one that may not be read."""
        self.name = path.name
        try:
            self._refuse_from_outside(path)
            self._zip = ZipFile(path)
        except _DAMAGED as error:
            raise self.unreadable(type(error).__name__) from error
        try:
            self._refuse_from_directory()
        except RulesInvalid:
            self.close()
            raise

    def has(self, part: str) -> bool:
        """Tell whether the workbook has this part."""
        return part in self._zip.NameToInfo

    def has_macros(self) -> bool:
        """Tell whether the workbook carries a program."""
        return any(name.lower().endswith(_MACRO_PART) for name in self._zip.namelist())

    def open(self, part: str) -> IO[bytes]:
        """Open one part for reading; raise RulesInvalid where it is not there."""
        try:
            return self._zip.open(part)
        except _DAMAGED as error:
            raise self.unreadable(part) from error

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def refused(self, code: str, **values: object) -> RulesInvalid:
        """Return the error that refuses this workbook."""
        return RulesInvalid(code, self.name, (), **values)

    def unreadable(self, detail: str) -> RulesInvalid:
        """Return the error that says this is no workbook that can be read, and why."""
        return RulesInvalid("WORKBOOK_UNREADABLE", self.name, detail=detail)

    def _refuse_from_outside(self, path: Path) -> None:
        size = path.stat().st_size
        if size > _FILE_MB_MAX * _MB:
            raise RulesInvalid("WORKBOOK_TOO_LARGE", self.name, mb=size // _MB, most=_FILE_MB_MAX)
        with path.open("rb") as file:
            if file.read(len(_OLE_MAGIC)) == _OLE_MAGIC:
                raise RulesInvalid("WORKBOOK_LOCKED", self.name)

    def _refuse_from_directory(self) -> None:
        parts = self._zip.infolist()
        names = [part.filename for part in parts]
        unpacked = sum(part.file_size for part in parts)
        if unpacked > _UNPACKED_MB_MAX * _MB or len(parts) > _PARTS_MAX:
            raise RulesInvalid("WORKBOOK_TOO_LARGE", self.name, mb=unpacked // _MB, most=_UNPACKED_MB_MAX)
        if any(part.flag_bits & _IS_ENCRYPTED for part in parts):
            raise RulesInvalid("WORKBOOK_LOCKED", self.name)
        # Two parts of one name are read differently by different programs: what a person saw is not what we would read.
        is_odd = any(part.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for part in parts)
        if is_odd or _WORKBOOK_PART not in names or len(set(names)) < len(names):
            raise self.unreadable(_WORKBOOK_PART)
