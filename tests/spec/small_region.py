"""A small rules folder that a test writes, and what becomes of a few lines under it; tables are plain text."""

from functools import cache
from pathlib import Path
from typing import Self

import polars as pl

from formulary import Fault, Rulebook, RulesInvalid, load_rulebook
from matcher import RAW_LINES, Assessment, Identifier, Period, RawLines, Workplace, assess, identifier

_REGION = 'id = "proef"\nname = "Proef"\nsource = "proef"\nfirst_issue_flag = "TRACED"\n'
_VERSION = 'version = "2026"\nstatus = "ADOPTED"\nin_force_from = 2026-01-01\nsource = "proef"\n'
_INDICATOR = 'id = "{id}"\nname_nl = "{id}"\nname_en = "{id}"\nsource = "proef"\n'
_LINE = {"dispensed_on": "2026-07-01", "prescriber_agb": "01000001", "patient": "p"}
_ENTRY = {"chapter": "Maag", "indication": "reflux", "source": "proef"}
_NAMES = {
    "A02BC01": "omeprazol",
    "A02BC02": "pantoprazol",
    "A02BC05": "esomeprazol",
    "C10AA01": "simvastatine",
    "J07AM01": "tetanusvaccin",
    "N02BF02": "pregabaline",
    "N02CC01": "sumatriptan",
    "N03AX16": "pregabaline",
    "N06AA09": "amitriptyline",
    "N06AA10": "nortriptyline",
}
# What a line can say it is: the product's ATC code, ZI number, form and strength. All numbers are synthetic.
_PRODUCTS = {
    "omeprazol": ("A02BC01", 11000155, "Capsule met verlengde afgifte", "20MG"),
    "omeprazol tablet": ("A02BC01", 11000236, "Tablet", "20MG"),
    "pantoprazol": ("A02BC02", 11000287, "Tablet", "20MG"),
    "esomeprazol": ("A02BC05", 11000449, "Tablet", "20MG"),
    "simvastatine 40": ("C10AA01", 11010622, "Tablet", "40MG"),
    "simvastatine 80": ("C10AA01", 11010657, "Tablet", "80MG"),
    "simvastatine drank": ("C10AA01", 11010592, "Suspensie voor oraal gebruik", "8MG/ML"),
    "tetanusvaccin": ("J07AM01", 11017007, "Injectievloeistof", "40IE"),
    "pregabaline": ("N02BF02", 11021004, "Capsule", "75MG"),
    "pregabaline oud": ("N03AX16", 11021047, "Capsule", "75MG"),
    "sumatriptan": ("N02CC01", 11021349, "Tablet", "50MG"),
    "amitriptyline": ("N06AA09", 11025913, "Tablet", "10MG"),
    "nortriptyline": ("N06AA10", 11025972, "Tablet", "10MG"),
    "ciprofloxacine": ("J01MA02", 11040017, "Tablet", "500MG"),
    "amoxicilline": ("J01CA04", 11040025, "Tablet", "500MG"),
}


def rows(table: str) -> list[dict[str, str]]:
    """Return the rows of a table of text: a header, dashes, and one line a row; empty cells are left out."""
    header, _, *lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return [{name: cell for name, cell in zip(header, line, strict=True) if cell} for line in lines]


class SmallRegion:
    """A rules folder with one version (2026), no entries and no indicators, until a test says more."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("region.toml", _REGION).entries("entry_id | atc\n-\na | A02BC02")
        self.version("").indicators(every_line="population = {}\nconform = [{ formulary = true }]\n")
        _catalogue().write_csv(folder / "catalogue.csv")

    def write(self, name: str, text: str) -> Self:
        """Write one file of the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return self

    def csv(self, name: str, table: str) -> Self:
        """Write a table of text as a CSV file."""
        pl.DataFrame(rows(table), infer_schema_length=None).write_csv(self.folder / name)
        return self

    def entries(self, table: str, version: str = "2026") -> Self:
        """Write the entries of a version; chapter, indication and source may be left out."""
        filled = [
            {**_ENTRY, "substance": _NAMES.get(row.get("atc", ""), row.get("atc", "")), **row} for row in rows(table)
        ]
        self.write(f"formulary/{version}/entries.csv", "")
        pl.DataFrame(filled, infer_schema_length=None).write_csv(self.folder / f"formulary/{version}/entries.csv")
        return self

    def version(self, more: str, version: str = "2026", header: str = _VERSION) -> Self:
        """Write the header of a version: the usual one and more."""
        return self.write(f"formulary/{version}/version.toml", header + more)

    def year_before(self, table: str) -> Self:
        """Add a version of 2025 with these entries."""
        return self.entries(table, "2025").version("", "2025", _VERSION.replace("2026", "2025"))

    def indicators(self, **told: str) -> Self:
        """Write indicators, each with what makes it this one: `rate = 'population = {} ...'`."""
        listed = [f"[[indicators]]\n{_INDICATOR.format(id=name.upper())}{text}\n" for name, text in told.items()]
        return self.write("indicators.toml", "\n".join(listed))

    def load(self) -> Rulebook:
        """Return the rule book of the folder."""
        return load_rulebook(self.folder)

    def faults(self) -> list[Fault]:
        """Return the faults of the folder; none where it can be used."""
        try:
            self.load()
        except RulesInvalid as error:
            return list(error.faults)
        return []

    def assess(self, table: str, period: Period | None = None) -> Assessment:
        """Return what becomes of lines: `product` names one of the catalogue, a dash is nothing, the rest is usual."""
        lines = [
            {"source": "regels.csv", "line_no": number, **_as_written({**_LINE, **row})}
            for number, row in enumerate(rows(table), 1)
        ]
        raw = RawLines(pl.DataFrame(lines, schema=RAW_LINES).lazy())
        return assess(raw, self.load(), period, Workplace(b"proef", identifier=_identifier()))

    def told(self, table: str, column: str = "reason") -> list[str | None]:
        """Return one column of the lines, in their order."""
        return self.assess(table).lines.collect()[column].cast(pl.String).to_list()

    def counts(self, table: str, indicator: str, level: str = "prescriber") -> dict[str, dict[str, int]]:
        """Return for each id of a level how many lines (or cents) had each outcome, over all periods."""
        counted = self.assess(table).counts.filter(indicator=indicator, level=level)
        added = counted.group_by("id", "outcome").agg(pl.col("lines").sum()).sort("id", "outcome")
        return {
            str(id_): dict(zip(each["outcome"].cast(pl.String), each["lines"], strict=True))
            for (id_,), each in added.group_by("id", maintain_order=True)
        }


def _catalogue() -> pl.DataFrame:
    products = [
        {"product_name": name.upper(), "atc": atc, "zi": zi, "form": form, "strength": strength}
        for name, (atc, zi, form, strength) in _PRODUCTS.items()
    ]
    return pl.DataFrame(products)


@cache
def _identifier() -> Identifier:
    # Every small region has the same products, so naming them is learned once for all tests.
    return identifier(_catalogue())


def _as_written(row: dict[str, str]) -> dict[str, str]:
    product = _PRODUCTS.get(row.get("product", ""))
    written = {name: cell for name, cell in row.items() if name != "product" and cell != "-"}
    return {"zi": str(product[1]), **written} if product else written
