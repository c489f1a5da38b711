"""The product list: one row a product, with its codes, names, form and substances; codes become numbers."""

from pathlib import Path

import polars as pl

from .codes import atc, gstandaard
from .errors import Fault, RulesInvalid
from .frames import CATALOGUE, conform

_REQUIRED = ("product_name", "atc")


def read_catalogue(path: Path) -> pl.DataFrame:
    """Return the catalogue of a CSV or Parquet file (columns `CATALOGUE`); raise RulesInvalid if it cannot be used.

    A product without an ATC code stays (homeopathic products have none); a code that fails its check digit or
    an ATC code that is none becomes empty, because a wrong code is worse than no code.
    """
    table = _read_text_columns(path)
    missing = [Fault("COLUMN_MISSING", path.name, 1, name) for name in _REQUIRED if name not in table.columns]
    if missing:
        raise RulesInvalid("CATALOGUE_INVALID", path.name, missing)
    absent = [pl.lit(None, pl.String()).alias(name) for name in CATALOGUE if name not in table.columns]
    return conform(table.lazy().with_columns(absent).with_columns(_typed_columns()), CATALOGUE).collect()


def _read_text_columns(path: Path) -> pl.DataFrame:
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path).with_columns(pl.all().cast(pl.String()))
        content = path.read_bytes()
        header = content.partition(b"\n")[0]
        separator = ";" if header.count(b";") > header.count(b",") else ","
        return pl.read_csv(content, separator=separator, infer_schema=False, encoding="utf8-lossy")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RulesInvalid("CATALOGUE_UNREADABLE", path.name, detail=type(error).__name__) from error


def _typed_columns() -> list[pl.Expr]:
    typed = [atc.compacted(pl.col("atc"))]
    for kind in gstandaard.CODE_KINDS:
        code = gstandaard.compacted(pl.col(kind))
        typed.append(pl.when(gstandaard.has_valid_check(code)).then(code).alias(kind))
    typed += [pl.col(day).str.to_date("%Y-%m-%d", strict=False) for day in ("valid_from", "valid_until")]
    return typed
