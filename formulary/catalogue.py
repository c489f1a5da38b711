"""The product list: one row a product, with its codes, names, form and substances; codes become numbers."""

from pathlib import Path

import polars as pl

from .codes import atc, gstandaard
from .errors import Fault, RulesInvalid
from .frames import CATALOGUE, conform

_REQUIRED = ("product_name", "atc")


def read_catalogue(path: Path) -> pl.DataFrame:
    """Return the catalogue of a CSV or Parquet file; raise RulesInvalid if it cannot be used."""
    try:
        return catalogue_of(path.read_bytes(), path.name)
    except OSError as error:
        raise RulesInvalid("CATALOGUE_UNREADABLE", path.name, detail=type(error).__name__) from error


def catalogue_of(content: bytes, name: str) -> pl.DataFrame:
    """Return the catalogue in a file's bytes (columns `CATALOGUE`); raise RulesInvalid if it cannot be used.

    A product without an ATC code stays (homeopathic products have none); a code that fails its check digit or
    an ATC code that is none becomes empty, because a wrong code is worse than no code.
    """
    table = _read_text_columns(content, name)
    missing = [Fault("COLUMN_MISSING", name, 1, column) for column in _REQUIRED if column not in table.columns]
    if missing:
        raise RulesInvalid("CATALOGUE_INVALID", name, missing)
    absent = [pl.lit(None, pl.String()).alias(column) for column in CATALOGUE if column not in table.columns]
    return conform(table.lazy().with_columns(absent).with_columns(_typed_columns()), CATALOGUE).collect()


def _read_text_columns(content: bytes, name: str) -> pl.DataFrame:
    try:
        if name.lower().endswith(".parquet"):
            return pl.read_parquet(content).with_columns(pl.all().cast(pl.String()))
        header = content.partition(b"\n")[0]
        separator = ";" if header.count(b";") > header.count(b",") else ","
        return pl.read_csv(content, separator=separator, infer_schema=False, encoding="utf8-lossy")
    except pl.exceptions.PolarsError as error:
        raise RulesInvalid("CATALOGUE_UNREADABLE", name, detail=type(error).__name__) from error


def _typed_columns() -> list[pl.Expr]:
    typed = [atc.compacted(pl.col("atc"))]
    for kind in gstandaard.CODE_KINDS:
        code = gstandaard.compacted(pl.col(kind))
        typed.append(pl.when(gstandaard.has_valid_check(code)).then(code).alias(kind))
    typed += [pl.col(day).str.to_date("%Y-%m-%d", strict=False) for day in ("valid_from", "valid_until")]
    return typed
