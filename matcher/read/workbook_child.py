"""Read a workbook from stdin and write its sheets to stdout, in a process of its own that may fail for itself.

It is run by its path and imports nothing of ours: starting it costs little more than starting Python.
"""

import io
import json
import sys
from collections.abc import Iterator
from typing import BinaryIO

import fastexcel
import polars as pl

_MEMORY_MAX = 3 << 30


def frames_of(content: bytes) -> Iterator[tuple[str, bool, pl.DataFrame]]:
    """Give each sheet of a workbook: name, whether it can be seen, and its cells as text, columns named by number.

    Row n of the cells is row n of the sheet, counting from nought; columns that are empty on the left are left out.
    """
    workbook = fastexcel.read_excel(content)
    for name in workbook.sheet_names:
        sheet = workbook.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        cells = sheet.to_polars()
        cells.columns = [str(n) for n in range(cells.width)]
        yield name, sheet.visible == "visible", cells


def main(given: BinaryIO, told: BinaryIO) -> None:
    """Write for each sheet a line of JSON and, behind it, its cells as an Arrow file."""
    for name, is_visible, cells in frames_of(given.read()):
        content = io.BytesIO()
        cells.write_ipc(content)
        head = {"name": name, "is_visible": is_visible, "bytes": content.tell()}
        told.write(json.dumps(head).encode() + b"\n" + content.getvalue())


if __name__ == "__main__":  # pragma: no cover - in a process of its own; `main` is tested by itself
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX, _MEMORY_MAX))
    except ImportError:
        pass  # Windows has no such limit; there the time limit of the caller holds alone
    main(sys.stdin.buffer, sys.stdout.buffer)
