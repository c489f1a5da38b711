"""Small catalogues in the two styles that exist: a pharmacy's own list, and a register in running text."""

import polars as pl

from matcher.identifier import Identifier, identifier

PHARMACY_LIST = """
    OMEPRAZOL SANDOZ CAPSULE MSR 20MG       | A02BC01 | 15468852
    OMEPRAZOL SANDOZ CAPSULE MSR 40MG       | A02BC01 |
    OMEPRAZOL TEVA CAPSULE MSR 20MG         | A02BC01 |
    LOSEC CAPSULE MSR 20MG                  | A02BC01 |
    METOPROLOL SANDOZ TABLET 50MG           | C07AB02 |
    METOPROLOL SANDOZ TABLET 100MG          | C07AB02 |
    METOPROLOL SANDOZ TABLET MGA 100MG      | C07AB02 |
    PREDNISOLON PCH TABLET 5MG              | H02AB06 |
    CITALOPRAM TEVA TABLET FO 20MG          | N06AB04 |
    AMOXICILLINE/CLAVULAANZUUR SANDOZ TABLET FO 500/125MG | J01CR02 |
    AMOXICILLINE SANDOZ CAPSULE 500MG       | J01CA04 |
    FLUTICASON SANDOZ NEUSSPRAY 50MCG/DO    | R01AD08 |
    FLIXOTIDE DISKUS INHPDR 100MCG/DO 60DO  | R03BA05 |
    COZAAR TABLET FO 50MG                   | C09CA01 |
    COZAAR PLUS TABLET FO 50/12,5MG         | C09DA01 |
    CARVEDILOL SANDOZ TABLET 3,125MG        | C07AG02 |
    ARNICA MONTANA TABLET D6                |         |
"""

REGISTER = """
    Methylprednisolon Eureco-Pharma poeder voor oplossing voor infusie, 500 mg | H02AB04 |
    Metoprololsuccinaat Retard Sandoz 95 mg, tabletten met gereguleerde afgifte | C07AB02 |
    Plendil 5 mg, tabletten met verlengde afgifte | C08CA02 |
    Thyrax Duotab 0,025 mg, tabletten | H03AA01 |
    Dalacin C 150 mg, capsules, hard | J01FF01 |
"""


def catalogue(rows: str) -> pl.DataFrame:
    """Return a catalogue of the lines `name | atc | zi`; an empty cell is null."""
    cells = [[cell.strip() or None for cell in line.split("|")] for line in rows.strip().splitlines()]
    schema = {"product_name": pl.String(), "atc": pl.String(), "zi": pl.String()}
    table = pl.DataFrame(cells, schema=schema, orient="row")
    return table if table["zi"].null_count() < table.height else table.drop("zi")


def pharmacy_identifier() -> Identifier:
    """Return an identifier of the pharmacy's own list, which is the whole assortment."""
    return identifier(catalogue(PHARMACY_LIST))


def register_identifier() -> Identifier:
    """Return an identifier of a register, which knows substances but not every strength."""
    return identifier(catalogue(REGISTER))
