"""Small worlds that fit in a test: a rules folder written out, and a desk where lines are taken along the real path."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from formulary import Rulebook, load_rulebook
from matcher import Assessment, Identifier, LinesRead, Period, Reading, Workplace, assess, identifier, read_lines
from tests.tables import MEDICINES, Row, csv_of, expected_of, lines_of, rows_of

# ruff: noqa: E501  a product a line
KEY = b"k" * 32
CATALOGUE = """\
product_name,atc,zi,hpk,prk,gpk,substances,form,strength
OMEPRAZOL ACCORD CAPSULE MSR 20MG,A02BC01,11000155,1900153,700088,800082,OMEPRAZOL,"Maagsapresistente capsule, hard",20MG
OMEPRAZOL APOTEX TABLET MSR 20MG,A02BC01,11000236,1900234,700118,800104,OMEPRAZOL,Maagsapresistente tablet,20MG
PANTOPRAZOL AMAROX TABLET MSR 20MG,A02BC02,11000287,1900285,700134,800120,PANTOPRAZOL,Maagsapresistente tablet,20MG
ESOMEPRAZOL ACCORD TABLET MSR 20MG,A02BC05,11000449,1900447,700193,800198,ESOMEPRAZOL,Maagsapresistente tablet,20MG
ESOMEPRAZOL APOTEX CAPSULE MSR 20MG,A02BC05,11000538,1900536,700215,800228,ESOMEPRAZOL,"Maagsapresistente capsule, hard",20MG
SIMVASTATINE ACCORD TABLET FO 20MG,C10AA01,11010592,1910582,704628,804614,SIMVASTATINE,Filmomhulde tablet,20MG
SALBUTAMOL ACCORD INHALPDR 100UG/DO,R03AC02,11028823,1928848,712671,812692,SALBUTAMOL,Inhalatiepoeder,100UG/DO
SALBUTAMOL ACCORD AEROSOL 100UG/DO,R03AC02,11028831,,,,SALBUTAMOL,"Aërosol, suspensie",100UG/DO
"""
SUBSTANCES = """\
atc,name_nl
A02BC01,Omeprazol
A02BC02,Pantoprazol
A02BC03,Lansoprazol
A02BC04,Rabeprazol
A02BC05,Esomeprazol
C10AA01,Simvastatine
C10AA05,Atorvastatine
C10AA07,Rosuvastatine
N02BE01,Paracetamol
R03AC02,Salbutamol
"""
ENTRIES = """
    indication  | medicine      | rank | advice
    Reflux      | pantoprazol   | 1    | RECOMMENDED
    Reflux      | omeprazol     | 2    | RECOMMENDED
    Reflux      | esomeprazol   |      | NOT_RECOMMENDED
    Cholesterol | simvastatine  | 1    | RECOMMENDED
    Cholesterol | atorvastatine |      | RECOMMENDED
