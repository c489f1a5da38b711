"""Read a Parquet file of lines: columns of text, numbers or dates; line numbers count rows from 1."""

import polars as pl

from ..errors import FileUnusable
from .found import Found
from .headers import recognise
from .source import Source

_ROW = "\0row"  # no file has a column of this name


def read_parquet(source: Source) -> Found:
    """Return the lines of a Parquet file, or raise FileUnusable with what is wrong with it."""
    path, where, header_map = source.path, source.name, source.reading.header_map
    try:
        scan = pl.scan_parquet(path, row_index_name=_ROW, glob=False)
        schema = scan.collect_schema()
        n_lines = int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise FileUnusable("PARQUET_BROKEN", where) from error
    header = recognise([name for name in schema.names() if name != _ROW], where, header_map)
    nested = [name for name in header.columns.values() if schema[name].is_nested() or schema[name] == pl.Binary()]
    if nested:
        raise FileUnusable("PARQUET_NESTED", where, columns=", ".join(nested))
    numbered = scan.select((pl.col(_ROW).cast(pl.Int64()) + 1).alias("line_no"), *header.columns.values())
    return Found(numbered, header, n_lines)
