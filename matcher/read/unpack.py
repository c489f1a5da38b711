"""Which files there are to read: those named, those in folders, and those packed in gzip or zip.

Nothing is unpacked to disk. How much comes out is watched while it comes out: a small file may hold a bomb.
"""

import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from formulary import bsn

from ..errors import FileUnusable
from .found import Note
from .source import Reading, Source

_BLOCK = 1 << 20
_ZIP, _GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"  # the second is a zip with nothing in it
_MEMBERS_MAX = 1_000
_UNPACKED_MAX = 20 * 10**9
# Exports shrink to a tenth or a thirtieth; only what says the same over and over shrinks to a two-hundredth.
_RATIO_MAX, _RATIO_FROM = 200, 1 << 26
_IS_ENCRYPTED = 0x1
# What every system leaves in folders and archives, and what is no data of anyone's.
_NOT_DATA = (".", "~$", "__MACOSX", "Thumbs.db", "desktop.ini")
_DAMAGED = (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError, ValueError)
_DOCUMENT_PARTS = ("[Content_Types].xml", "mimetype")  # an office document is a zip as well


@dataclass
class Sources:
    """Everything there is to read, what was passed over and why, and when each file was last written to."""

    sources: list[Source] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    stamps: dict[Path, tuple[int, int]] = field(default_factory=dict)


def sources_of(paths: Sequence[Path], reading: Reading) -> Sources:
    """Return what there is to read, in the order named and in folders and archives by name.

    The same content is there once, however often it comes. Raises FileUnusable for what is not there, is no file,
    or is packed in a way that cannot or may not be unpacked.
    """
    found, seen = Sources(), dict[str, str]()
    for path, name, is_named in _files(paths, found):
        found.stamps[path] = stamp_of(path)
        for source in _sources_in(path, name, is_named, reading, found):
            other = seen.setdefault(source.sha256, source.name)
            if other != source.name:
                found.notes.append(Note("SAME_CONTENT", {"where": source.name, "other": other}))
            else:
                found.sources.append(source)
    return found


def stamp_of(path: Path) -> tuple[int, int]:
    """Return the size of a file and when it was last written to; raise FileUnusable where it is not there."""
    try:
        found = path.stat()
    except OSError as error:
        raise FileUnusable("FILE_NOT_FOUND", path.name) from error
    return found.st_size, found.st_mtime_ns


def is_archive_of_files(start: bytes, content: Callable[[], BinaryIO], name: str) -> bool:
    """Tell whether this is a zip with files in it; raise FileUnusable where it is a zip that cannot be read."""
    if not start.startswith(_ZIP):
        return False
    try:
        with content() as file, zipfile.ZipFile(file) as archive:
            return not any(part in archive.NameToInfo for part in _DOCUMENT_PARTS)
    except _DAMAGED as error:
        raise FileUnusable("ARCHIVE_BROKEN", name) from error


def _files(paths: Sequence[Path], found: Sources) -> Iterator[tuple[Path, str, bool]]:
    listed: list[tuple[Path, bool]] = []
    for path in paths:
        if path.is_dir():
            listed += [(each, False) for each in _in_folder(path, found)]
        else:
            stamp_of(path)
            if not path.is_file():  # a pipe or a device would be waited for without end
                raise FileUnusable("FILE_NOT_REGULAR", path.name)
            listed.append((path, True))
    once = dict(sorted(listed, key=lambda each: not each[1]))  # named goes before found in a folder
    own = [path.name for path in once]
    for path in dict(listed):
        yield path, bsn.masked_text(path.name if own.count(path.name) == 1 else path.as_posix()), once[path]


def _in_folder(folder: Path, found: Sources) -> Iterator[Path]:
    try:
        inside = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as error:
        raise FileUnusable("FILE_UNREADABLE", folder.name, detail=error.strerror or "") from error
    for path in inside:
        if path.is_file() and not path.name.startswith(_NOT_DATA):
            yield path
        else:
            found.notes.append(Note("PASSED_OVER", {"where": f"{folder.name}/{bsn.masked_text(path.name)}"}))


