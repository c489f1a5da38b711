"""Workbooks of the older kinds for tests, built by hand: .xls (BIFF8 in a compound file) and .xlsb (BIFF12 in a zip).

Texts, numbers, days (a number with the form of a day; in .xlsb a bare number) and errors, on one sheet.
Source: [MS-XLS], [MS-CFB] and [MS-XLSB].
"""

import io
import struct
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date

from .books import Cell

NOT_AVAILABLE = "#N/A"
_DAY_ZERO = date(1899, 12, 30)
_SECTOR, _SMALLEST = 512, 4_096  # a shorter stream would go into another kind of sectors
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NO_VALUE = 0x2A


def xls(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return an .xls with these rows on its one sheet."""
    formats = b"".join(_biff(0x00E0, struct.pack("<HH16x", 0, number)) for number in (0, 14))
    before = _begin(0x0005) + formats
    name = b"Blad1"
    place = len(before) + 4 + 8 + len(name) + 4
    listed = _biff(0x0085, struct.pack("<IBBBB", place, 0, 0, len(name), 0) + name)
    cells = b"".join(_old_cell(n, column, cell) for n, row in enumerate(rows) for column, cell in enumerate(row))
    return _compound(before + listed + _biff(0x000A) + _begin(0x0010) + cells + _biff(0x000A))


def _begin(kind: int) -> bytes:
    return _biff(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0x0600))


def _biff(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _old_cell(row: int, column: int, cell: Cell) -> bytes:
    match cell:
        case None:
            return b""
        case str() if cell == NOT_AVAILABLE:
            return _biff(0x0205, struct.pack("<HHHBB", row, column, 0, _NO_VALUE, 1))
        case str():
            return _biff(0x0204, struct.pack("<HHHHB", row, column, 0, len(cell), 1) + cell.encode("utf-16-le"))
        case date():
            return _biff(0x0203, struct.pack("<HHHd", row, column, 1, (cell - _DAY_ZERO).days))
        case _:
            return _biff(0x0203, struct.pack("<HHHd", row, column, 0, cell))


def _compound(stream: bytes) -> bytes:
    """Return a compound file with one stream, `Workbook`: a header, a table of sectors, a folder, the stream."""
    stream = stream.ljust(max(_SMALLEST, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    n_sectors = len(stream) // _SECTOR
    assert n_sectors + 2 <= _SECTOR // 4, "one sector of the table is all there is"
    following = [*range(3, n_sectors + 2), _END]
    table = struct.pack("<128I", *([_FAT, _END, *following] + [_FREE] * (126 - n_sectors)))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0, 0)
    header += struct.pack("<108I", *[_FREE] * 108)
    folder = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, 2, len(stream)) + bytes(256)
    return header + table + folder + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    letters = name.encode("utf-16-le") + b"\0\0"
    head = letters.ljust(64, b"\0") + struct.pack("<HBBIII", len(letters), kind, 1, _FREE, _FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)


def xlsb(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return an .xlsb with these rows on its one sheet."""
    sheet = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("Blad1"))
    book = _record(131) + _record(143) + sheet + _record(144) + _record(132)
    width = max(map(len, rows))
    size = _record(148, struct.pack("<IIII", 0, len(rows) - 1, 0, width - 1))
    cells = _record(129) + size + _record(145) + b"".join(_new_rows(rows)) + _record(146) + _record(130)
    target = '<Relationship Id="rId1" Type="worksheet" Target="worksheets/sheet1.bin"/>'
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types/>')
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", f'<?xml version="1.0"?><Relationships>{target}</Relationships>')
        archive.writestr("xl/worksheets/sheet1.bin", cells)
    return content.getvalue()


def _new_rows(rows: Sequence[Sequence[Cell]]) -> Iterator[bytes]:
    for n, row in enumerate(rows):
        yield _record(0, struct.pack("<II9x", n, 0))
        for column, cell in enumerate(row):
            if cell is not None:
                yield _new_cell(struct.pack("<II", column, 0), cell)


def _new_cell(place: bytes, cell: str | float | date) -> bytes:
    match cell:
        case str() if cell == NOT_AVAILABLE:
            return _record(3, place + bytes([_NO_VALUE]))
        case str():
            return _record(6, place + _wide(cell))
        case date():
            return _record(5, place + struct.pack("<d", (cell - _DAY_ZERO).days))
        case _:
            return _record(5, place + struct.pack("<d", cell))


def _record(number: int, data: bytes = b"") -> bytes:
    return _varied(number) + _varied(len(data)) + data


def _varied(number: int) -> bytes:
    return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")