"""
_ENTRY_COLUMNS = ("entry_id", "chapter", "indication", "icpc", "atc", "substance", "form", "device", "strengths", "step",
                  "rank", "advice", "remark", "source")  # fmt: skip


def indicator_of(indicator_id: str, population: str = "", conform: str = "{ formulary = true }") -> str:
    """Return an indicator as it stands in `indicators.toml`."""
    names = f'name_nl = "{indicator_id}"\nname_en = "{indicator_id}"\nsource = "test"'
    rule = f"population = {{ {population} }}\nconform = [{conform}]"
    return f'[[indicators]]\nid = "{indicator_id}"\n{names}\n{rule}\n'


def scheme_of(parts: str, *, scheme_id: str = "2026", more: str = "") -> str:
    """Return a reward scheme; each row of `parts` is a band: indicator, minimum, percent, cents."""
    bands: dict[tuple[str, str], list[str]] = {}
    for row in rows_of(parts)[0]:
        amounts = f"threshold_percent = {row['percent']}, reward_cents = {row['cents']}"
        band = f'{{ name = "{row.get("band", row["percent"])}", {amounts} }}'
        bands.setdefault((row["indicator"], row["minimum"]), []).append(band)
    told = [
        f'[[parts]]\nindicator = "{indicator}"\ndenominator_min = {minimum}\nbands = [{", ".join(listed)}]'
        for (indicator, minimum), listed in bands.items()
    ]
    head = f'id = "{scheme_id}"\nname = "Regeling"\nin_force_from = 2026-01-01\nsource = "test"\n{more}'
    return "\n".join([head, *told])


@dataclass(frozen=True)
class Version:
    """One edition of the formulary with its entries as a table; without `last` it holds until further notice."""

    name: str
    first: str
    last: str = ""
    entries: str = ENTRIES
    status: str = "ADOPTED"


@dataclass(frozen=True)
class Rules:
    """A rules folder to be written; what a test does not name is as small as it can be."""

    versions: tuple[Version, ...] = (Version("2026", "2026-01-01"),)
    indicators: str = indicator_of("FORMULARY")
    schemes: tuple[str, ...] = ()
    region: str = ""
    tables: tuple[tuple[str, str], ...] = ()  # more files: their names and content

    def write(self, folder: Path) -> Path:
        """Write the folder and return it."""
        _write(folder / "region.toml", f'id = "streek"\nname = "Streek"\nsource = "test"\n{self.region}')
        _write(folder / "catalogue.csv", CATALOGUE)
        _write(folder / "substances.csv", SUBSTANCES)
        _write(folder / "indicators.toml", self.indicators)
        for name, content in self.tables:
            _write(folder / name, content)
        for n, scheme in enumerate(self.schemes):
            _write(folder / "schemes" / f"{n}.toml", scheme)
        for version in self.versions:
            place = folder / "formulary" / version.name
            until = f"in_force_until = {version.last}\n" if version.last else ""
            head = f'version = "{version.name}"\nstatus = "{version.status}"\nin_force_from = {version.first}\n{until}'
            _write(place / "version.toml", f'{head}source = "test"\n')
            _write(place / "entries.csv", csv_of(_entry_rows(version.entries), ","))
        return folder


def _entry_rows(table: str) -> list[Row]:
    return [_entry(row, n) for n, row in enumerate(rows_of(table)[0], 1)]


def _entry(row: Row, number: int) -> Row:
    medicine = row.get("medicine", "")
    named: Row = {"atc": MEDICINES[medicine][1], "substance": medicine} if medicine else {}
    # In a table `|` divides cells, so the values of one cell are divided by a space.
    several: Row = {name: "|".join(row[name].split()) for name in ("icpc", "form") if name in row}
    several |= {"strengths": "|".join(row["strengths"].split(";"))} if row.get("strengths") else {}
    entry: Row = {
        "entry_id": f"E{number}",
        "chapter": "C",
        "indication": "I",
        "source": "test",
        **named,
        **row,
        **several,
    }
    return {name: entry.get(name, "") for name in _ENTRY_COLUMNS}


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@cache
def warm_identifier() -> Identifier:
    """Return an identifier of `CATALOGUE`, indexed once for all tests."""
    with TemporaryDirectory() as folder:
        return identifier(load_rulebook(Rules().write(Path(folder))).catalogue)


class Desk:
    """Where a test hands in tables and gets answers: every line goes through files and the whole real path."""

    def __init__(self, folder: Path) -> None:
        """Work in `folder`."""
        self._folder = folder
        self._made = 0

    def _place(self) -> Path:
        self._made += 1
        place = self._folder / f"desk-{self._made}"
        place.mkdir()
        return place

    def rulebook(self, rules: Rules = Rules()) -> Rulebook:
        """Return the rules, written as a folder and loaded from it."""
        return load_rulebook(rules.write(self._place()))

    def read(self, *tables: str | list[Row]) -> LinesRead:
        """Return the lines of each table, written as a file and read from it."""
        place, paths = self._place(), []
        for n, table in enumerate(tables, 1):
            rows = lines_of(table) if isinstance(table, str) else table
            paths.append(place / f"file{n}.csv")
            paths[-1].write_text(csv_of(rows), encoding="utf-8")
        return read_lines(paths, Reading(place / "work", KEY))

    def assess_file(self, content: bytes, rules: Rules = Rules()) -> pl.DataFrame:
        """Return what became of each line of a file of any format, in the order read."""
        place = self._place()
        (place / "lines").write_bytes(content)
        read = read_lines([place / "lines"], Reading(place / "work", KEY))
        workplace = Workplace(KEY, identifier=warm_identifier())
        return assess(read.lines, self.rulebook(rules), None, workplace).lines.collect()

    def assess(
        self,
        *tables: str | list[Row],
        rules: Rules = Rules(),
        period: str = "",
        scheme: str = "",
        prescribed: str | list[Row] = "",
    ) -> Assessment:
        """Take the lines of the tables along the whole path, beside a table of what was `prescribed`."""
        rulebook = self.rulebook(rules)
        read = self.read(*tables)
        prescriptions = self.read(prescribed).lines if prescribed else None
        workplace = Workplace(KEY, identifier=warm_identifier(), prescriptions=prescriptions)
        chosen = rulebook.scheme(scheme) if scheme else None
        return assess(read.lines, rulebook, Period.parse(period), workplace, chosen)

    def holds(self, table: str, rules: Rules = Rules()) -> None:
        """Assert for every line of the table what stands behind `||`; an empty cell expects nothing."""
        expected = expected_of(table)
        lines = self.assess(table, rules=rules).lines.collect()
        found = [_as_written(row, wanted) for row, wanted in zip(lines.iter_rows(named=True), expected, strict=True)]
        assert found == expected

    def scored(self, table: str, rules: Rules = Rules(), level: str = "prescriber") -> list[dict[str, Any]]:
        """Return the scores of the year 2026 at one level, sorted by id and indicator."""
        scores = self.assess(table, rules=rules, period="2026").scores
        return [row for row in scores.iter_rows(named=True) if row["level"] == level]

    def rewarded(self, table: str, rules: Rules, *, period: str = "2026") -> list[dict[str, Any]]:
        """Return what each prescriber is owed by the scheme `2026` over a period."""
        rewards = self.assess(table, rules=rules, period=period, scheme="2026").rewards
        assert rewards is not None
        return rewards.rows(named=True)


def _as_written(row: dict[str, Any], wanted: Row) -> Row:
    return {name: "" if row[name] is None else str(row[name]) for name in wanted}
