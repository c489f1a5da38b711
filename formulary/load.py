"""Read a rules folder into a Rulebook, or report every fault in it at once.

region.toml                      whose rules, and the settings of the region
catalogue.csv                    the products (or a catalogue given beside the folder)
substances.csv                   the ATC codes that exist, with their names
formulary/<version>/version.toml, entries.csv
indicators.toml                  [[indicators]] and [[exclusions]]
schemes/*.toml                   one reward scheme a file
preferences.csv, shortages.csv, succession.csv, structure.csv, enrolment.csv, participation.csv,
ddd.csv, aliases.csv              if there are any
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path

import polars as pl

from .catalogue import catalogue_of
from .checks import check_rules, check_scheme
from .circumstances import Circumstances, read_circumstances
from .documents import Entry, Exclusion, Indicator, Region, Scheme, VersionHeader, VersionStatus
from .errors import Fault, RulesInvalid, RulesNotFound
from .folder import Folder
from .frames import CATALOGUE, SUBSTANCES
from .rulebook import FormularyVersion, Rulebook
from .segments import Edition, editions, entries_frame, segments, segments_frame
from .succession import with_current_atc
from .unavailable import unavailable
from .workbook import open_rules

REGION, CATALOGUE_FILE, SUBSTANCES_FILE = "region.toml", "catalogue.csv", "substances.csv"
VERSION, ENTRY_TABLE, INDICATORS, SCHEMES = "version.toml", "entries.csv", "indicators.toml", "schemes"


@dataclass(frozen=True)
class PublishedVersion:
    """One version as it stands in its folder (`place`), with the row number of each entry."""

    place: str
    header: VersionHeader
    entries: tuple[tuple[int, Entry], ...]


@dataclass(frozen=True)
class Published:
    """Everything a rules folder says, document by document; entries, indicators and schemes with where they stand."""

    region: Region | None
    catalogue: pl.DataFrame
    substances: pl.DataFrame
    versions: tuple[PublishedVersion, ...]
    indicators: tuple[Indicator, ...]
    exclusions: tuple[Exclusion, ...]
    schemes: tuple[tuple[Scheme, str], ...]
    circumstances: Circumstances


def sample_folder() -> Path:
    """Return the folder of the invented sample region that travels with the package."""
    return Path(str(files(__package__).joinpath("sample")))


def load_region(folder: Path) -> Region:
    """Return who a rules folder belongs to, or raise as `load_rulebook` does; nothing else is read."""
    reading = open_rules(folder)
    region = _read_region(reading)
    if region is None:
        raise RulesInvalid("RULES_INVALID", str(folder), reading.placed())
    return region


def load_rulebook(folder: Path, catalogue: Path | None = None) -> Rulebook:
    """Return everything published in a rules folder, with `catalogue` instead of its own where one is given.

    Raises RulesNotFound where the folder is no rules folder, and RulesInvalid with every fault in it.
    """
    reading = open_rules(folder)
    published = _read_all(reading, catalogue)
    check_rules(reading, published)
    if reading.faults or published.region is None:
        raise RulesInvalid("RULES_INVALID", str(folder), reading.placed())
    return _rulebook(published.region, published, reading.checksums)


def load_scheme(path: Path, rulebook: Rulebook) -> Scheme:
    """Return a scheme that is not (yet) in the rules folder, held against that folder's indicators and baselines.

    Raises RulesInvalid with every fault in it.
    """
    reading = Folder(path.parent)
    scheme = reading.document(path, Scheme)
    if scheme is not None:
        known = {indicator.id: indicator for indicator in rulebook.indicators}
        check_scheme(reading, scheme, path.name, known, rulebook.circumstances.baselines)
    if scheme is None or reading.faults:
        raise RulesInvalid("RULES_INVALID", str(path), reading.placed())
    return scheme


def _read_all(reading: Folder, catalogue: Path | None) -> Published:
    path = reading.path
    rules = reading.tables(path / INDICATORS, {"indicators": Indicator, "exclusions": Exclusion})
    return Published(
        region=_read_region(reading),
        catalogue=_read_products(reading, catalogue or path / CATALOGUE_FILE),
        substances=_read_substances(reading, path / SUBSTANCES_FILE),
        versions=_read_versions(reading),
        indicators=tuple(each for each in rules if isinstance(each, Indicator)),
        exclusions=tuple(each for each in rules if isinstance(each, Exclusion)),
        schemes=_read_schemes(reading, path / SCHEMES),
        circumstances=read_circumstances(reading),
    )


def _rulebook(region: Region, published: Published, checksums: dict[str, str]) -> Rulebook:
    ordered = editions(_listed(published, lambda status: status is VersionStatus.ADOPTED))
    # One at a time: drafts stand beside the calendar, where they end nothing and are ended by nothing.
    others = [editions([each])[0] for each in _listed(published, lambda status: status is not VersionStatus.ADOPTED)]
    found = segments(ordered)
    around = published.circumstances
    succession = around.succession
    shortages = with_current_atc(around.shortages, succession)
    return Rulebook(
        region=region,
        calendar=tuple(_version(edition) for edition in ordered),
        editions=tuple(ordered),
        unadopted=tuple(sorted(others, key=lambda edition: (edition.first, edition.header.version))),
        segments=segments_frame(found),
        entries=with_current_atc(entries_frame(found), succession),
        catalogue=published.catalogue,
        substances=published.substances,
        indicators=published.indicators,
        exclusions=published.exclusions,
        schemes=tuple(scheme for scheme, _ in published.schemes),
        circumstances=replace(
            around,
            shortages=shortages,
            unavailable=unavailable(shortages, published.catalogue, succession),
            daily_doses=with_current_atc(around.daily_doses, succession),
        ),
        checksums=checksums,
        sha256=_sha256_of(checksums),
    )


def _listed(published: Published, is_asked: Callable[[VersionStatus], bool]) -> list[tuple[VersionHeader, list[Entry]]]:
    return [
        (each.header, [entry for _, entry in each.entries])
        for each in published.versions
        if is_asked(each.header.status)
    ]


def _version(edition: Edition) -> FormularyVersion:
    header = edition.header
    last = None if edition.last == edition.last.max else edition.last
    return FormularyVersion(header.version, edition.first, last, header.source)


def _read_region(reading: Folder) -> Region | None:
    if not reading.has(reading.path / REGION):
        raise RulesNotFound("RULES_NOT_FOUND", str(reading.path))
    return reading.document(reading.path / REGION, Region)


def _read_products(reading: Folder, path: Path) -> pl.DataFrame:
    content = reading.content(path)
    if content is None:
        return CATALOGUE.to_frame()
    try:
        products = catalogue_of(content, path.name)
    except RulesInvalid as error:
        reading.faults += error.faults
        if not error.faults:
            reading.faults.append(Fault(error.code, reading.name_of(path), values=error.values))
        return CATALOGUE.to_frame()
    reading.checksums[reading.name_of(path)] = hashlib.sha256(content).hexdigest()
    return products


def _read_substances(reading: Folder, path: Path) -> pl.DataFrame:
    if not reading.has(path):  # optional: without it the catalogue alone tells which ATC codes exist
        return SUBSTANCES.to_frame()
    rows = [row for _, row in reading.table(path)]
    columns = {name: [row.get(name) for row in rows] for name in SUBSTANCES}
    return pl.DataFrame(columns, schema=SUBSTANCES).drop_nulls("atc")


def _read_versions(reading: Folder) -> tuple[PublishedVersion, ...]:
    found = []
    for path in sorted({path.parent for path in reading.matching("formulary/*/*")}):
        header = reading.document(path / VERSION, VersionHeader)
        entries = reading.rows(path / ENTRY_TABLE, Entry)
        if header is not None:
            found.append(PublishedVersion(reading.name_of(path), header, tuple(entries)))
    return tuple(found)


def _read_schemes(reading: Folder, folder: Path) -> tuple[tuple[Scheme, str], ...]:
    paths = reading.matching(f"{folder.name}/*.toml")
    read = [(reading.document(path, Scheme), reading.name_of(path)) for path in paths]
    return tuple((scheme, name) for scheme, name in read if scheme is not None)


def _sha256_of(checksums: dict[str, str]) -> str:
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(checksums.items()))
    return hashlib.sha256(listed.encode()).hexdigest()
