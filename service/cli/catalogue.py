"""`formulary catalogue import`: a product list, the register or a delivery becomes the catalogue that checks use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import polars as pl

from formulary import (
    Imported,
    Language,
    Sentences,
    import_csv,
    import_gstandaard,
    import_register,
    read_catalogue,
    with_history,
)

from ..report.formats import whole
from ..swap import swapped_file

_SENTENCES = Sentences("formulary.importers")


class CatalogueKind(StrEnum):
    """What a catalogue can be made of."""

    GSTANDAARD = "gstandaard"
    CBG = "cbg"
    CSV = "csv"


_IMPORTERS: dict[CatalogueKind, Callable[[Path], Imported]] = {
    CatalogueKind.GSTANDAARD: import_gstandaard,
    CatalogueKind.CBG: import_register,
    CatalogueKind.CSV: import_csv,
}


@dataclass(frozen=True)
class Before:
    """The catalogue of before, and the day from which the new one holds."""

    previous: Path
    valid_from: date


@dataclass(frozen=True)
class CatalogueImported:
    """Where the catalogue is, how many products it has, what was left out, and the headers nobody knew."""

    out: Path
    counts: Mapping[str, int]
    unknown_headers: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """Return the counts under their names."""
        return {"out": str(self.out), **self.counts, "unknown_headers": list(self.unknown_headers)}

    def lines(self, language: Language) -> list[str]:
        """Return what a person reads: how many products, and every count of what was left out that is not nought."""
        told = [(name, n) for name, n in self.counts.items() if n or name == "products"]
        told.sort(key=lambda each: each[0] != "products")
        lines = [_SENTENCES.say(f"COUNT_{name}", language, n=whole(n, language), out=self.out) for name, n in told]
        if self.unknown_headers:
            lines.append(_SENTENCES.say("UNKNOWN_HEADERS", language, headers=", ".join(self.unknown_headers)))
        return [lines[0], *(f"  {line}" for line in lines[1:])]


def import_catalogue(kind: CatalogueKind, source: Path, out: Path, before: Before | None = None) -> CatalogueImported:
    """Write the catalogue of a source to `out` (Parquet by its suffix, else CSV) and return what is in it.

    With `before`, products whose codes or name changed keep their former ones with the days they held. Raises
    DeliveryInvalid with every fault of the source, or RulesInvalid for an earlier catalogue that cannot be used.
    """
    imported = _IMPORTERS[kind](source)
    catalogue, counts = imported.catalogue, imported.counts
    if before is not None:
        catalogue = with_history(catalogue, read_catalogue(before.previous), before.valid_from)
        counts = {**counts, "former": catalogue["valid_until"].count()}
    _write(catalogue, out)
    return CatalogueImported(out, counts, imported.unknown_headers)


def _write(catalogue: pl.DataFrame, out: Path) -> None:
    with swapped_file(out) as beside:
        if out.suffix.lower() == ".parquet":
            catalogue.write_parquet(beside)
        else:
            catalogue.write_csv(beside)
