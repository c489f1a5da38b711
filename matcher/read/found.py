"""What a reader hands over: the columns as they are named in the file, and what was seen on the way."""

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
    """Lines under the file's own headers, with `line_no` and where rows were broken `damage`."""

    lines: pl.LazyFrame
    header: Header
    n_lines: int
    blank_lines: int = 0
    encoding: str = ""
    delimiter: str = ""
    notes: tuple[Note, ...] = ()
