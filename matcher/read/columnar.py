"""Read Parquet and Arrow files of lines: columns of text, numbers or dates; line numbers count rows from 1."""

from collections.abc import Callable

import polars as pl

from ..errors import FileUnusable
from .found import Found
from .headers import recognise
from .source import Source

_ROW = "\0row"  # no file has a column of this name
_BROKEN = (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError)


def read_parquet(source: Source) -> Found:
    """Return the lines of a Parquet file, or raise FileUnusable with what is wrong with it."""
    content = source.content()
    return _found(source, lambda: pl.scan_parquet(content, row_index_name=_ROW, glob=False))


def read_arrow_file(source: Source) -> Found:
    """Return the lines of an Arrow IPC file (Feather), or raise FileUnusable with what is wrong with it."""
    content = source.content()
    return _found(source, lambda: pl.scan_ipc(content, row_index_name=_ROW))


def read_arrow_stream(source: Source) -> Found:
    """Return the lines of an Arrow IPC stream, which is read whole, or raise FileUnusable with what is wrong."""
    content = source.content()
    return _found(source, lambda: pl.read_ipc_stream(content, row_index_name=_ROW).lazy())


def _found(source: Source, scanned: Callable[[], pl.LazyFrame]) -> Found:
    try:
        scan = scanned()
        schema = scan.collect_schema()
        n_lines = int(scan.select(pl.len()).collect().item())
    except _BROKEN as error:
        raise FileUnusable("COLUMNS_BROKEN", source.name) from error
    header = recognise([name for name in schema.names() if name != _ROW], source.name, source.reading.header_map)
    nested = [name for name in header.wanted.values() if schema[name].is_nested() or schema[name] == pl.Binary()]
    if nested:
        raise FileUnusable("COLUMNS_NESTED", source.name, columns=", ".join(nested))
    number = (pl.col(_ROW).cast(pl.Int64()) + 1).alias("line_no")
    return Found(scan.select(number, **header.wanted), header, n_lines)
