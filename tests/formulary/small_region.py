"""A rules folder of one page: every table as text, each test saying only what it is about."""

from pathlib import Path

from formulary import Rulebook, load_rulebook

REGION = """
id = "proef"
name = "Proefstreek"
source = "verzonnen"
"""
VERSION = """
version = "{version}"
status = "ADOPTED"
in_force_from = {first}
source = "verzonnen"
"""
ENTRIES = """
    entry_id | chapter | indication | atc     | substance   | rank | advice
    MAAG-1   | Maag    | Reflux     | A02BC02 | pantoprazol | 1    |
    MAAG-2   | Maag    | Reflux     | A02BC01 | omeprazol   | 2    |
"""
CATALOGUE = """
    product_name            | atc     | zi       | valid_until
    PANTOPRAZOL TABLET 20MG | A02BC02 | 15468852 |
    OMEPRAZOL CAPSULE 20MG  | A02BC01 |          |
    LANSOPRAZOL TABLET 15MG | A02BC03 |          |
"""
INDICATOR = """
[[indicators]]
id = "ALLES"
name_nl = "Alle regels"
name_en = "All lines"
population = { lines = "ALL" }
conform = [ { formulary = true } ]
source = "verzonnen"
"""
SCHEME = """
id = "2026"
name = "Proef"
in_force_from = 2026-01-01
source = "afspraak"
[[parts]]
indicator = "ALLES"
denominator_min = 1
bands = [ { name = "brons", threshold_percent = 50, reward_cents = 1000 },
          { name = "goud", threshold_percent = 90, reward_cents = 5000 } ]
"""


def table(text: str) -> str:
    """Return the lines `a | b` as a semicolon-separated file."""
    return "\n".join(";".join(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()) + "\n"


def entry_table(text: str) -> str:
    """Return a table of entries, each from a source of no matter."""
    head, *rows = table(text).splitlines()
    return "\n".join([f"{head};source", *(f"{row};verzonnen" for row in rows)])


def write_region(path: Path, **files: str) -> Path:
    """Write a rules folder with one version, 2026; `files` replaces or adds files, by name without its suffix.

    `entries`, `catalogue` and the other tables are lines `a | b`; the rest is TOML. `version` is added to the header.
    """
    version = path / "formulary" / "2026"
    version.mkdir(parents=True, exist_ok=True)
    (path / "schemes").mkdir(exist_ok=True)
    written = {
        "region.toml": REGION + files.pop("region", ""),
        "indicators.toml": files.pop("indicators", INDICATOR),
        "schemes/2026.toml": files.pop("scheme", SCHEME),
        "catalogue.csv": table(files.pop("catalogue", CATALOGUE)),
        "formulary/2026/version.toml": VERSION.format(version="2026", first="2026-01-01") + files.pop("version", ""),
        "formulary/2026/entries.csv": entry_table(files.pop("entries", ENTRIES)),
        **{f"{name}.csv": table(text) for name, text in files.items()},
    }
    written["substances.csv"] = table(
        "atc | name_nl\nA02BC02 | Pantoprazol\nA02BC09 | Nieuwprazol\nA02BC08 | Oudprazol"
    )
    for name, content in written.items():
        (path / name).write_text(content, encoding="utf-8")
    return path


def add_version(path: Path, version: str, first: str, entries: str = ENTRIES, extra: str = "") -> Path:
    """Add an edition to a rules folder."""
    folder = path / "formulary" / version
    folder.mkdir()
    (folder / "version.toml").write_text(VERSION.format(version=version, first=first) + extra, encoding="utf-8")
    (folder / "entries.csv").write_text(entry_table(entries), encoding="utf-8")
    return path


def region(path: Path, **files: str) -> Rulebook:
    """Return the rule book of a small region."""
    return load_rulebook(write_region(path, **files))
