"""What a reader hands over: the lines, how the columns were named in the file, and what was seen on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from .headers import Header


@dataclass(frozen=True)
class Note:
    """Something that a reader did or saw and the sender should know: a sentence by its code, and what it names."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """Lines under our column names, with `line_no`, where rows were broken `damage`, and of mended rejects `MENDS`."""

    lines: pl.LazyFrame
    header: Header
    n_lines: int
    blank_lines: int = 0
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[Note, ...] = ()
