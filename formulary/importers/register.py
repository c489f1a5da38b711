"""The Dutch medicines register (CBG) becomes a catalogue: names, substances, form, route and holder, without codes."""

from dataclasses import replace
from pathlib import Path

import polars as pl

from .delivery import Delivery, Imported
from .text_table import TextTable, catalogue_of, read_text_table

# The register writes a semicolon inside a field like this, because its own fields end with one.
_SEMICOLON = "$SEMICOLON$"


def import_register(path: Path) -> Imported:
    """Return the catalogue of a register export; raise DeliveryInvalid with every fault in it.

    The register gives the strength in the name only. An ATC group instead of a full code is left out and counted.
    """
    delivery = Delivery(path.name)
    imported = catalogue_of(delivery, path.name, _with_clean_text(read_text_table(delivery, path, "cbg")))
    # Legal status, numbers and the like are the register's own: naming them as not understood would only worry.
    return replace(imported, unknown_headers=())


def _with_clean_text(table: TextTable) -> TextTable:
    columns = table.columns.with_columns(pl.col(pl.String()).str.replace_all(_SEMICOLON, ";", literal=True))
    if "substances" not in columns.columns:
        return replace(table, columns=columns)
    # The register names a substance once for each salt or concentrate that holds it.
    listed = pl.col("substances").str.split("|").list.eval(pl.element().str.strip_chars())
    once = listed.list.unique(maintain_order=True).list.join("|")
    return replace(table, columns=columns.with_columns(once.alias("substances")))