def _sources_in(path: Path, name: str, is_named: bool, reading: Reading, found: Sources) -> Iterator[Source]:
    plain = cast("Callable[[], BinaryIO]", partial(path.open, "rb"))
    start = _start_of(plain, name)
    size = found.stamps[path][0]
    place = reading.workspace / str(len(found.sources))
    if start.startswith(_GZIP):
        unpacked = cast("Callable[[], BinaryIO]", partial(gzip.open, path, "rb"))
        inner = _start_of(unpacked, name)
        if inner.startswith(_GZIP) or is_archive_of_files(inner, unpacked, name):
            raise FileUnusable("ARCHIVE_NESTED", name)
        yield Source(name, inner, _sha256(unpacked, name, size), place, reading, unpacked, is_named=is_named)
    elif is_archive_of_files(start, plain, name):
        yield from _members(path, name, reading, found)
    else:
        yield Source(name, start, _sha256(plain, name, None), place, reading, plain, path, is_named)


def _members(path: Path, name: str, reading: Reading, found: Sources) -> Iterator[Source]:
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
    _refuse_zip(members, name)
    for member in sorted(members, key=lambda each: each.filename):
        called = f"{name}/{bsn.masked_text(member.filename)}"
        if any(part.startswith(_NOT_DATA) for part in Path(member.filename).parts):
            found.notes.append(Note("PASSED_OVER", {"where": called}))
            continue
        unpacked = partial(_open_member, path, member)
        start = _start_of(unpacked, called)
        if start.startswith(_GZIP) or is_archive_of_files(start, unpacked, called):
            raise FileUnusable("ARCHIVE_NESTED", called)
        sha256 = _sha256(unpacked, called, member.compress_size)
        place = reading.workspace / str(len(found.sources))
        yield Source(called, start, sha256, place, reading, unpacked)


def _refuse_zip(members: Sequence[zipfile.ZipInfo], name: str) -> None:
    if len(members) > _MEMBERS_MAX or sum(member.file_size for member in members) > _UNPACKED_MAX:
        raise FileUnusable("ARCHIVE_TOO_LARGE", name)
    if any(member.flag_bits & _IS_ENCRYPTED for member in members):
        raise FileUnusable("ARCHIVE_LOCKED", name)
    if len({member.filename for member in members}) < len(members):
        raise FileUnusable("ARCHIVE_BROKEN", name)


def _open_member(path: Path, member: zipfile.ZipInfo) -> BinaryIO:
    # The archive is closed with the member: ZipFile counts who still reads.
    with zipfile.ZipFile(path) as archive:
        return cast("BinaryIO", archive.open(member))


def _start_of(content: Callable[[], BinaryIO], name: str) -> bytes:
    try:
        with content() as file:
            return file.read(_BLOCK)
    except _DAMAGED as error:
        raise _unreadable(error, name) from error


def _sha256(content: Callable[[], BinaryIO], name: str, packed: int | None) -> str:
    """Return the SHA-256 of the content; where it is packed, also see that all of it comes out and not too much."""
    digest, n_bytes = hashlib.sha256(), 0
    try:
        with content() as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                n_bytes += len(block)
                if packed is not None and _is_too_much(n_bytes, packed):
                    raise FileUnusable("ARCHIVE_TOO_LARGE", name)
    except _DAMAGED as error:
        raise _unreadable(error, name) from error
    return digest.hexdigest()


def _is_too_much(n_bytes: int, packed: int) -> bool:
    return n_bytes > _UNPACKED_MAX or (n_bytes > _RATIO_FROM and n_bytes > packed * _RATIO_MAX)


def _unreadable(error: Exception, name: str) -> FileUnusable:
    if isinstance(error, OSError) and error.errno is not None:
        return FileUnusable("FILE_UNREADABLE", name, detail=error.strerror or "")
    return FileUnusable("ARCHIVE_BROKEN", name)
