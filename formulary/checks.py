"""What must hold between the documents of one rules folder; each breach is a fault with its place."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .documents import Entry, Indicator, Population, VersionHeader, VersionStatus
from .errors import Fault
from .folder import Folder
from .versions import overlaps

if TYPE_CHECKING:
    from .load import Published

_INDICATORS = "indicators.toml"


def check_rules(reading: Folder, published: "Published") -> None:
    """Note every fault between documents in `reading`."""
    _check_versions(reading, [header for header, _ in published.versions])
    known = set(published.catalogue["atc"]) | set(published.substances["atc"])
    for header, entries in published.versions:
        file = f"formulary/{header.version}/entries.csv"
        _check_no_entry_twice(reading, file, entries)
        _check_atc_codes(reading, file, entries, known)
        _check_suspensions(reading, header, entries)
    _check_indicators(reading, published)
    _check_schemes(reading, published)


def _check_versions(reading: Folder, headers: Sequence[VersionHeader]) -> None:
    if not headers:
        reading.fault("NO_VERSIONS", "formulary")
    adopted = [header for header in headers if header.status is VersionStatus.ADOPTED]
    for one, other in overlaps(adopted):
        file, day = f"formulary/{other.version}/version.toml", other.in_force_from
        names = {"version": other.version, "other": one.version}
        reading.faults.append(Fault("VERSIONS_OVERLAP", file, None, "in_force_from", {**names, "day": day}))
    _check_no_name_twice(reading, "VERSION_TWICE", "formulary", (header.version for header in headers))


def _check_no_entry_twice(reading: Folder, file: str, entries: Sequence[tuple[int, Entry]]) -> None:
    first_row: dict[object, int] = {}
    for row_no, entry in entries:
        for column, key in (("entry_id", entry.entry_id), ("atc", _same_choice(entry))):
            if key is not None and key in first_row:
                reading.fault("ENTRY_TWICE", file, row_no, column, value=entry.entry_id, first=first_row[key])
                break
            first_row[key] = row_no


def _same_choice(entry: Entry) -> tuple[object, ...] | None:
    """Return what two entries must not share: neither would be the more specific."""
    if entry.atc is None:
        return None
    patient = (entry.age_min, entry.age_max, entry.sex, entry.pregnancy, entry.setting)
    validity = (entry.valid_from, entry.valid_until)
    forms = (tuple(sorted(entry.form)), entry.device, tuple(sorted(entry.strengths)))
    return (entry.indication, entry.atc, *forms, *patient, *validity)


def _check_atc_codes(reading: Folder, file: str, entries: Sequence[tuple[int, Entry]], known: set[str]) -> None:
    if not known:  # an empty catalogue was reported already; one fault a line on top of it would bury it
        return
    for row_no, entry in entries:
        if entry.atc is not None and entry.atc not in known:
            reading.fault("ATC_UNKNOWN", file, row_no, "atc", value=entry.atc)


def _check_suspensions(reading: Folder, header: VersionHeader, entries: Sequence[tuple[int, Entry]]) -> None:
    chapters = {entry.chapter for _, entry in entries}
    for n, suspension in enumerate(header.suspended, 1):
        if suspension.chapter not in chapters:
            file = f"formulary/{header.version}/version.toml"
            reading.fault("CHAPTER_UNKNOWN", file, column=f"suspended.{n}.chapter", value=suspension.chapter)


def _check_indicators(reading: Folder, published: "Published") -> None:
    indicators = published.indicators
    _check_no_name_twice(reading, "INDICATOR_TWICE", _INDICATORS, (each.id for each in indicators))
    _check_no_name_twice(reading, "EXCLUSION_TWICE", _INDICATORS, (each.id for each in published.exclusions))
    known = {each.id: each for each in indicators}
    rules = {each.id for each in published.exclusions}
    for indicator in indicators:
        for part in indicator.composite:
            if part not in known:
                reading.fault("INDICATOR_UNKNOWN", _INDICATORS, column=f"{indicator.id}.composite", value=part)
        for name in (indicator.population or Population()).exclude:
            if name not in rules:
                reading.fault("EXCLUSION_UNKNOWN", _INDICATORS, column=f"{indicator.id}.exclude", value=name)
        if _is_in_ring(indicator, known):
            reading.fault("COMPOSITE_RING", _INDICATORS, column=f"{indicator.id}.composite", value=indicator.id)


def _is_in_ring(indicator: Indicator, known: dict[str, Indicator]) -> bool:
    """Tell whether a composite contains itself, directly or through others."""
    seen: set[str] = set()
    waiting = list(indicator.composite)
    while waiting:
        part = waiting.pop()
        if part == indicator.id:
            return True
        if part not in seen and part in known:
            seen.add(part)
            waiting += known[part].composite
    return False


def _check_schemes(reading: Folder, published: "Published") -> None:
    known = {indicator.id for indicator in published.indicators}
    for scheme, file in published.schemes:
        for n, part in enumerate(scheme.parts, 1):
            if part.indicator not in known:
                reading.fault("INDICATOR_UNKNOWN", file, column=f"parts.{n}.indicator", value=part.indicator)
    _check_no_name_twice(reading, "SCHEME_TWICE", "schemes", (scheme.id for scheme, _ in published.schemes))


def _check_no_name_twice(reading: Folder, code: str, file: str, names: Iterable[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            reading.fault(code, file, value=name)
