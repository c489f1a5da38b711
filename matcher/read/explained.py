"""How each column of a file was understood, with a few of its values, for a person to agree with or to correct."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from formulary import bsn

from ..written import as_year
from .headers import nearest_column, why_not_read
from .lines import FileRead, LinesRead

_VALUES = 3
_LONGEST_VALUE = 40
# Nothing of these is shown: they say who a line is about, or may.
_NOT_SHOWN = ("patient", "line_id", "reversal_of", "linked_to")


@dataclass(frozen=True)
class ColumnExplained:
    """One column: its header, which of ours it is (or why it is not read, or what it is near to), and some values."""

    header: str
    column: str | None
    values: Sequence[str] = ()
    not_read: str | None = None
    near: str | None = None


def explained(read: LinesRead) -> Mapping[str, Sequence[ColumnExplained]]:
    """Return for each file how its columns were understood; no value of a patient, or of a column we do not know.

    Birth dates are shown as years, and numbers that could be a BSN are masked.
    """
    return {file.name: [*_read_columns(read, file), *map(_not_read, file.left_out)] for file in read.files}


def _read_columns(read: LinesRead, file: FileRead) -> Sequence[ColumnExplained]:
    shown = [name for name in file.columns if name not in _NOT_SHOWN]
    columns = [as_year(name).cast(pl.String) if name == "birth_year" else bsn.masked(pl.col(name)) for name in shown]
    of_file = read.lines.filter(pl.col("source") == file.name)
    values = of_file.select(
        column.alias(name).drop_nulls().unique(maintain_order=True).head(_VALUES).str.head(_LONGEST_VALUE).implode()
        for name, column in zip(shown, columns, strict=True)
    ).collect()
    told = values.row(0, named=True) if shown else {}
    return [ColumnExplained(theirs, ours, tuple(told.get(ours, ()))) for ours, theirs in file.columns.items()]


def _not_read(header: str) -> ColumnExplained:
    return ColumnExplained(header, None, not_read=why_not_read(header), near=nearest_column(header))
