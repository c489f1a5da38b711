"""Which encoding a text file is in; anything but UTF-8 with ordinary line ends is copied over into it."""

import codecs
from dataclasses import dataclass
from pathlib import Path

from ..errors import FileUnusable

_BLOCK = 1 << 22


@dataclass(frozen=True)
class Utf8Text:
    """A file that is UTF-8 with `\\n` or `\\r\\n` line ends, and the encoding it was in when it came."""

    path: Path
    encoding: str


def as_utf8(path: Path, where: str, workspace: Path) -> Utf8Text:
    """Return the file itself where it is UTF-8, else a UTF-8 copy in the workspace.

    Windows-1252 has a meaning for nearly every byte, so it is what a file is that is not UTF-8; a file with many
    control characters is no text at all and raises FileUnusable.
    """
    with path.open("rb") as file:
        start = file.read(_BLOCK)
    encoding = _encoding(path, start)
    if encoding != "utf-16" and _is_binary(start):
        raise FileUnusable("FILE_NOT_TEXT", where)
    has_old_line_ends = b"\r" in start and b"\n" not in start
    if encoding in ("utf-8", "utf-8-sig") and not has_old_line_ends:
        return Utf8Text(path, encoding)
    return Utf8Text(_copied(path, encoding, where, workspace), encoding)


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if not _is_utf8(path):
        return "cp1252"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(start: bytes) -> bool:
    control = sum(start.count(bytes([code])) for code in range(32) if code not in b"\t\n\r\f\x1a")
    return control * 100 > len(start)


def _copied(path: Path, encoding: str, where: str, workspace: Path) -> Path:
    copy = workspace / "utf8.txt"
    try:
        with path.open(encoding=encoding, errors="strict" if encoding == "utf-16" else "replace") as old:  # noqa: SIM117
            with copy.open("w", encoding="utf-8", newline="\n") as new:
                while text := old.read(_BLOCK):
                    new.write(text)
    except UnicodeError as error:
        raise FileUnusable("FILE_NOT_TEXT", where) from error
    return copy
