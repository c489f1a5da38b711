"""Read a rules folder into a Rulebook, or report every fault in it at once.

region.toml                      whose rules, and the settings of the region
catalogue.csv                    the products (or a catalogue given beside the folder)
substances.csv                   the ATC codes that exist, with their names
formulary/<version>/version.toml, entries.csv
indicators.toml                  [[indicators]]
schemes/*.toml                   one reward scheme a file
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import polars as pl

from .catalogue import read_catalogue
from .codes import icpc
from .documents import Entry, Indicator, Region, Scheme, VersionHeader, VersionStatus
from .errors import Fault, RulesInvalid, RulesNotFound
from .folder import Folder
from .frames import CATALOGUE, ENTRIES, SUBSTANCES, VERSIONS
from .rulebook import FormularyVersion, Rulebook
from .versions import last_day, on_calendar, overlaps

REGION, CATALOGUE_FILE, SUBSTANCES_FILE = "region.toml", "catalogue.csv", "substances.csv"
VERSION, ENTRY_TABLE, INDICATORS, SCHEMES = "version.toml", "entries.csv", "indicators.toml", "schemes"

VersionEntries = tuple[VersionHeader, list[tuple[int, Entry]]]


def sample_folder() -> Path:
    """Return the folder of the invented sample region that travels with the package."""
    return Path(str(files(__package__).joinpath("sample")))


def load_region(folder: Path) -> Region:
    """Return who a rules folder belongs to, or raise as `load_rulebook` does; nothing else is read."""
    reading = Folder(folder)
    region = _read_region(reading)
    if region is None:
        raise RulesInvalid("RULES_INVALID", str(folder), reading.faults)
    return region


def load_rulebook(folder: Path, catalogue: Path | None = None) -> Rulebook:
    """Return everything published in a rules folder, with `catalogue` instead of its own where one is given.

    Raises RulesNotFound where the folder is no rules folder, and RulesInvalid with every fault in it.
    """
    reading = Folder(folder)
    region = _read_region(reading)
    products = _read_products(reading, catalogue or folder / CATALOGUE_FILE)
    substances = _read_substances(reading, folder / SUBSTANCES_FILE)
    versions = _read_versions(reading)
    indicators = reading.documents(folder / INDICATORS, "indicators", Indicator)
    schemes = _read_schemes(reading, folder / SCHEMES)
    _check_versions(reading, versions)
    _check_atc_codes(reading, versions, set(products["atc"]) | set(substances["atc"]))
    _check_names(reading, indicators, schemes)
    if reading.faults or region is None:
        raise RulesInvalid("RULES_INVALID", str(folder), reading.faults)
    adopted = [each for each in versions if each[0].status is VersionStatus.ADOPTED]
    calendar = _calendar(adopted)
    return Rulebook(
        region=region,
        calendar=calendar,
        versions=_versions_frame(calendar),
        entries=_entries_frame(adopted),
        catalogue=products,
        substances=substances,
        indicators=tuple(indicators),
        schemes=tuple(scheme for scheme, _ in schemes),
        checksums=reading.checksums,
        sha256=_sha256_of(reading.checksums),
    )


def _read_region(reading: Folder) -> Region | None:
    if not (reading.path / REGION).is_file():
        raise RulesNotFound("RULES_NOT_FOUND", str(reading.path))
    return reading.document(reading.path / REGION, Region)


def _read_products(reading: Folder, path: Path) -> pl.DataFrame:
    try:
        products = read_catalogue(path)
    except RulesInvalid as error:
        reading.faults += error.faults
        if not error.faults:
            reading.faults.append(Fault(error.code, reading.name_of(path), values=error.values))
        return CATALOGUE.to_frame()
    reading.checksums[reading.name_of(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return products


def _read_substances(reading: Folder, path: Path) -> pl.DataFrame:
    if not path.is_file():  # optional: without it the catalogue alone tells which ATC codes exist
        return SUBSTANCES.to_frame()
    rows = [row for _, row in reading.table(path)]
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in SUBSTANCES}, schema=SUBSTANCES).drop_nulls(
        "atc"
    )


def _read_versions(reading: Folder) -> list[VersionEntries]:
    found = []
    for path in sorted((reading.path / "formulary").glob("*/")):
        header = reading.document(path / VERSION, VersionHeader)
        entries = _read_entries(reading, path / ENTRY_TABLE)
        if header is not None:
            found.append((header, entries))
    if not found:
        reading.fault("NO_VERSIONS", "formulary")
    return found


def _read_entries(reading: Folder, path: Path) -> list[tuple[int, Entry]]:
    name = reading.name_of(path)
    validated = [(row_no, reading.valid(Entry, row, name, row_no)) for row_no, row in reading.table(path)]
    entries = [(row_no, entry) for row_no, entry in validated if entry is not None]
    _check_no_entry_twice(reading, name, entries)
    return entries


def _check_no_entry_twice(reading: Folder, name: str, entries: list[tuple[int, Entry]]) -> None:
    first_row: dict[object, int] = {}
    for row_no, entry in entries:
        same_choice = (entry.indication, entry.atc, tuple(sorted(entry.form)), entry.device)
        for column, key in (("entry_id", entry.entry_id), ("atc", same_choice)):
            if key in first_row:
                reading.fault("ENTRY_TWICE", name, row_no, column, value=entry.entry_id, first=first_row[key])
                break
            first_row[key] = row_no


def _read_schemes(reading: Folder, folder: Path) -> list[tuple[Scheme, str]]:
    paths = sorted(folder.glob("*.toml"))
    found = [(reading.document(path, Scheme), reading.name_of(path)) for path in paths]
    return [(scheme, name) for scheme, name in found if scheme is not None]


def _check_versions(reading: Folder, versions: list[VersionEntries]) -> None:
    adopted = [header for header, _ in versions if header.status is VersionStatus.ADOPTED]
    for one, other in overlaps(adopted):
        place = f"formulary/{other.version}/{VERSION}"
        day = other.in_force_from
        reading.fault(
            "VERSIONS_OVERLAP",
            place,
            column="in_force_from",
            version=other.version,
            other=one.version,
            day=day,
        )
    for name, times in Counter(header.version for header, _ in versions).items():
        if times > 1:
            reading.fault("VERSION_TWICE", "formulary", value=name)


def _check_atc_codes(reading: Folder, versions: list[VersionEntries], known: set[str]) -> None:
    if not known:  # an empty catalogue was reported already; one fault a line on top of it would bury it
        return
    for header, entries in versions:
        for row_no, entry in entries:
            if entry.atc not in known:
                reading.fault(
                    "ATC_UNKNOWN", f"formulary/{header.version}/{ENTRY_TABLE}", row_no, "atc", value=entry.atc
                )


def _check_names(reading: Folder, indicators: list[Indicator], schemes: Sequence[tuple[Scheme, str]]) -> None:
    for name, times in Counter(indicator.id for indicator in indicators).items():
        if times > 1:
            reading.fault("INDICATOR_TWICE", INDICATORS, value=name)
    known = {indicator.id for indicator in indicators}
    for scheme, file in schemes:
        for n, part in enumerate(scheme.parts, 1):
            if part.indicator not in known:
                reading.fault("INDICATOR_UNKNOWN", file, column=f"parts.{n}.indicator", value=part.indicator)
    for name, times in Counter(scheme.id for scheme, _ in schemes).items():
        if times > 1:
            reading.fault("SCHEME_TWICE", SCHEMES, value=name)


def _calendar(adopted: list[VersionEntries]) -> tuple[FormularyVersion, ...]:
    headers = on_calendar([header for header, _ in adopted])
    following = [*headers[1:], None]
    return tuple(
        FormularyVersion(one.version, one.in_force_from, last_day(one, next_), one.source)
        for one, next_ in zip(headers, following, strict=True)
    )


def _versions_frame(calendar: tuple[FormularyVersion, ...]) -> pl.DataFrame:
    rows = [(each.version, each.in_force_from, each.in_force_until) for each in calendar]
    return pl.DataFrame(rows, schema=VERSIONS, orient="row")


def _entries_frame(adopted: list[VersionEntries]) -> pl.DataFrame:
    rows = [row for header, entries in adopted for _, entry in entries for row in _entry_rows(header.version, entry)]
    return pl.DataFrame(rows, schema=ENTRIES, orient="row")


def _entry_rows(version: str, entry: Entry) -> list[tuple[object, ...]]:
    ranges = [icpc.bounds(text) for text in entry.icpc] or [None]
    forms = [str(form) for form in entry.form]
    choice = (entry.atc, entry.substance, forms, entry.device, entry.step, entry.rank, str(entry.advice))
    place = (version, entry.entry_id, entry.chapter, entry.indication)
    return [(*place, *(bounds or (None, None)), *choice) for bounds in ranges]


def _sha256_of(checksums: dict[str, str]) -> str:
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(checksums.items()))
    return hashlib.sha256(listed.encode()).hexdigest()
