"""Which encoding a text file is in, and its lines as UTF-8, a block at a time: nothing is copied to disk."""

import codecs
from collections.abc import Iterator

from ..errors import FileUnusable
from .source import Source

_BLOCK = 1 << 25
_PLAIN = ("utf-8", "utf-8-sig")
# A line of which the end is not in sight: what is kept of it is still longer than a line may be.
_KEPT_OF_ENDLESS = 1 << 21


def encoding_of(source: Source) -> str:
    """Return the encoding of a text file; raise FileUnusable where it is no text.

    Windows-1252 has a meaning for nearly every byte, so it is what a file is that is not UTF-8; a file with many
    control characters is no text at all.
    """
    if source.start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if _is_binary(source.start):
        raise FileUnusable("FILE_NOT_TEXT", source.name)
    if not _is_utf8(source):
        return "cp1252"
    return "utf-8-sig" if source.start.startswith(codecs.BOM_UTF8) else "utf-8"


def blocks_of(source: Source, encoding: str) -> Iterator[bytes]:
    """Give the text as UTF-8 in blocks of whole lines that end with `\\n` (or `\\r\\n`), the last one always too."""
    rest = b""
    for text in _texts(source, encoding):
        whole, end, rest = (rest + text).rpartition(b"\n")
        if end:
            yield whole + end
        elif len(rest) > _BLOCK:
            rest = rest[:_KEPT_OF_ENDLESS]
    if rest:
        yield rest + b"\n"


def _texts(source: Source, encoding: str) -> Iterator[bytes]:
    has_old_line_ends = _has_old_line_ends(source)
    is_plain = encoding in _PLAIN and not has_old_line_ends
    decoder = codecs.getincrementaldecoder(encoding)("strict" if encoding == "utf-16" else "replace")
    with source.open() as file:
        if is_plain and encoding == "utf-8-sig":
            file.read(len(codecs.BOM_UTF8))
        try:
            while block := file.read(_BLOCK):
                yield block if is_plain else _encoded(decoder.decode(block), has_old_line_ends)
            if not is_plain:
                yield _encoded(decoder.decode(b"", final=True), has_old_line_ends)
        except UnicodeError as error:
            raise FileUnusable("FILE_NOT_TEXT", source.name) from error


def _has_old_line_ends(source: Source) -> bool:
    return b"\r" in source.start and b"\n" not in source.start


def _encoded(text: str, has_old_line_ends: bool) -> bytes:
    # A carriage return alone is how old Macintosh programs ended a line.
    return (text.replace("\r", "\n") if has_old_line_ends else text).encode("utf-8", "replace")


def _is_utf8(source: Source) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with source.open() as file:
            while block := file.read(_BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_binary(start: bytes) -> bool:
    control = sum(start.count(bytes([code])) for code in range(32) if code not in b"\t\n\r\f\x1a")
    return control * 100 > len(start)
